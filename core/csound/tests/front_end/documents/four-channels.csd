<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 32
nchnls = 4
0dbfs = 32768
instr 1
  a1 oscili p5, p4
  outq a1, a1 * 0.5, a1 * 0.25, a1 * 0.125
  outch 3, a1 * 0.1
endin
</CsInstruments>
<CsScore>
i 1 0 0.3 300 10000
</CsScore>
</CsoundSynthesizer>
