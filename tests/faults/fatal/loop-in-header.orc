; The header never ends.
nchnls = 2
0dbfs = 1
i1 = 1
while i1 == 1 do
  i2 = 1
od

instr 1
  ifreq = p4
  iamp = p5
endin
