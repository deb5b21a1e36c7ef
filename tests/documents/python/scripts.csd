<CsoundSynthesizer>
<CsInstruments>
;@needs python
sr = 44100
ksmps = 10
nchnls = 1
0dbfs = 1

pyruni "import random; random.seed(11)"
pyexeci "greet.py"

instr 1
  pyexec "repeat.py"
  pylexeci "draw.py"
  pylexec "show.py"
  out a(0)
endin
</CsInstruments>
<CsScore>
i 1 0 0.001
i 1 0 0.001
</CsScore>
</CsoundSynthesizer>
