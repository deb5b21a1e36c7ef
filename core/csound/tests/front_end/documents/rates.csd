<CsoundSynthesizer>
<CsInstruments>
sr = 44100
kr = 4410
nchnls = 1
instr 1
  k1 linseg 0, 0.1, 9000, p3 - 0.1, 0
  out oscili(k1, p4)
endin
</CsInstruments>
<CsScore>
i 1 0 0.4 523
</CsScore>
</CsoundSynthesizer>
