<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 32
nchnls = 1
0dbfs = 1
seed 7
instr 1
  kcount init 0
  if metro(12) == 1 then
    event "i", "Blip", 0, 0.1, 300 + kcount * 40
    kcount += 1
  endif
endin
instr Blip
  out expseg(0.3, p3, 0.001) * oscili(1, p4 + random(0, 5))
  if p4 > 420 then
    schedule "Tail", 0.05, 0.1, p4 * 2
  endif
endin
instr Tail
  out linen(oscili(0.05, p4), 0.01, p3, 0.05)
endin
</CsInstruments>
<CsScore>
i 1 0 0.7
f 0 0.9
</CsScore>
</CsoundSynthesizer>
