<CsoundSynthesizer>
<CsOptions>
-h -f -o out.raw
</CsOptions>
<CsInstruments>
sr = 44100
ksmps = 10
nchnls = 1
0dbfs = 1
instr 1
  a1 vco2 0.2, p4
  out moogladder(a1, 1200, 0.4)
endin
</CsInstruments>
<CsScore>
i 1 0 0.4 110
</CsScore>
</CsoundSynthesizer>
