<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 32
nchnls = 1
0dbfs = 1
instr 1
  out oscili(0.3, p4)
endin
instr 2
  exitnow
endin
</CsInstruments>
<CsScore>
i 1 0 1 200
i 2 0.3 0.1
</CsScore>
</CsoundSynthesizer>
