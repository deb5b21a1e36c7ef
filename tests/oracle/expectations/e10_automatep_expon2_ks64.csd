<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 64
nchnls = 1
0dbfs = 1
; the curve of the documents: y0 + (y1 - y0) * d^x with x = 2
instr 1
  kcycle init -1
  kcycle += 1
  ktime = kcycle/kr
  if ktime < 0.1 then
    kval = 0.1 + (0.8 - 0.1) * (ktime/0.1)^2
  elseif ktime < 0.2 then
    kval = 0.8 + (0.3 - 0.8) * ((ktime - 0.1)/0.1)^2
  else
    kval = 0.3
  endif
  outch 1, a(kval)
endin
</CsInstruments>
<CsScore>
i 1 0 0.3
e 0.3
</CsScore>
</CsoundSynthesizer>
