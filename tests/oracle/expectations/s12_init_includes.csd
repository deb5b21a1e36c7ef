<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 64
nchnls = 1
0dbfs = 1
A4 = 442

opcode HalfGain, a, a
  ain xin
  xout ain * 0.5
endop
giIncVal init 777

giF = 300
instr 1
  outch 1, HalfGain(oscili:a(0.2, giF))
endin
</CsInstruments>
<CsScore>
i 1 0 0.1
</CsScore>
</CsoundSynthesizer>
