<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 32
nchnls = 1
0dbfs = 1
#ifndef CUT
#define CUT #800#
#end
instr 1
  out tone(rand:a($LEVEL, 0.3), $CUT)
endin
</CsInstruments>
<CsScore>
i 1 0 $LENGTH
</CsScore>
</CsoundSynthesizer>
