<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 32
nchnls = 1
0dbfs = 1
instr 1
  k1 tablei line:k(0, p3, 1), p5, 1
  out oscili(0.3 * abs(k1), p4, p6)
endin
</CsInstruments>
<CsScore>
f 1 0 4096 10 1 0.5 0.3 0.25
f 2 0 1025 7 0 100 1 824 0.5 100 0
f 3 0 1025 5 0.001 500 1 525 0.001
f 4 0 4096 9 1 1 0 3 0.3 180
f 5 0 257 3 -1 1 0 0.5 0.2
f 6 0 1025 8 0 512 1 513 0
i 1 0.01 0.3 200 2 1
i 1 0.2 0.3 300 3 4
i 1 0.4 0.3 400 5 1
i 1 0.6 0.3 250 6 4
</CsScore>
</CsoundSynthesizer>
