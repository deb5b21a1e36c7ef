<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 64
nchnls = 1
0dbfs = 1
A4 = 442

instr 1
  outch 1, a(k(0.3))
endin
instr 2
endin
</CsInstruments>
<CsScore>
i 1 0 0.1
i 2 0.2 0.1
</CsScore>
</CsoundSynthesizer>
