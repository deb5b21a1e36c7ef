<CsoundSynthesizer>
<CsInstruments>
;@needs python
sr = 44100
ksmps = 10
nchnls = 1
0dbfs = 1

pyruni {{
import random

random.seed(7)

class Pool:
    def __init__(self, exponent, begin=0, end=100, step=1):
        self.numbers = [i ** exponent for i in range(begin, end, step)]

    def __call__(self, number, chance):
        if random.random() < chance:
            self.numbers[random.randrange(len(self.numbers))] = number
        return random.choice(self.numbers)

low = Pool(1.3)
high = Pool(1.5, 50, 250, 2)
}}

instr 1
  kone line -1, p3, -2
  klow pycall1 "low", kone, p4
  khigh pycall1 "high", -kone, p5
  chnset klow, "low"
  chnset khigh, "high"
  out a(0)
endin
</CsInstruments>
<CsScore>
i 1 0 0.2 0.1 0
</CsScore>
</CsoundSynthesizer>
