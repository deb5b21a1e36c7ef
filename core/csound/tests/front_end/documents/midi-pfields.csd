<CsoundSynthesizer>
<CsOptions>
--midi-key-cps=4 --midi-velocity-amp=5
</CsOptions>
<CsInstruments>
sr = 44100
ksmps = 32
nchnls = 1
0dbfs = 1
instr 1
  out linenr(oscili(p5 * 0.3, p4), 0.01, 0.05, 0.01)
endin
</CsInstruments>
<CsScore>
f 0 1
i 1 0 0.5 330 0.2
</CsScore>
</CsoundSynthesizer>
