<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 64
nchnls = 1
0dbfs = 1
instr 1
  kcycle init -1
  kcycle += 1
  kval = (kcycle < 69 ? 0.25 : (kcycle < 138 ? 0.5 : 0.125))
  outch 1, a(kval)
endin
</CsInstruments>
<CsScore>
i 1 0 0.4
e 0.4
</CsScore>
</CsoundSynthesizer>
