<CsoundSynthesizer>
<CsInstruments>
ksmps = 16
nchnls = 1
0dbfs = 1
gSnames[] fillarray "one", "two", "three"
gS1 = "text"
chn_k "cut", 3, 2, 0.5, 0, 1
chnset 0.25, "cut"
instr Voice ;@notes
  pset 0, 0, 0, 440, 0.5
  ifreq, iamp passign 4
  Skey sprintf "%s-%d", gSnames[1], int(ifreq)
  ilen strlen Skey
  Ssub strsub Skey, 0, 3
  if strcmp(Ssub, "two") == 0 then
    prints "found %s of %d\n", Ssub, ilen
  endif
  kcut chnget "cut"
  kenv madsr 0.01, 0.02, 0.8, 0.05
  asig vco2 iamp * 0.2, ifreq
  afil moogladder asig, limit(kcut * 5000, 20, 10000), 0.2
  aenv interp kenv
  printf_i "%f\n", 1, ampdb(-6)
  iok = (iamp >= 0.5 && ifreq != 0 ? 1 : 0)
  ishift = 1 << 3 | 2 & 3
  event_i "i", "Tail", 0, 0.05, iok
  out afil * aenv
endin
instr Tail
  aout init 0
  aout += rand:a(0.01) * expon:a(1, p3, 0.001)
  aout *= 0.5
  aout /= 2
  aout -= 0.0001
  out aout
  scoreline_i {{
    i "Voice" 0.1 0.05 330 0.3
  }}
endin
</CsInstruments>
<CsScore>
t 0 120 4 90
v 1
b 0.5
i "Voice" 0 0.2 440 0.5
i . + . 550 <
i . ^+0.1 . [~ * 2 + 500] >
i . . . np4 0.1
i "Voice" 1 .2 pp4 !
s
m part
i "Voice" 0 0.1 220 0.2 ; comment
n part
a 0 0 0.5
r 2 REP
i "Voice" [$REP] 0.1 [100 + $REP] 0.1
s
x
q 1 0 1
f 0 2
e 1
</CsScore>
</CsoundSynthesizer>
