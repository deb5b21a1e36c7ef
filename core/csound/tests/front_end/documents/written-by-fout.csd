<CsoundSynthesizer>
<CsOptions>
-n
</CsOptions>
<CsInstruments>
sr = 44100
ksmps = 32
nchnls = 1
0dbfs = 1
instr 1
  a1 oscili 0.5, p4
  fout "left.wav", 8, a1
  fout "right.raw", 1, a1 * 0.5
endin
</CsInstruments>
<CsScore>
i 1 0 0.3 440
</CsScore>
</CsoundSynthesizer>
