<CsoundSynthesizer>
<CsOptions>
-d -m0
</CsOptions>
<CsInstruments>
;@about "Glass Keys" author="Ksmps" category="Keys" text="A struck glass that breathes"
;@notes Glass voices=16 glide=0.02
;@param cutoff 40..16000=2400 log unit=Hz name="Cutoff" group="Filter"
;@param resonance 0..0.95=0.35 name="Resonance" group="Filter"
;@param drive 0..24=6 unit=dB name="Drive" group="Filter"
;@param attack 0.001..2=0.012 log unit=s name="Attack" group="Shape"
;@param release 0.01..8=0.8 log unit=s name="Release" group="Shape"
;@param send 0..1=0.25 name="Send" group="Space"

ksmps = 32
nchnls = 2
0dbfs = 1

#define LEVEL #0.35#
#define HALF_PI #1.5707963#

;; Tables

giSine   ftgen 0, 0, 8192, 10, 1
giGlass  ftgen 0, 0, 8192, 10, 1, 0, 0.35, 0, 0.12, 0.3, 0, 0.08
giWindow ftgen 0, 0, 1024, 20, 2, 1
giBend   ftgen 0, 0, 4097, "tanh", -4, 4, 0

gaSendL init 0
gaSendR init 0
gkClock init 0

/* The opcodes of this document. Each takes audio and gives audio,
   and none keeps anything between notes. */

opcode Drive, a, ak
  ain, kdb xin
  kgain = ampdb(kdb)
  ; a soft limit, with the level brought back afterwards
  aout = tanh(ain * kgain) / sqrt(kgain)
  xout aout
endop

opcode Spread, aa, akk
  ain, kwidth, krate xin
  klfo poscil kwidth, krate, giSine
  aleft, aright pan2 ain, 0.5 + klfo
  xout aleft, aright
endop

opcode Shimmer, a, akkk
  ain, ktime, kpitch, kmix xin
  kratio = semitone(kpitch)
  fsig pvsanal ain, 1024, 256, 1024, 1
  fup pvscale fsig, kratio
  fsoft pvsblur fup, ktime, 0.5
  awet pvsynth fsoft
  xout ain * (1 - kmix) + awet * kmix
endop

;; Instruments

instr Glass
  icps = cpsmidinn(p4)
  ivel = p5 / 127
  iamp = $LEVEL * ivel * ivel

  kcut port chnget:k("cutoff"), 0.02, 2400
  kres port chnget:k("resonance"), 0.02
  kdrive chnget "drive"

  ; the stroke: a short noise that rings in two modes
  anoise = rand:a(iamp) * expseg:a(1, 0.004, 0.2, 0.02, 0.0001)
  amode1 mode anoise, icps * 2.756, 180
  amode2 mode anoise, icps * 5.404, 120

  ; the tone: two oscillators a little apart
  idetune = 0.0015 + (1 - ivel) * 0.002
  a1 poscil iamp, icps * (1 + idetune), giGlass
  a2 poscil iamp, icps * (1 - idetune), giGlass

  iattack chnget "attack"
  irelease chnget "release"
  aenv = linsegr:a(0, iattack, 1, 0.4, 0.6, irelease, 0)
  amix = (a1 + a2) * aenv + (amode1 + amode2) * 0.02

  if (kcut > 12000) then
    afilt = amix
  elseif (kcut < 60) then
    afilt = 0
  else
    afilt moogladder2 amix, kcut + kcut * ivel, kres
  endif

  adrive Drive afilt, kdrive
  aleft, aright Spread adrive, 0.2, 0.11

  ksend chnget "send"
  gaSendL += aleft * ksend
  gaSendR += aright * ksend
  outs aleft, aright
endin

instr Breath
  icps = cpsmidinn(p4)
  iphase random 0, 1
  kvib = 1 + poscil:k(0.004, 5.2, giSine, iphase)
  anoise pinker
  abreath butbp anoise, icps * kvib, icps * 0.04
  abreath2 butbp anoise, icps * kvib * 2, icps * 0.06
  aenv madsr 0.4, 0.2, 0.7, 1.2
  aout = (abreath * 3 + abreath2) * aenv * $LEVEL
  vincr gaSendL, aout * 0.3
  outs aout, aout
endin

instr Bells
  ; a chord that walks: each step chooses from the list
  inotes[] fillarray 60, 62, 65, 67, 69, 72, 74
  kstep init 0
  ktrig metro 2.5
  if ktrig == 1 then
    kindex = kstep % lenarray(inotes)
    schedulek "Glass", 0, 1.5, inotes[kindex], 40 + random:k(0, 50)
    kstep += 1
  endif
  gkClock = kstep
endin

instr Grains
  kdens = 12 + 20 * chnget:k("density")
  kpitch = semitone(int(rspline:k(-7, 7, 0.1, 0.4)))
  iframes = ftlen(giGlass)
  asig syncgrain 0.3, kdens, kpitch, 0.08, 0.9, giGlass, giWindow, 64
  aout Shimmer asig, 0.2, 12, 0.4
  outs aout * 0.5, aout * 0.5
endin

instr Space
  aleft, aright reverbsc gaSendL, gaSendR, 0.86, 9000
  aleft dcblock2 aleft
  aright dcblock2 aright
  outs aleft, aright
  clear gaSendL, gaSendR
endin

instr Report
  Sline sprintf "%d steps, %d voices", i(gkClock), active("Glass")
  prints {{
the clock has made
%s
}}, Sline
endin

schedule "Space", 0, -1

</CsInstruments>
<CsScore>
; a finite piece, to hear the document without a host
f 0 30
i "Bells" 0 24
i "Breath" 2 8 48 90
i "Breath" 6 8 55 80
i "Grains" 12 10
i "Report" 24 0.1
e
</CsScore>
</CsoundSynthesizer>
