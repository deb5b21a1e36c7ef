<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 64
nchnls = 1
0dbfs = 1
A4 = 442

gkval init 0.1
instr 1
  gkval = 0.6
  turnoff
endin
instr 2
  outch 1, a(gkval)
endin
</CsInstruments>
<CsScore>
i 2 0 0.2
i 1 0.1 0.1
</CsScore>
</CsoundSynthesizer>
