; A note for the main output and, an octave higher and softer, one for the last.
nchnls = 16
0dbfs = 1
instr kit ;@notes
  ifreq = p4
  iamp = p5
  asound poscil iamp * 0.5, ifreq
  ahigh poscil iamp * 0.25, 2 * ifreq
  outch 1, asound, 2, asound, 15, ahigh, 16, ahigh
endin
