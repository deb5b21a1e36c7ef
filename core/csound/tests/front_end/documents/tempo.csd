<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 32
nchnls = 1
0dbfs = 1
instr 1
  out linen(oscili(0.2, cpspch(p4)), 0.01, p3, 0.02)
endin
</CsInstruments>
<CsScore>
i 1 0 1 8.00
i 1 1 1 8.04
i 1 2 1 8.07
e
</CsScore>
</CsoundSynthesizer>
