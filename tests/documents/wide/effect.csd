<CsoundSynthesizer>
<CsOptions>
--omacro:GAIN=0.5
--smacro:TEMPO=120
</CsOptions>
<CsInstruments>
sr = 44100
ksmps = 32
nchnls = 2
nchnls_i = 2
0dbfs = 1
A4 = 442
;@param cutoff 20..20000=800 exp
#define CLIP(x) #limit($x, -1, 1)#
#define LOOPTO(LABEL'COUNT) #
  loop_lt kk, 1, $COUNT, $LABEL
#
giSine ftgen 1, 0, 4096, 10, 1, .5, .25
giWin ftgenonce 0, 0, 1024, 20, 2
gaL, gaR init 0
gkArr[] init 8
gSpath = "a\\b"
strset 1, "hello"
opcode Smooth, k, kJ
  kIn, kT xin
  kOut port kIn, .02
  xout kOut
endop
opcode Pair, aa, aP
  aIn, kWid xin
  setksmps 1
  xout aIn * kWid, aIn * (1 - kWid)
endop
opcode Rec, i, i
  iN xin
  iRes = 1
  if iN > 1 then
    iRes = iN * Rec(iN - 1)
  endif
  xout iRes
endop
instr 1
  aL, aR ins
  kCut chnget "cutoff"
  kS Smooth kCut
  kS2 = Smooth:k(kCut, .1)
  aF tone aL + aR, $CLIP(kS / 1000) * 1000 + 20
  a1, a2 Pair aF, .3
  aD delayr .1
  aT deltapi .05
  delayw a1 + aT * $GAIN
  fSig pvsanal a1, 512, 128, 512, 1
  fBlur pvsblur fSig, .1, .5
  aRes pvsynth fBlur
  iFac = Rec(4)
  kArr[] genarray 0, 4
  kMax maxarray kArr
  kSum = sumarray(kArr) + kArr[2] * -1
  iArr[] fillarray 1, 2, 3
  iLen lenarray iArr
  Sarr[] init 2
  Sarr[0] = "x"
  Sarr[1] strcat Sarr[0], "y"
  kk = 0
lbl:
  kArr[kk % 4] = kk
  $LOOPTO(lbl'4)
  outs aRes + aT, a2 * ampdb(-3)
  gaL = gaL + a1
endin
instr 2
  tigoto skip
  kEnv linsegr 0, .01, 1, .1, 0
skip:
  iTab = p4 == 1 ? giSine : giWin
  a1 poscil kEnv * p5, cpspch(p6), iTab
  a2 = a1 * (1 << 1) / 2 ^ 1
  vincr gaL, a1
  if p7 != 0 goto done
  a3 oscil3 .1, 100 + rnd(10), 1
  done:
  out a2 + a3
endin
instr 3, echo
  outs gaL, gaR
  gaL = 0
  clear gaL, gaR
endin
</CsInstruments>
<CsScore>
t 0 $TEMPO
f 2 0 1024 7 0 512 1 512 0 ; table
f1 0 4096 10 1 [1/2] [1/3]
#define R(A'B) #i2 $A 0.1 1 $B 8.00 0#
i 1 0 .5
$R(0'.1)
$R([0.1+.1]'.2)
i 2 0.3 0.1 2 < 8.04 0
i 2 + . . > 8.05 .
i 2 ^+.05 . 1 .4 (8) 0
i 3 0 .5
i -3 .4 0
d 3
{ 2 K
  { 2 J
    i2 [$K*.1+$J*.05] .05 1 [.1*($J+1)] 7.02 0
  }
}
y 3
C 0
C 1
w 0 60
/* block
comment */
e .6
</CsScore>
</CsoundSynthesizer>
