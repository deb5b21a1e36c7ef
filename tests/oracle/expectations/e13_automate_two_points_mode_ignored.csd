<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 64
nchnls = 1
0dbfs = 1
instr 1
  kcycle init -1
  kcycle += 1
  ktime = min(kcycle/kr, 0.15)
  if p4 == 1 then
    kval = (1 - cos(3.141592653589793 * ktime/0.15))/2
  else
    kval = min(kcycle/103, 1)
  endif
  outch 1, a(kval)
endin
</CsInstruments>
<CsScore>
i 1 0 0.2 1
i 1 0.3 0.2 2
e 0.5
</CsScore>
</CsoundSynthesizer>
