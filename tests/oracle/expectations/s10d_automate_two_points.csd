<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 64
nchnls = 1
0dbfs = 1
A4 = 442

instr 1
  kcycle timeinstk
  kway = limit(kcycle*ksmps/sr/0.1, 0, 1)
  outch 1, a((1 - cos($M_PI*kway))*0.5)
endin
instr 2
  kcycle timeinstk
  kway = limit(kcycle*ksmps/sr/0.1, 0, 1)
  outch 1, a(0.7 + (0.1 - 0.7)*kway)
endin
</CsInstruments>
<CsScore>
i 1 0 0.2
i 2 0.3 0.2
</CsScore>
</CsoundSynthesizer>
