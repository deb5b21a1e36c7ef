<CsoundSynthesizer>
<CsInstruments>
;@needs python
sr = 44100
ksmps = 10
nchnls = 1
0dbfs = 1

pyruni "v1 = 0.5"

instr 1
  kcycle init 0
  kcycle += 1
  k1 pyeval "v1"
  pyassign "v1", kcycle
  pylassigni "start", p4
  i2 pylevali "start * 2"
  keven = kcycle % 2 == 0 ? 1 : 0
  pylassignt keven, "even", kcycle
  k3 pylevalt keven, "even / 2"
  chnset k1, "before"
  chnset i2, "twice"
  chnset k3, "half"
  out a(0)
endin
</CsInstruments>
<CsScore>
i 1 0 0.002 21
</CsScore>
</CsoundSynthesizer>
