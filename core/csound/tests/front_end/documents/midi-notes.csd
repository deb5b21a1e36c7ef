<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 16
nchnls = 2
0dbfs = 1
massign 0, 1
instr 1
  icps cpsmidi
  iamp ampmidi 0.2
  aenv linsegr 0, 0.01, 1, 0.1, 0
  a1 vco2 iamp, icps
  outs a1 * aenv, a1 * aenv
endin
</CsInstruments>
<CsScore>
</CsScore>
</CsoundSynthesizer>
