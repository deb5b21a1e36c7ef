<CsoundSynthesizer>
<CsInstruments>
ksmps = 32
nchnls = 2
0dbfs = 1
instr 1 ;@notes voices=64
  ikey = p4
  ivelocity = p5
  aenv = linsegr:a(0, 0.01, 1, 0.1, 0)
  asaw = vco2:a(0.02 * ivelocity / 127, mtof:i(ikey))
  asound = moogladder2(asaw * aenv, 2000, 0.3)
  outs asound, asound
endin
</CsInstruments>
</CsoundSynthesizer>
