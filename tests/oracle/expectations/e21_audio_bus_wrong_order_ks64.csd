<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 64
nchnls = 1
0dbfs = 1
instr 1
  outch 1, a(k(0))
endin
</CsInstruments>
<CsScore>
i 1 0 0.2
e 0.2
</CsScore>
</CsoundSynthesizer>
