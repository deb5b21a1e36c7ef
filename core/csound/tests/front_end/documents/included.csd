<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 32
nchnls = 1
0dbfs = 1
#include "included/voice.orc"
instr 1
  out Voice(p4) * 0.5
endin
</CsInstruments>
<CsScore>
#include "included/notes.sco"
</CsScore>
</CsoundSynthesizer>
