<CsoundSynthesizer>
<CsOptions>
-W -8
</CsOptions>
<CsInstruments>
sr = 22050
ksmps = 10
nchnls = 1
instr 1
  out oscil(12000, p4)
endin
</CsInstruments>
<CsScore>
i 1 0 0.3 300
</CsScore>
</CsoundSynthesizer>
