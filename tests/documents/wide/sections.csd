<CsoundSynthesizer>
<CsOptions>
-m0 --smacro:STEP=0.05
</CsOptions>
<CsInstruments>
ksmps = 16
nchnls = 1
0dbfs = 1
#define VOICE(NAME'FREQ) #
instr $NAME
  aenv linen p4, 0.005, p3, 0.005
  asig poscil aenv, $FREQ * p5
  out asig
endin
#
$VOICE(Low'110)
$VOICE(High'440)
#define EMPTY ##
instr 10 ; takes text
  Sone strget p4
  printf_i "%s\n", 1, Sone
  $EMPTY
endin
</CsInstruments>
<CsScore>
#define TWO(A'B) #[$A * $B]#
#ifdef STEP
m start
i "Low" 0 $STEP .1 1
i "High" $TWO(2'0.05) $STEP .1 [1 + 0.5]
i . + . > 2
i . + . .2 np5
i . + . [0.1 | 0] pp5
s
#else
i "Low" 0 1 .1 1
#end
v 0.5
n start
i 10 0 0.01 "a \"word\"" !
i -10 0.5 0
b 0.1
B 0.1
i "Low" 0 $STEP .1 1
s 0.2
r 3 N
i "Low" [$N * $STEP] $STEP .1 [2 ^ $N]
i "High" [$N % 2] $STEP .1 [@3 # 1]
s
{ 2 OUTER
{ 3 INNER
i "High" [($OUTER * 3 + $INNER) * 0.05] 0.05 .1 [~ + 1]
}
}
x
i "Low" 0 1 .1 1
s
q "Low" 0 0
a 0 0 0.1
e 0.2
</CsScore>
</CsoundSynthesizer>
