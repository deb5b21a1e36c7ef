<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 64
nchnls = 1
0dbfs = 1
A4 = 442

instr 1
  kval = p4
  kmul = p5
  outch 1, a(kval*kmul)
endin
</CsInstruments>
<CsScore>
i 1 0 0.1 0.4 1
i 1 0.1 0.1 0.1 0.5
</CsScore>
</CsoundSynthesizer>
