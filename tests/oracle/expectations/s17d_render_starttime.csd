<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 1
nchnls = 1
0dbfs = 1
A4 = 442

instr 1 ; the first cycle runs through the frames before the start
  kfirst init 1
  kcount = (kfirst == 1 ? 4411 : 1)
  kfirst = 0
  kamp = 0.1
  kfreq = 440
  kdone = 0
  while kdone < kcount do
    asound oscili kamp, kfreq
    kdone += 1
  od
  outch 1, asound
endin
</CsInstruments>
<CsScore>
i 1 0 0.2004081632653061
</CsScore>
</CsoundSynthesizer>
