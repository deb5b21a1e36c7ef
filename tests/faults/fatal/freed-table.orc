; A table that is freed under its oscillator.
nchnls = 2
0dbfs = 1
giTable ftgen 7, 0, 4194304, 10, 1

instr 1
  ifreq = p4
  iamp = p5
  a1 oscili 0.1, 440, 7
  outs a1, a1
  ftfree 7, 0
endin
