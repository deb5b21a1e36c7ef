<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 64
nchnls = 1
0dbfs = 1
A4 = 442

chn_k "gain", 3
chnset 0.25, "gain"
instr 1
  chnset 0.5, "gain"
endin
instr 2
  outch 1, a(chnget:k("gain"))
endin
</CsInstruments>
<CsScore>
i 1 0.1 0
i 2 0 0.2
</CsScore>
</CsoundSynthesizer>
