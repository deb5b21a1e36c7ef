<CsoundSynthesizer>
<CsOptions>
--format=flac -o out.flac
</CsOptions>
<CsInstruments>
sr = 44100
ksmps = 20
nchnls = 2
0dbfs = 1
instr 1
  a1 pluck 0.4, p4, p4, 0, 1
  outs a1, -a1
endin
</CsInstruments>
<CsScore>
i 1 0 0.4 220
i 1 0.2 0.4 330
</CsScore>
</CsoundSynthesizer>
