<CsoundSynthesizer>
<CsOptions>
-n -d
</CsOptions>
<CsInstruments>
ksmps = 32
nchnls = 2
0dbfs = 1
#define TUNE #440#
#define SCALED(A'B) #($A * $B)#
#define PAN(SIG'POS) #
  aleft = $SIG * sqrt(1 - $POS)
  aright = $SIG * sqrt($POS)
  outs aleft, aright
#
#ifdef TUNE
giBase = $TUNE
#else
giBase = 220
#end
#ifndef MISSING
giSecond = $SCALED(2'3)
#endif
instr 1, lead
  iamp = (p4 > 0 ? p4 : .2)
  kfreq = $SCALED(giBase'1.5)
  Stext sprintf "base %d is $TUNE", giBase
  aosc oscili iamp, kfreq
  $PAN(aosc'0.5)
endin
</CsInstruments>
<CsScore>
#define LEN #0.1#
#define NOTE(S'P) #i1 $S $LEN $P#
f 1 0 16 10 1
i1 0 $LEN 0.1
$NOTE(0.1'0.2)
{ 3 CNT
i1 [$CNT * 0.05 + 0.2] 0.05 [0.1 * (2 ^ -1)]
}
e
</CsScore>
</CsoundSynthesizer>
