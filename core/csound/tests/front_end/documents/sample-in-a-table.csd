<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 32
nchnls = 2
0dbfs = 1
giTone ftgen 1, 0, 0, 1, "tone.wav", 0, 0, 1
instr 1
  a1 loscil3 0.5, p4, giTone, 1, 0
  a2, a3 diskin2 "tone.wav", 0.7, 0, 1
  outs a1 + a2 * 0.2, a3 * 0.5
endin
</CsInstruments>
<CsScore>
i 1 0 0.5 1
i 1 0.2 0.5 1.5
</CsScore>
</CsoundSynthesizer>
