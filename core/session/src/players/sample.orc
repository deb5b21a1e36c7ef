|itable=0, istart=0, ifadein=0.02, ifadeout=0.02, ichan=1, kspeed=1, kgain=1, kpan=0.5, icrossfade=-1|
ichannels ftchnls itable
irate ftsr itable
ilength = nsamp(itable)/(irate > 0 ? irate : sr)
; a loop goes back to where it began
iagain = (icrossfade < 0 ? 0 : istart)
; without a length a segment is not there at all
aenv linsegr 0, max(ifadein, 1/sr), 1, max(ifadeout, 1/sr), 0
aenv = a(kgain)*aenv
if ichannels == 1 then
  amono flooper2 1, kspeed, iagain, ilength, max(icrossfade, 0), itable, istart
  aleft, aright pan2 amono*aenv, kpan
  outch ichan, aleft
  if ichan < nchnls then
    outch ichan+1, aright
  endif
elseif ichannels == 2 then
  aleft, aright flooper2 1, kspeed, iagain, ilength, max(icrossfade, 0), itable, istart
  kleft = (kpan < 0.5 ? 1 + 0.4142*(1 - 2*kpan) : 2*(1 - kpan))
  kright = (kpan > 0.5 ? 1 + 0.4142*(2*kpan - 1) : 2*kpan)
  outch ichan, aleft*aenv*kleft
  if ichan < nchnls then
    outch ichan+1, aright*aenv*kright
  endif
else
  amany[] loscilx 1, kspeed, itable, 4, 1, istart*irate, (icrossfade < 0 ? 0 : 1)
  kchannel = 0
  while kchannel < lenarray(amany) do
    if ichan + kchannel <= nchnls then
      outch ichan + kchannel, amany[kchannel]*aenv
    endif
    kchannel += 1
  od
endif
; the fade begins with the next cycle
kplace init istart
kplace += kspeed/kr
if icrossfade < 0 && kplace + kspeed/kr >= ilength - ifadeout*kspeed then
  turnoff
endif
