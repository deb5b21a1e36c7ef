<CsoundSynthesizer>
<CsInstruments>
;@about "Tine" author="Ksmps" license="MIT OR Apache-2.0" category=Synth/Keys version=1
;@+ text="An electric piano on Csound's own MIDI opcodes"
;@notes midi
ksmps = 32
nchnls = 2
0dbfs = 1

;@param bark    0..1              name="Bark"    group="Pickup"
;@param tine    0..1              name="Tine"    group="Pickup"
;@param ring    1..15  exp unit=s name="Ring"    group="Pickup"
;@param tremolo 0..1              name="Tremolo" group="Amplifier"
;@param rate    0.5..9 exp unit=Hz name="Rate"   group="Amplifier"
;@param level   -40..6 unit=dB    name="Level"   group="Amplifier"
;@preset "Ballad" bark=0.25 tine=0.55 ring=9 tremolo=0.45 rate=3.2
;@preset "Barking" bark=0.9 tine=0.3 ring=5 tremolo=0
;@layout [Pickup] bark:xl tine ring [Amplifier] tremolo rate level

chnset 0.45, "bark"
chnset 0.4,  "tine"
chnset 6,    "ring"
chnset 0.2,  "tremolo"
chnset 4.6,  "rate"
chnset 0,    "level"

massign 0, "tine"

instr tine
  ikey notnum
  iamp ampmidi 1
  ibend pchbend 0, 2
  kbend pchbend 0, 2
  kfreq = limit:k(mtof:k(ikey + port:k(kbend, 0.004, ibend)), 5, 0.3 * sr)

  ; The reed, and how hard it swings past the pickup: loud, low notes bark.
  iring = limit:i(chnget:i("ring"), 1, 15) * 2 ^ ((60 - ikey) / 26)
  aswing = expon:a(1, iring, 0.001)
  kbright = limit:k((0.42 * sr / kfreq - 1) / 2 - 1, 0, 4)
  kbark = limit:k(chnget:k("bark") * (0.15 + 3.2 * iamp) * expon:k(1, iring * 0.3, 0.2), 0, kbright)
  areed = poscil:a(aswing, kfreq + poscil:a(kbark * kfreq, kfreq, -1, 0.25))

  ; The tine: a small bar struck at one end, far above the note and soon gone.
  khigh = limit:k(kfreq * 14, 20, 0.42 * sr)
  kclear = limit:k((0.42 * sr - kfreq * 7) / (0.1 * sr), 0, 1)
  ktine = chnget:k("tine") * (0.08 + 0.5 * iamp) * kclear
  abar = poscil:a(1, kfreq * 7 + poscil:a(khigh * 0.4 * iamp * kclear, khigh)) * expon:a(1, 0.35, 0.02)

  ; modulation wheel: more tremolo, from side to side; volume pedal
  iwheel midictrl 1, 0, 1
  kwheel midictrl 1, 0, 1
  ipedal midictrl 7, 0, 1
  kpedal midictrl 7, 0, 1
  kvolume = port:k(kpedal, 0.02, ipedal)
  kdepth = limit:k(chnget:k("tremolo") + port:k(kwheel, 0.02, iwheel), 0, 1) * 0.45
  kside = kdepth * lfo:k(1, chnget:k("rate"))

  arise = linseg:a(0, 0.003, 1)
  adamper = linsegr:a(1, 0.18, 0)
  again = arise * arise * (3 - 2 * arise) * adamper * adamper * (0.11 * (0.05 + 0.95 * iamp ^ 1.5) * kvolume * kvolume * ampdb:k(chnget:k("level")))
  asound = (areed + abar * ktine) * again
  outs asound * (1 - kside), asound * (1 + kside)

  ; what nobody hears any more need not be computed
  if timeinsts:k() > iring * 1.7 then
    turnoff
  endif
endin
</CsInstruments>
<CsScore>
</CsScore>
</CsoundSynthesizer>
