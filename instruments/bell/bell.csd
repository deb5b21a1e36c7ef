<CsoundSynthesizer>
<CsInstruments>
;@about "Bell" author="Ksmps" license="MIT OR Apache-2.0" category=Synth/Bells version=1
;@+ text="Struck metal: two FM pairs and a bright strike"
ksmps = 32
nchnls = 2
0dbfs = 1

;@param ratio    0.5..9              name="Ratio"    group="Metal"
;@param metal    0..8                name="Metal"    group="Metal"
;@param shimmer  0..20     unit=cent name="Shimmer"  group="Metal"
;@param hardness 0..1                name="Hardness" group="Strike" cc=74
;@param strike   0..1                name="Strike"   group="Strike"
;@param ring     0.2..20   exp unit=s name="Ring"    group="Strike" cc=75
;@param damper   0.03..10  exp unit=s name="Damper"  group="Strike" cc=72
;@param spread   0..1                name="Spread"   group="Output"
;@param level    -40..6    unit=dB   name="Level"    group="Output"
;@preset "Tubular" ratio=3.5 metal=2.2 shimmer=3 ring=9 damper=5
;@preset "Toy Piano" ratio=7 metal=0.9 shimmer=1 hardness=0.8 strike=0.9 ring=1.2 damper=0.25
;@preset "Gong" ratio=1.41 metal=6 shimmer=14 hardness=0.3 ring=14 damper=8
;@layout [Metal] ratio metal:xl shimmer [Strike] hardness strike ring damper [Output] spread level

chnset 3.5,  "ratio"
chnset 1.6,  "metal"
chnset 4,    "shimmer"
chnset 0.5,  "hardness"
chnset 0.4,  "strike"
chnset 5,    "ring"
chnset 0.8,  "damper"
chnset 0.5,  "spread"
chnset 0,    "level"

instr bell ;@notes voices=24 bend=2 sustain
  pset 0, 0, 3, 72, 0.6, 0
  ikey = p4
  iamp = p5
  kbend = p6

  ; High bells are short, hard strokes are bright.
  iring = limit:i(chnget:i("ring"), 0.2, 20) * 2 ^ ((60 - ikey) / 30)
  ihard = limit:i(chnget:i("hardness") * (0.5 + iamp), 0, 1.5)
  kshimmer = chnget:k("shimmer") / 200
  kpitch = ikey + port:k(kbend, 0.004, p6)
  klow = mtof:k(kpitch - kshimmer)
  khigh = mtof:k(kpitch + kshimmer)
  kratio = chnget:k("ratio")

  ; Modulators fade faster than what they modulate: the sound clears as it rings.
  ; No side band worth hearing may pass half the sample rate, so high notes get less metal.
  kroom = limit:k((0.42 * sr / khigh - 1) / (kratio + 1) - 1, 0, 12)
  kindex = limit:k(chnget:k("metal") * (0.3 + 1.4 * ihard) * expon:k(1, iring * 0.45, 0.05), 0, kroom)
  amod1 = poscil:a(kindex * klow * kratio, klow * kratio, -1, 0.25)
  amod2 = poscil:a(kindex * 0.7 * khigh * kratio, khigh * kratio * 1.004, -1, 0.25)
  abody = expon:a(1, iring, 0.001)
  apair1 = poscil:a(abody, klow + amod1)
  apair2 = poscil:a(abody, khigh + amod2)

  ; the strike: inharmonic partials that are gone at once
  kclack = chnget:k("strike") * ihard * expon:k(1, 0.06 + 0.1 * (1 - ihard / 1.5), 0.001)
  ktop = limit:k(klow * 6.27, 20, 0.45 * sr)
  kmid = limit:k(klow * 4.07, 20, 0.45 * sr)
  aclack = poscil:a(kclack * 0.35, ktop) + poscil:a(kclack * 0.5, kmid)

  arise = linseg:a(0, 0.002, 1)
  adamp = linsegr:a(1, limit:i(chnget:i("damper"), 0.03, iring), 0)
  again = arise * arise * (3 - 2 * arise) * adamp * adamp * (0.062 * iamp * ampdb:k(chnget:k("level")))
  kwide = 0.5 * chnget:k("spread")
  amid = apair1 + apair2 + aclack
  aside = (apair1 - apair2) * kwide
  outs (amid + aside) * again, (amid - aside) * again

  ; what nobody hears any more need not be computed
  if timeinsts:k() > iring * 1.7 then
    turnoff
  endif
endin
</CsInstruments>
<CsScore>
</CsScore>
</CsoundSynthesizer>
