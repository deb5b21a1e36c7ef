<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 64
nchnls = 1
0dbfs = 1
A4 = 442

gkval init 0.1
gkmul init 1
instr 1
  gkval = p4
  gkmul = p5
  turnoff
endin
instr 2
  outch 1, a(gkval*gkmul)
endin
</CsInstruments>
<CsScore>
i 2 0.1 0.3
i 1 0.2 0.1 0.5 1
i 1 0.3 0.1 0.5 0.5
i 1 0.35 0.05 0.7 1
</CsScore>
</CsoundSynthesizer>
