<CsoundSynthesizer>
<CsOptions>
-i tone.wav
</CsOptions>
<CsInstruments>
sr = 44100
ksmps = 32
nchnls = 2
nchnls_i = 2
0dbfs = 1
instr 1
  a1, a2 ins
  kcut line 200, p3, 5000
  outs butterlp(a1, kcut), a2
endin
</CsInstruments>
<CsScore>
i 1 0 0.5
</CsScore>
</CsoundSynthesizer>
