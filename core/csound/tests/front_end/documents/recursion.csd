<CsoundSynthesizer>
<CsInstruments>
sr = 44100
ksmps = 32
nchnls = 1
0dbfs = 1
opcode Stack, a, ii
  icps, icount xin
  a1 oscili 0.2 / icount, icps * icount
  if icount > 1 then
    a1 += Stack(icps, icount - 1)
  endif
  xout a1
endop
opcode Fine, a, k
  setksmps 1
  kcps xin
  xout oscili(0.1, kcps)
endop
instr 1
  out Stack(p4, 5) + Fine(line:k(p4, p3, p4 * 2))
endin
</CsInstruments>
<CsScore>
i 1 0 0.4 150
</CsScore>
</CsoundSynthesizer>
