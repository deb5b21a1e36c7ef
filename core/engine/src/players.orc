; The engine's own instruments: they sound without an orchestra of the user's.

; the number of a soundfont's preset: the file is loaded once, and each preset has one number
opcode sfpresetindex, i, Sii
  Spath, ibank, iprogram xin
  Sfile = strcat("ksmps.soundfont.", Spath)
  Spreset = sprintf("%s.%d.%d", Sfile, ibank, iprogram)
  index = chnget:i(Spreset)
  if index == 0 then
    ifile = chnget:i(Sfile)
    if ifile == 0 then
      ifile = sfload(Spath) + 1
      chnset ifile, Sfile
    endif
    index = chnget:i("ksmps.soundfonts") + 1
    index = sfpreset(iprogram, ibank, ifile - 1, index)
    chnset index, "ksmps.soundfonts"
    chnset index, Spreset
  endif
  xout index
endop

; a file from disk: p4 path, p5 gain, p6 speed, p7 first channel, p8 fade
instr 16
  Spath strget p4
  kgain = p5
  kspeed = p6
  ifirst = p7
  ilength = filelen(Spath)
  ifade = min(max(p8, 2/kr), ilength/2)
  asignal[] diskin2 Spath, kspeed
  ; the fade is over before the file is
  kplace init 0
  kplace += abs(kspeed)/kr
  if kplace >= ilength - (ifade + 1/kr)*abs(kspeed) then
    turnoff
  endif
  afade linsegr 0, ifade, 1, ifade, 0
  kchannel = 0
  while kchannel < lenarray(asignal) do
    if ifirst + kchannel <= nchnls then
      outch ifirst + kchannel, asignal[kchannel]*afade*kgain
    endif
    kchannel += 1
  od
endin

; a soundfont's note: p4 pitch, p5 amplitude, p6 preset, p7 velocity, p8 first channel
instr 17
  kpitch = p4
  kamp = p5
  iamp = 1/16384
  aleft, aright sfplay3 p7, int(p4), iamp, mtof:k(kpitch), p6, 1
  afade linsegr 0, 0.01, 1, 0.1, 0
  aleft *= afade*kamp
  aright *= afade*kamp
  klevel rms aleft + aright
  ksilent init 0
  ksilent = (klevel < 0.0001 ? ksilent + 1/kr : 0)
  if ksilent > 0.05 then
    turnoff
  endif
  outch p8, aleft
  if p8 + 1 <= nchnls then
    outch p8 + 1, aright
  endif
endin

; a table's sound: p4 gain, p5 speed, p6 table, p7 first channel, p8 fade, p9 start, p10 lag,
; p11 1 for a fade that is counted in the table's time
instr 18
  kgain = p4
  kspeed = p5
  itable = p6
  ifirst = p7
  irate = ftsr(itable)
  irate = (irate > 0 ? irate : sr)
  ilength = nsamp(itable)/irate
  ifade = min(max(p8, 2/kr), ilength/2)
  again = a(kgain) ; over one cycle
  kspeed lag kspeed, p10, p5
  asignal[] loscilx 1, kspeed, itable, 4, 1, p9*irate
  ; the fade is over before the sound is
  kplace init p9
  kplace += kspeed/kr
  if kplace >= ilength - ifade*(p11 == 1 ? 1 : kspeed) - kspeed/kr then
    turnoff
  endif
  afade linsegr 0, ifade, 1, ifade, 0
  kchannel = 0
  while kchannel < lenarray(asignal) do
    if ifirst + kchannel <= nchnls then
      outch ifirst + kchannel, asignal[kchannel]*afade*again
    endif
    kchannel += 1
  od
endin

; a test of the outputs, one after the other: p4 seconds on each, p5 signal, p6 dB
instr 19
  ktime timeinsts
  kchannel = int(ktime/p4) % nchnls
  if p5 == 1 then
    asignal oscili 1, 1000
  else
    asignal pinkish 1
  endif
  outch kchannel + 1, asignal*ampdbfs(p6)
endin
