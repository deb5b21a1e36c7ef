|Spath, istart=0, ifadein=0.02, ifadeout=0.02, ichan=1, kspeed=1, kgain=1, kpan=0.5, iloop=0|
ichannels filenchnls Spath
ilength filelen Spath
asound[] diskin2 Spath, kspeed, istart, iloop, 0, 4
; without a length a segment is not there at all
aenv linsegr 0, max(ifadein, 1/sr), 1, max(ifadeout, 1/sr), 0
aenv = a(kgain)*aenv
if ichannels == 1 then
  aleft, aright pan2 asound[0]*aenv, kpan
  outch ichan, aleft
  if ichan < nchnls then
    outch ichan+1, aright
  endif
elseif ichannels == 2 then
  kleft = (kpan < 0.5 ? 1 + 0.4142*(1 - 2*kpan) : 2*(1 - kpan))
  kright = (kpan > 0.5 ? 1 + 0.4142*(2*kpan - 1) : 2*kpan)
  outch ichan, asound[0]*aenv*kleft
  if ichan < nchnls then
    outch ichan+1, asound[1]*aenv*kright
  endif
else
  kchannel = 0
  while kchannel < lenarray(asound) do
    if ichan + kchannel <= nchnls then
      outch ichan + kchannel, asound[kchannel]*aenv
    endif
    kchannel += 1
  od
endif
; the fade begins with the next cycle
kplace init istart
kplace += kspeed/kr
if iloop == 0 && kplace + kspeed/kr >= ilength - ifadeout*kspeed then
  turnoff
endif
