; A note that never ends its first cycle.
nchnls = 2
0dbfs = 1

instr 1
  ifreq = p4
  iamp = p5
  k1 init 1
  while k1 == 1 do
    k2 = 1
  od
endin
