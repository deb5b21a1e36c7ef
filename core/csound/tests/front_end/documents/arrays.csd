<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 32
nchnls = 1
0dbfs = 1
giRatios[] fillarray 1, 1.25, 1.5, 1.875
instr 1
  asum init 0
  kcps[] init 4
  kindex = 0
  while kindex < lenarray(kcps) do
    kcps[kindex] = p4 * giRatios[kindex] * (1 + 0.01 * lfo(1, 3))
    kindex += 1
  od
  asum = oscili(0.1, kcps[0]) + oscili(0.1, kcps[1]) + oscili(0.1, kcps[2]) + oscili(0.1, kcps[3])
  kmax maxarray kcps
  out tone(asum, kmax)
endin
</CsInstruments>
<CsScore>
i 1 0 0.4 200
</CsScore>
</CsoundSynthesizer>
