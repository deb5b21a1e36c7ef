<CsoundSynthesizer>
<CsInstruments>
;@about "Walk" author="Ksmps" license="MIT OR Apache-2.0" category=Synth/Sequence version=1
;@+ text="A pattern over the held keys, made by Python"
;@needs python
ksmps = 32
nchnls = 2
0dbfs = 1

;@param rate  1..20          name="Rate"  group="Pattern"
;@param beats 1..16          name="Beats" group="Pattern"
;@param decay 0.05..3 exp unit=s name="Decay" group="Sound"
;@param level -40..6 unit=dB name="Level" group="Sound"

chnset 9,   "rate"
chnset 11,  "beats"
chnset 0.5, "decay"
chnset 0,   "level"

pyruni {{
import random

STEPS = 16
chances = random.Random(1)
held = {}
at = 0
place = 0

def even(beats):
    """Sixteen steps with so many strokes, as even as they can be."""
    return [(step * beats) % STEPS < beats for step in range(STEPS)]

def hold(key, amp):
    global at
    if not held:
        at = 0
    held[key] = amp

def let_go(key):
    held.pop(key, None)

def step(beats):
    global at, place
    sounds = even(round(beats))[at % STEPS]
    at += 1
    if not (sounds and held):
        return
    keys = sorted(held)
    place = (place + chances.choice((-1, 1, 1, 2))) % len(keys)
    key = keys[place]
    accent = 1 if at % 4 == 1 else 0.7
    csound.scoreEvent('i', ['stroke', 0, 1, key, held[key] * accent])
}}

; A held key only says that it is held.
instr held ;@notes voices=16 name="Key"
  pset 0, 0, 0, 60, 0.6
  ikey = p4
  iamp = p5
  pycalli "hold", ikey, iamp
  xtratim 2 / kr
  krelease release
  kdone init 0
  if krelease == 1 && kdone == 0 then
    pycall "let_go", ikey
    kdone = 1
  endif
endin

instr clock
  pycallt metro:k(limit:k(chnget:k("rate"), 1, 20)), "step", chnget:k("beats")
endin

instr stroke
  idecay = limit:i(chnget:i("decay"), 0.05, 3)
  p3 = idecay
  iamp = p5 * p5 * 0.5
  icps = mtof:i(p4)
  aenv = linseg:a(0, 0.004, 1, idecay - 0.024, 0.05, 0.02, 0)
  amod = oscili:a(icps * 1.5 * linseg:k(1, idecay, 0), icps * 2)
  asig = oscili:a(iamp * ampdb(chnget:i("level")), icps + amod) * aenv
  outs asig, asig
endin
</CsInstruments>
<CsScore>
i "clock" 0 -1
</CsScore>
</CsoundSynthesizer>
