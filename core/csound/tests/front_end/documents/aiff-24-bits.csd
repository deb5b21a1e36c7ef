<CsoundSynthesizer>
<CsOptions>
-A -3 -o out.aif
</CsOptions>
<CsInstruments>
sr = 48000
ksmps = 32
nchnls = 2
0dbfs = 1
instr 1
  a1 oscili 0.3, p4
  outs a1, a1 * 0.5
endin
</CsInstruments>
<CsScore>
i 1 0 0.3 440
i 1 0.1 0.3 660
</CsScore>
</CsoundSynthesizer>
