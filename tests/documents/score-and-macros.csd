<CsoundSynthesizer>
<CsOptions>
-odac -d --omacro:LEVEL=0.2 ; devices do not count
</CsOptions>
<CsInstruments>
sr = 44100
ksmps = 16
nchnls = 2
0dbfs = 1
seed 7

#define ENV(RISE'FALL) #linsegr:a(0, $RISE, 1, p3 - $RISE, 0.5, $FALL, 0)#
giSine ftgen 1, 0, 4096, 10, 1, 0.5, 0.3
gaRoom init 0

opcode tilt, a, ak
  asig, kcut xin
  xout tone:a(asig, kcut) + 0.1 * asig
endop

instr 1
  asig = oscili:a($LEVEL, cpspch(p4), giSine) * $ENV(0.01'0.1)
  asig tilt asig, 800 + p5 * 200
  outs asig, asig * 0.5
  gaRoom += asig * 0.3
  schedule 2, p3 * 0.5, 0.05, p4
endin

instr 2
  asig = noise:a(0.1, 0.3) * expseg:a(1, p3, 0.001)
  outs asig * 0.2, asig
endin

instr room
  aleft, aright reverbsc gaRoom, gaRoom, 0.7, 6000
  outs aleft, aright
  gaRoom = 0
endin
</CsInstruments>
<CsScore>
#define MOTIF(A) #
i 1 [$A] 0.4 8.00 1
i . + . 8.04 <
i . + . 8.07 4
#
t 0 120 4 90
i "room" 0 6
$MOTIF(0)
$MOTIF(1.5)
s
r 2 N
i 1 0 0.25 7.09 2
i 1 0.3 0.25 7.11 np5
e
</CsScore>
</CsoundSynthesizer>
