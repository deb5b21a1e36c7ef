<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 32
nchnls = 1
0dbfs = 1
instr 1
  ktime line 0, p3, 0.4
  out pvoc(ktime, p4, "tone.pvx") * 0.5
endin
</CsInstruments>
<CsScore>
i 1 0 0.8 1
</CsScore>
</CsoundSynthesizer>
