; Programs that start programs, by a name that is put together.
#define RUN(A'B) #$A.$B#
nchnls = 2
0dbfs = 1

instr 1
  ifreq = p4
  iamp = p5
  icount = 0
  while icount < 100 do
    i1 $RUN(system'_i) 1, "sleep 1 & sleep 1 &", 1
    icount += 1
  od
endin
