; A note that leaves the performance.
nchnls = 2
0dbfs = 1

instr 1
  ifreq = p4
  iamp = p5
  exitnow
endin
