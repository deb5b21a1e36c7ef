|itable=0, irows=0, icolumns=0, istart=0, istop=0, iloop=0, ichan=1, igaussian=0, iglide=1, kspeed=1, kfreqscale=1, kgain=1, kbwscale=1, kminfreq=0, kmaxfreq=0, kpan=0|
ilast = (istop > 0 ? istop : tab_i((irows - 1)*icolumns, itable))
ktime init istart
krow init 0
while krow < irows - 2 && tab:k((krow + 1)*icolumns, itable) <= ktime do
  krow += 1
od
kfrom tab krow*icolumns, itable
kto tab (krow + 1)*icolumns, itable
kway = limit((ktime - kfrom)/max(kto - kfrom, 1/sr), 0, 1)
asum ksmps_partial itable, icolumns, 0, igaussian, iglide, krow, kway, kfreqscale, kbwscale, kminfreq, kmaxfreq
ktime += kspeed/kr
if ktime >= ilast then
  if iloop != 0 then
    ktime = istart + (ktime - ilast)
    krow = 0
  else
    turnoff
  endif
endif
aenv linsegr 1, 1, 1, 0.02, 0
asum *= a(kgain)*aenv
aleft, aright pan2 asum, kpan
outch ichan, aleft
if ichan < nchnls then
  outch ichan+1, aright
endif
