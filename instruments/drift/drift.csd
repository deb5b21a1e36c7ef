<CsoundSynthesizer>
<CsInstruments>
;@about "Drift" author="Ksmps" license="MIT OR Apache-2.0" category=Synth/Subtractive version=1
;@+ text="Two wandering oscillators and a sub through a ladder filter"
ksmps = 32
nchnls = 2
0dbfs = 1

;@param shape    0..1                 name="Shape"      group="Oscillator"
;@param width    0.05..0.95           name="Pulse width" group="Oscillator"
;@param detune   0..50       unit=cent name="Detune"    group="Oscillator"
;@param drift    0..30       unit=cent name="Drift"     group="Oscillator"
;@param sub      0..1                 name="Sub"        group="Oscillator"
;@param cutoff   40..16000   exp unit=Hz name="Cutoff"  group="Filter" cc=74
;@param reso     0..0.95              name="Resonance"  group="Filter" cc=71
;@param envelope 0..6        unit=oct name="Envelope"   group="Filter"
;@param sweep    0.02..8     exp unit=s name="Sweep"    group="Filter"
;@param track    0..1                 name="Key track"  group="Filter"
;@param attack   0.002..5    exp unit=s name="Attack"   group="Amplifier" cc=73
;@param decay    0.02..8     exp unit=s name="Decay"    group="Amplifier" cc=75
;@param sustain  0..1                 name="Sustain"    group="Amplifier"
;@param release  0.02..8     exp unit=s name="Release"  group="Amplifier" cc=72
;@param vibrato  0..50       unit=cent name="Vibrato"   group="Motion" cc=1
;@param rate     0.1..12     exp unit=Hz name="Rate"    group="Motion"
;@param spread   0..1                 name="Spread"     group="Output"
;@param level    -40..6      unit=dB  name="Level"      group="Output"
;@preset "Warm Pad" shape=0.3 detune=14 cutoff=900 envelope=1 sweep=3 attack=0.6 sustain=0.9 release=1.8 spread=0.7
;@preset "Pluck" cutoff=350 reso=0.35 envelope=4.2 sweep=0.35 decay=0.7 sustain=0 release=0.4
;@preset "Hollow Bass" shape=1 width=0.3 detune=4 sub=0.8 cutoff=300 reso=0.3 envelope=2.5 sweep=0.25 spread=0
;@layout [Oscillator] shape width detune drift sub [Filter] cutoff:xl reso envelope sweep track
;@layout [Amplifier] attack decay sustain release [Motion] vibrato rate [Output] spread level

chnset 0.15,  "shape"
chnset 0.5,   "width"
chnset 9,     "detune"
chnset 4,     "drift"
chnset 0,     "sub"
chnset 1100,  "cutoff"
chnset 0.2,   "reso"
chnset 2.2,   "envelope"
chnset 0.9,   "sweep"
chnset 0.5,   "track"
chnset 0.004, "attack"
chnset 1.2,   "decay"
chnset 0.7,   "sustain"
chnset 0.35,  "release"
chnset 0,     "vibrato"
chnset 5.2,   "rate"
chnset 0.35,  "spread"
chnset 0,     "level"

; Counts the notes: each starts its oscillators, its wandering and its place between the speakers elsewhere.
giNotes init 0

; A saw and, a pulse width later, the same saw upside down: 0 is the saw, 1 the pulse, the rest lies between.
opcode morph, a, kkkki
  kfreq, kshape, kwidth, kgain, iphase xin
  arise = vco2:a(1, kfreq, 16, 0.5, iphase)
  afall = vco2:a(1, kfreq, 16, 0.5, frac:k(iphase + kwidth))
  xout (arise - afall * kshape) * (kgain / (1 + 0.5 * kshape))
endop

instr drift ;@notes voices=16 bend=2 sustain
  pset 0, 0, 0, 60, 100, 0, 0
  ikey = p4
  ivelocity = p5
  kbend = p6
  kpress = p7

  giNotes = giNotes + 1
  iseed = frac(giNotes * 0.6180339887)
  iloud = (ivelocity / 127) ^ 2

  ; pitch
  kshift = ikey + port:k(kbend, 0.004, p6)
  kvibrato = chnget:k("vibrato") / 100 * lfo:k(1, chnget:k("rate"))
  kdrift = chnget:k("drift") / 100
  kwander1 = kdrift * (poscil:k(0.6, 0.31 + iseed * 0.2, -1, iseed) + poscil:k(0.4, 0.83, -1, frac(iseed * 3)))
  kwander2 = kdrift * (poscil:k(0.6, 0.43 - iseed * 0.2, -1, frac(iseed * 5)) + poscil:k(0.4, 0.71, -1, iseed))
  khalf = chnget:k("detune") / 200
  kfreq1 = limit:k(mtof:k(kshift + kvibrato - khalf + kwander1), 5, sr * 0.45)
  kfreq2 = limit:k(mtof:k(kshift + kvibrato + khalf + kwander2), 5, sr * 0.45)

  ; sound
  kshape = chnget:k("shape")
  kwidth = chnget:k("width")
  a1 = morph(kfreq1, kshape, kwidth, 0.5, iseed)
  a2 = morph(kfreq2, kshape, kwidth, 0.5, frac(iseed * 7))
  asub = poscil:a(chnget:k("sub"), (kfreq1 + kfreq2) * 0.25)

  ; filter
  iattack = limit:i(chnget:i("attack"), 0.002, 5)
  ksweep = linsegr:k(0, iattack, 1, limit:i(chnget:i("sweep"), 0.02, 8), 0, 0.05, 0)
  koctaves = chnget:k("envelope") * ksweep * ksweep * (0.4 + 0.6 * iloud) + 2 * port:k(kpress, 0.01, p7)
  kcutoff = chnget:k("cutoff") * 2 ^ (koctaves + chnget:k("track") * (kshift - 60) / 12)
  kreso = chnget:k("reso")
  asound = moogladder2(a1 + a2 + asub, limit:k(kcutoff, 20, min(18000, 0.42 * sr)), kreso)
  asound *= 1 + 1.5 * kreso

  ; amplifier: a rise without corners; the square of straight lines falls like a struck thing and ends at nothing
  isustain = sqrt(limit:i(chnget:i("sustain"), 0, 1))
  irelease = limit:i(chnget:i("release"), 0.02, 8)
  arise = linseg:a(0, iattack, 1)
  afall = linsegr:a(1, iattack, 1, limit:i(chnget:i("decay"), 0.02, 8), isustain, irelease, 0)
  asound *= arise * arise * (3 - 2 * arise) * afall * afall * (0.2 * iloud * ampdb:k(chnget:k("level")))
  kside = 0.5 + (frac(iseed * 11) - 0.5) * chnget:k("spread")
  outs asound * sqrt(1 - kside) * 1.4142, asound * sqrt(kside) * 1.4142
endin
</CsInstruments>
<CsScore>
</CsScore>
</CsoundSynthesizer>
