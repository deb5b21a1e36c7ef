<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 64
nchnls = 1
0dbfs = 1
instr 1
  kcycle init -1
  kcycle += 1
  kval = (kcycle < 69 ? 0 : 1 + 2*10 + 3*100 + 4*1000 + 5*10000)
  outch 1, a(kval)
endin
</CsInstruments>
<CsScore>
i 1 0 0.2
e 0.2
</CsScore>
</CsoundSynthesizer>
