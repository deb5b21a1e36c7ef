<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 32
nchnls = 1
0dbfs = 1
instr 1
  a1, a2 diskin2 "tone.wav", 1
  f1 pvsanal a1, 512, 128, 512, 1
  f2 pvscale f1, p4
  f3 pvsblur f2, 0.05, 0.2
  out pvsynth(f3)
endin
</CsInstruments>
<CsScore>
i 1 0 0.5 1.5
</CsScore>
</CsoundSynthesizer>
