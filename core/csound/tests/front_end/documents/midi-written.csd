<CsoundSynthesizer>
<CsOptions>
-n --midioutfile=out.mid
</CsOptions>
<CsInstruments>
sr = 44100
ksmps = 32
nchnls = 1
0dbfs = 1
instr 1
  noteondur 1, p4, 90, p3
  outic 1, 7, p4 - 40, 0, 127
endin
</CsInstruments>
<CsScore>
i 1 0 0.2 60
i 1 0.2 0.2 64
i 1 0.4 0.2 67
</CsScore>
</CsoundSynthesizer>
