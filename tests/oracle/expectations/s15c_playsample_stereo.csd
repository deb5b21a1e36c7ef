<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 64
nchnls = 2
0dbfs = 1
A4 = 442

gisound ftgen 2, 0, 0, -1, "stereo.wav", 0, 0, 0
instr 1 ; a table: p4 table, p5 skip, p6 fade in, p7 fade out, p8 speed, p9 gain, p10 pan
  ilength = nsamp(p4)/ftsr(p4)
  ktime timeinsts
  if p5 + ktime*p8 >= ilength - p7*p8 then
    turnoff
  endif
  aenv linsegr 0, p6, 1, p7, 0
  kgain = p9
  aleft, aright flooper2 1, p8, 0, ilength, 0, p4, p5
  outs aleft*a(kgain)*aenv, aright*a(kgain)*aenv
endin
</CsInstruments>
<CsScore>
i 1 0 0.3 2 0 0.02 0.1 1 0.5 0.5
</CsScore>
</CsoundSynthesizer>
