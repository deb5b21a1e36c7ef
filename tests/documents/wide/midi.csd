<CsoundSynthesizer>
<CsInstruments>
0dbfs=1
ksmps=64
nchnls=2
gaBus init 0
gkMod[] init 4
massign 0, 10
zakinit 2, 2
instr 10
  icps cpsmidi
  iamp ampmidi 0.3
  kbend pchbend 0, 2
  kmod ctrl7 1, 1, 0, 1
  asig pluck iamp, icps * semitone(0), icps, 0, 1
  amod poscil3 kmod + .1, icps / 2
  asig = (asig + amod) * madsr:k(.01, .1, .7, .1)
  gaBus = gaBus + asig * .2
  zawm asig, 1
  outs asig, asig
  gkMod[0] = k(asig)
  kndx = 0
  ktrig metro 10
  if ktrig == 1 then
    event "i", 20, 0, .05, 400
    schedkwhen ktrig, 0, 0, 20, 0, .05, 300
    reinit again
  endif
again:
  iphase = .5
  rireturn
  timout 0, .1, skip
skip:
  asynth = oscil(.1, 200) + \
           oscil(.1, 300)
endin
instr 20
  a1, a2 pan2 oscili(.1, p4), .5
  outs a1, a2
  outch 1, a1, 2, a2
  xtratim .1
  krel release
  kdB = -6
  kval = ampdbfs(kdB) ^ 2 % 3
  Sx sprintfk "v=%f", kval
  printks "%s", 1, Sx
endin
instr 99
  aL, aR reverbsc gaBus, gaBus, .8, 8000
  outs aL, aR
  clear gaBus
endin
alwayson 99
</CsInstruments>
</CsoundSynthesizer>
