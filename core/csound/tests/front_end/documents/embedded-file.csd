<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 32
nchnls = 1
0dbfs = 1
giSteps ftgen 1, 0, 8, -23, "steps.txt"
instr 1
  kstep = int(timeinsts() * 20) % 8
  out oscili(0.3, tab:k(kstep, giSteps))
endin
</CsInstruments>
<CsScore>
i 1 0 0.5
</CsScore>
<CsFileB filename="steps.txt">
MjAwIDMwMCAyNTAgMzUwIDQwMCAxNTAgNTAwIDQ1MAo=
</CsFileB>
</CsoundSynthesizer>
