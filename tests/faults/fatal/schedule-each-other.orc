; Two instruments that start each other at time 0.
nchnls = 2
0dbfs = 1

instr 1
  ifreq = p4
  iamp = p5
  schedule 2, 0, 1
endin

instr 2
  schedule 1, 0, 1
endin
