<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 32
nchnls = 1
0dbfs = 1
massign 0, 0
massign 1, 2
instr 2
  kbend pchbend -2, 2
  kmod ctrl7 1, 1, 0, 1
  kcps = cpsmidinn(notnum() + kbend)
  a1 foscili 0.2, kcps, 1, 1, 2 * kmod
  out a1 * madsr(0.01, 0.1, 0.7, 0.1)
endin
</CsInstruments>
<CsScore>
f 0 1.5
</CsScore>
</CsoundSynthesizer>
