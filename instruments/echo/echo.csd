<CsoundSynthesizer>
<CsInstruments>
;@about "Echo" author="Ksmps" license="MIT OR Apache-2.0" category=Effect/Delay version=1
;@+ text="A stereo delay whose repeats lose highs and lows like tape"
;@notes off
;@tail 30 rest
ksmps = 32
nchnls = 2
0dbfs = 1

;@param time     20..2000    exp unit=ms name="Time"     group="Delay"
;@param skew     -50..50     unit=%      name="Skew"     group="Delay"
;@param feedback 0..0.95                 name="Feedback" group="Delay"
;@param cross    "Straight|Ping-pong"    name="Path"     group="Delay"
;@param lowcut   20..2000    exp unit=Hz name="Low cut"  group="Tone"
;@param highcut  500..18000  exp unit=Hz name="High cut" group="Tone"
;@param wobble   0..1                    name="Wobble"   group="Tone"
;@param echo     0..1                    name="Echo"     group="Output"
;@param dry      0..1                    name="Dry"      group="Output"
;@preset "Slapback" time=95 skew=8 feedback=0.12 highcut=7000 echo=0.4
;@preset "Ping-pong" time=330 skew=0 feedback=0.55 cross=1 echo=0.4
;@preset "Worn Tape" time=480 feedback=0.65 lowcut=250 highcut=2200 wobble=0.6 echo=0.45
;@layout [Delay] time:xl skew feedback cross [Tone] lowcut highcut wobble [Output] echo dry

chnset 375,  "time"
chnset 4,    "skew"
chnset 0.35, "feedback"
chnset 0,    "cross"
chnset 120,  "lowcut"
chnset 5000, "highcut"
chnset 0.1,  "wobble"
chnset 0.3,  "echo"
chnset 1,    "dry"

instr echo
  aleft, aright ins

  ; The tape speeds up and slows down when the time changes, rather than jumping.
  kmiddle = port:k(chnget:k("time") / 1000, 0.08, chnget:i("time") / 1000)
  kskew = port:k(chnget:k("skew") / 200, 0.08, chnget:i("skew") / 200)
  kwobble = 0.0012 * chnget:k("wobble")
  kleft = limit:k(kmiddle * (1 - kskew) + kwobble * poscil:k(1, 0.61), 0.005, 2.6)
  kright = limit:k(kmiddle * (1 + kskew) + kwobble * poscil:k(1, 0.47, -1, 0.25), 0.005, 2.6)
  kfeedback = chnget:k("feedback")
  kcross = port:k(chnget:k("cross"), 0.01, chnget:i("cross"))
  klow = chnget:k("lowcut")
  khigh = limit:k(chnget:k("highcut"), 20, 0.45 * sr)

  aold delayr 2.7
  aecholeft deltap3 interp(kleft, 0, 1, i(kleft))
  aecholeft = atone:a(tone:a(aecholeft, khigh), klow)
  aold delayr 2.7
  aechoright deltap3 interp(kright, 0, 1, i(kright))
  aechoright = atone:a(tone:a(aechoright, khigh), klow)

  ; Straight: each side feeds itself. Ping-pong: both go in at the left, and the sides feed each other.
  ainleft = aleft + (0.5 * (aleft + aright) - aleft) * kcross
  ainright = aright * (1 - kcross)
  abackleft = aecholeft + (aechoright - aecholeft) * kcross
  abackright = aechoright + (aecholeft - aechoright) * kcross
  delayw ainleft + abackleft * kfeedback
  delayw ainright + abackright * kfeedback

  kecho = chnget:k("echo")
  kdry = chnget:k("dry")
  outs aleft * kdry + aecholeft * kecho, aright * kdry + aechoright * kecho
endin
</CsInstruments>
<CsScore>
i "echo" 0 z
</CsScore>
</CsoundSynthesizer>
