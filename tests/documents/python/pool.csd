<CsoundSynthesizer>
<CsInstruments>
;@needs python
sr = 44100
ksmps = 10
nchnls = 1
0dbfs = 1

gisine ftgen 1, 0, 8192, 10, 1

pyruni {{
import random

random.seed(5)
pool = [(1 + i / 10) ** 1.2 for i in range(100)]

def draw(number, chance):
    """Puts a number in the place of another one now and then, and draws one."""
    if random.random() < chance:
        pool[random.randrange(len(pool))] = number
    return random.choice(pool)
}}

instr 1
  kwave oscili 1, 3, gisine
  kdrawn pycall1 "draw", kwave + 2, p4
  chnset kdrawn, "drawn"
  out a(kdrawn) * 0.01
endin
</CsInstruments>
<CsScore>
i 1 0 0.5 0.2
</CsScore>
</CsoundSynthesizer>
