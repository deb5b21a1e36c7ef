sr = 44100
ksmps = 25
nchnls = 2
0dbfs = 1

instr 1
  a1 poscil p5, p4
  a2 poscil3 p5, p4 * 1.01
  outs a1, a2
endin
