; A hundred tables of a gigabyte.
nchnls = 2
0dbfs = 1
icount = 0
while icount < 100 do
  gitable ftgen 0, 0, -134217728, 2, 0
  icount += 1
od

instr 1
  ifreq = p4
  iamp = p5
endin
