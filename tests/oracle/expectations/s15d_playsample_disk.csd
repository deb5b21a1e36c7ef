<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 64
nchnls = 2
0dbfs = 1
A4 = 442

instr 1 ; a file: p4 path, p5 fade, p6 speed, p7 gain
  ilength filelen p4
  asound[] diskin2 p4, p6, 0, 0, 0, 4
  ktime timeinsts
  if ktime*p6 >= ilength - p5*p6 then
    turnoff
  endif
  aenv linsegr 0, p5, 1, p5, 0
  kgain = p7
  if filenchnls(p4) == 1 then
    aleft, aright pan2 asound[0]*a(kgain)*aenv, 0.5
    outs aleft, aright
  else
    outs asound[0]*a(kgain)*aenv, asound[1]*a(kgain)*aenv
  endif
endin
</CsInstruments>
<CsScore>
i 1.1 0 0.5 "mono.wav" 0.02 1 0.5
i 1.2 0.1 0.15 "stereo.wav" 0.01 2 1
</CsScore>
</CsoundSynthesizer>
