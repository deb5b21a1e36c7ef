; A place far outside an array: Csound writes there while the header runs.
nchnls = 2
0dbfs = 1
giNumbers[] init 4
gindex = -400000000
giNumbers[gindex] = 1

instr 1
endin
