; Notes that begin with a step, so that their onsets can be placed to the frame, and are silent 5 ms after their end.
nchnls = 2
0dbfs = 1
;@param level 0..1=0.5
instr tone ;@notes
  ifreq = p4
  iamp = p5
  klevel chnget "level"
  asound poscil iamp, ifreq, -1, 0.25
  aends linsegr 1, 1, 1, 0.005, 0
  asound = asound * aends * klevel
  outs asound, asound
endin
