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
; as long as the scenario
instr 2
endin
</CsInstruments>
<CsScore>
i 1 0 0.05 0.1
i 1 0.1007936507936508 0.1 0.5
i 2 0 0.3
e 0.3
</CsScore>
</CsoundSynthesizer>
