<CsoundSynthesizer>
<CsOptions>
--sample-accurate
</CsOptions>
<CsInstruments>
sr = 44100
ksmps = 100
nchnls = 1
0dbfs = 1
instr 1
  out oscili(0.3, p4)
endin
</CsInstruments>
<CsScore>
i 1 0.0101 0.1003 440
i 1 0.1207 0.1001 550
</CsScore>
</CsoundSynthesizer>
