<CsoundSynthesizer>
<CsOptions>
-W -s
</CsOptions>
<CsInstruments>
sr = 44100
ksmps = 32
nchnls = 2
0dbfs = 1
instr 1
  a1 vco2 0.3 * linseg:k(0, 0.05, 1, p3 - 0.05, 0.2), p4
  outs a1, oscili(0.3, p4 * 1.5)
endin
</CsInstruments>
<CsScore>
i 1 0 0.6 220
</CsScore>
</CsoundSynthesizer>
