<CsoundSynthesizer>
<CsInstruments>
sr = 48000
ksmps = 32
nchnls = 2
0dbfs = 1
gkCount init 0
giTab ftgen 0, 0, 8, -2, 1, 2, 3, 4, 5, 6, 7, 8
opcode Blend, a, aak
  a1, a2, kmix xin
  xout a1 * (1 - kmix) + a2 * kmix
endop
opcode Twice, i, i
  ival xin
  xout ival * 2
endop
opcode Sum, k, k[]
  kIn[] xin
  kSum = 0
  kIdx = 0
  while kIdx < lenarray(kIn) do
    kSum += kIn[kIdx]
    kIdx += 1
  od
  xout kSum
endop
opcode Say, 0, S
  Sword xin
  prints "%s\n", Sword
endop
instr 1 ;@notes
  pset 0, 0, 0, 60
  ikey = p4
  icps = cpsmidinn(ikey)
  if ikey > 64 then
    iamp = 0.1
  elseif ikey == 64 || ikey < 20 then
    iamp = 0.2
  else
    iamp = 0.3
  endif
  kcnt init 0
again:
  kcnt += 1
  if kcnt < 3 kgoto again
  until kcnt >= 5 do
    kcnt = kcnt + 1
  enduntil
  kArr[] fillarray 1, 2, 3
  kArr[1] = kcnt / 2
  iMat[][] init 2, 2
  iMat[0][1] = Twice:i(3)
  ksum Sum kArr
  a1 = oscili:a(iamp, icps)
  a2 oscili iamp * (ksum > 0 ? 1 : 0.5), icps * 2, -1, 0
  aout Blend a1, a2, 0.3
  Sname = "line\t\"one\""
  Sjoin strcat Sname, {{ two
three }}
  Say Sjoin
  if (kcnt == 5 && !(ksum < 0)) then
    printk2 kcnt
  fi
  i1 = 0
  loop:
  i1 += 1
  if i1 < 3 igoto loop
  outs aout * linsegr(0, 0.01, 1, 0.05, 0), aout
endin
instr +named
  turnoff
endin
schedule 1, 0, 0.1, 65
schedule "named", 0, 0.1
</CsInstruments>
</CsoundSynthesizer>
