<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 64
nchnls = 1
0dbfs = 1
instr 1
  asig oscili 0.3, 440
  outch 1, asig*0.5
endin
</CsInstruments>
<CsScore>
i 1 0 0.2
e 0.2
</CsScore>
</CsoundSynthesizer>
