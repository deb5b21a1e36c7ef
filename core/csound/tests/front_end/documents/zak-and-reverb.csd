<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 32
nchnls = 2
0dbfs = 1
zakinit 4, 4
instr 1
  a1 oscili 0.3 * expon(1, p3, 0.01), p4
  zawm a1, 1
  out a1, a1
endin
instr 2
  a1 zar 1
  aL, aR reverbsc a1, a1, 0.7, 8000
  out aL * 0.4, aR * 0.4
  zacl 0, 3
endin
</CsInstruments>
<CsScore>
i 1 0 0.2 440
i 1 0.3 0.2 550
i 2 0 1
</CsScore>
</CsoundSynthesizer>
