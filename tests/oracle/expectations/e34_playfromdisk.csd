<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 64
nchnls = 2
0dbfs = 1
; p4 fade: the fade-out begins in the last cycle in which it still ends before the file
instr 1
  asig diskin2 "mono.wav", 1
  kcycle init 0
  kcycle += 1
  if kcycle/kr >= 0.5 - p4 - 1/kr then
    turnoff
  endif
  aenv linsegr 0, p4, 1, p4, 0
  outch 1, asig*aenv
endin
; as long as the scenario
instr 2
endin
</CsInstruments>
<CsScore>
i 1.1 0 -1 0.01
i 1.2 0.05 -1 0.25
i 2 0 0.55
e 0.55
</CsScore>
</CsoundSynthesizer>
