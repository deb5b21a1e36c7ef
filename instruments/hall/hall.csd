<CsoundSynthesizer>
<CsInstruments>
;@about "Hall" author="Ksmps" license="MIT OR Apache-2.0" category=Effect/Reverb version=1
;@+ text="A wide room from a chamber to a cathedral"
;@notes off
;@tail 20 rest
ksmps = 32
nchnls = 2
0dbfs = 1

;@param size     0..1                   name="Size"      group="Room"
;@param predelay 0..200     unit=ms     name="Pre-delay" group="Room"
;@param lowcut   20..1000   exp unit=Hz name="Low cut"   group="Tone"
;@param damping  800..18000 exp unit=Hz name="Damping"   group="Tone"
;@param width    0..1                   name="Width"     group="Output"
;@param wet      0..1                   name="Reverb"    group="Output"
;@param dry      0..1                   name="Dry"       group="Output"
;@preset "Chamber" size=0.25 predelay=5 damping=6000 wet=0.3
;@preset "Cathedral" size=0.92 predelay=45 damping=4500 lowcut=120 wet=0.45
;@preset "Send" dry=0 wet=1
;@layout [Room] size:xl predelay [Tone] lowcut damping [Output] width wet dry

chnset 0.5,  "size"
chnset 18,   "predelay"
chnset 90,   "lowcut"
chnset 7000, "damping"
chnset 1,    "width"
chnset 0.35, "wet"
chnset 1,    "dry"

instr hall
  aleft, aright ins

  kpredelay = 1 + port:k(chnget:k("predelay"), 0.08, chnget:i("predelay"))
  apredelay = interp(kpredelay, 0, 1, i(kpredelay))
  klow = chnget:k("lowcut")
  alateleft = vdelay3(atone:a(aleft, klow), apredelay, 250)
  alateright = vdelay3(atone:a(aright, klow), apredelay, 250)

  ; Half the size is nearly all of the change in time, so the knob bends towards the long end.
  kback = 0.55 + 0.43 * (1 - (1 - chnget:k("size")) ^ 2)
  kdamping = limit:k(chnget:k("damping"), 100, 0.45 * sr)
  irate = limit:i(sr, 5000, 1000000)
  aroomleft, aroomright reverbsc alateleft, alateright, kback, kdamping, irate, 0.8

  kwidth = chnget:k("width") * 0.5
  awetleft = aroomleft * (0.5 + kwidth) + aroomright * (0.5 - kwidth)
  awetright = aroomright * (0.5 + kwidth) + aroomleft * (0.5 - kwidth)

  ; A long room gathers more sound: keep it as loud as a short one.
  kwet = chnget:k("wet") * (1.7 - 1.25 * kback)
  kdry = chnget:k("dry")
  outs aleft * kdry + awetleft * kwet, aright * kdry + awetright * kwet
endin
</CsInstruments>
<CsScore>
i "hall" 0 z
</CsScore>
</CsoundSynthesizer>
