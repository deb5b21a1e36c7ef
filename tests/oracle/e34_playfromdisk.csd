<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 64
nchnls = 2
0dbfs = 1
; p4 fade; p5 the frame where the fade-out begins: that of the last cycle in which it still ends before the file.
; The fade-out starts from where the fade-in has got to.
instr 1
  asig diskin2 "mono.wav", 1
  itop = min(p5/sr/p4, 1)
  irise = min(p4, p5/sr)
  aenv linseg 0, irise, itop, max(p5/sr - irise, 1e-9), itop, p4, 0, 1, 0
  outch 1, asig*aenv
endin
; as long as the scenario
instr 2
endin
</CsInstruments>
<CsScore>
i 1 0 0.5 0.01 21504
i 1 0.05 0.5 0.25 10944
i 2 0 0.55
e 0.55
</CsScore>
</CsoundSynthesizer>
