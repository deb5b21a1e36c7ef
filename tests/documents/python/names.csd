<CsoundSynthesizer>
<CsInstruments>
;@needs python
sr = 44100
ksmps = 10
nchnls = 1
0dbfs = 1

pyruni "import random; random.seed(3)"

instr 1
  ; The engine's: the second note takes the place of the first one's.
  pyruni "message = 'shared %f' % random.random()"
  pyrun "print(message)"
  ; The note's own.
  pylruni "message = 'own %f' % random.random()"
  pylrun "print(message)"
  out a(0)
endin
</CsInstruments>
<CsScore>
i 1 0 0.001
i 1 0 0.001
</CsScore>
</CsoundSynthesizer>
