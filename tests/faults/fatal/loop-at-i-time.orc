; A note that never ends to begin.
nchnls = 2
0dbfs = 1

instr 1
  ifreq = p4
  iamp = p5
  while 1 == 1 do
    i1 = 1
  od
endin
