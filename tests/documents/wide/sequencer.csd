<CsoundSynthesizer>
<CsInstruments>
ksmps = 20
nchnls = 1
0dbfs = 1
giScale[] fillarray 0, 2, 4, 5, 7, 9, 11
gkTempo init 120
opcode note2cps, i, i
  iNote xin
  xout A4 * 2 ^ ((iNote - 69) / 12)
endop
opcode pick, i, i[]i
  iArr[], iIdx xin
  xout iArr[iIdx % lenarray(iArr)]
endop
opcode stereo, 0, aak
  aL, aR, kG xin
  out (aL + aR) * kG
endop
instr Seq
  kBeat metro gkTempo / 60 * 20
  kStep init 0
  if kBeat == 1 then
    event "i", "Note", 0, .1, kStep, .5
    kStep = (kStep + 1) % 8
    if kStep >= 4 && kStep < 6 then
      kStep += 1
    elseif kStep == 7 then
      kStep = 0
    else
      kStep = kStep
    endif
  endif
  kTrig = changed:k(kStep)
  if kTrig > 0 then
    reinit reset
  endif
reset:
  iNow = i(kStep)
  print iNow
  rireturn
endin
instr Note
  iPitch pick giScale, p4
  iCps = note2cps(60 + iPitch)
  aEnv = expseg:a(p5, p3, .001)
  aSig = vco2:a(.3, iCps, 4, .5) * aEnv
  aSig += oscili(.1, iCps * 2) * aEnv
  aFilt = zdf_ladder(aSig, 2000 + 1000 * lfo:k(1, 2), 2)
  stereo aFilt, aFilt * .5, k(1)
  xtratim .05
  if release() == 1 then
    turnoff
  endif
  SText = sprintf("%s:%d", "note", iPitch)
  puts SText, 1
  prints(SText)
endin
schedule("Seq", 0, 1)
</CsInstruments>
</CsoundSynthesizer>
