<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 64
nchnls = 1
0dbfs = 1
instr 1
  kval = p4
  outch 1, a(kval)
endin
</CsInstruments>
<CsScore>
i 1 0 0.3 0.9
e 0.3
</CsScore>
</CsoundSynthesizer>
