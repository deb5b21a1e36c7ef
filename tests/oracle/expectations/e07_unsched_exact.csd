<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 64
nchnls = 1
0dbfs = 1
instr 1
  kval = p4
  aenv = linsegr:a(0, 0.01, 1, 0.03, 0)
  outch 1, a(kval)*aenv
endin
; as long as the scenario
instr 2
endin
</CsInstruments>
<CsScore>
i 1.1 0 0.1 0.1
i 1.2 0 0.2 0.2
i 2 0 0.3
e 0.3
</CsScore>
</CsoundSynthesizer>
