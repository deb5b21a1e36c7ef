<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 64
nchnls = 2
0dbfs = 1
instr 1
  a1 inch 1
  a2 vdelay3 a1, 20 + 5 * lfo(1, 2), 100
  outs a2, a1 + a2 * 0.5
endin
</CsInstruments>
<CsScore>
i 1 0 0.6
</CsScore>
</CsoundSynthesizer>
