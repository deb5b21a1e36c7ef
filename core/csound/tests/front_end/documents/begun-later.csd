<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 32
nchnls = 1
0dbfs = 1
instr 1
  out linen(oscili(0.3, p4), 0.02, p3, 0.02)
endin
</CsInstruments>
<CsScore>
i 1 0 0.4 200
i 1 0.5 0.4 300
i 1 1 0.4 400
</CsScore>
</CsoundSynthesizer>
