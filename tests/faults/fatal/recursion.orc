; An opcode that calls itself until the stack ends.
nchnls = 2
0dbfs = 1

opcode Deeper, i, i
  inumber xin
  inext Deeper inumber + 1
  xout inext
endop

instr 1
  ifreq = p4
  iamp = p5
  i1 Deeper 0
endin
