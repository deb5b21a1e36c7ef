; one oscillator of a packed spectrum, and those after it: frequency, amplitude, bandwidth from the table's row on
opcode ksmps_partial, a, iiiiikkkkkk
  itable, icolumns, iindex, igaussian, iglide, krow, kway, kfreqscale, kbwscale, kminfreq, kmaxfreq xin
  kat = krow*icolumns + 1 + iindex*3
  kfreq tab kat, itable
  kamp tab kat + 1, itable
  kbw tab kat + 2, itable
  kfreq2 tab kat + icolumns, itable
  kamp2 tab kat + icolumns + 1, itable
  kbw2 tab kat + icolumns + 2, itable
  kfreq += (kfreq2 - kfreq)*kway
  kamp += (kamp2 - kamp)*kway
  kbw = limit((kbw + (kbw2 - kbw)*kway)*kbwscale, 0, 1)
  if kfreq < kminfreq || (kmaxfreq > 0 && kfreq > kmaxfreq) then
    kamp = 0
  endif
  kfreq *= kfreqscale
  anoise = 0
  if kbw > 0 then
    if igaussian != 0 then
      anoise gauss 1
    else
      anoise noise 1, 0
    endif
    anoise butterlp anoise, 500
  endif
  aamp = a(kamp)*(a(sqrt(1 - kbw)) + anoise*a(sqrt(2*kbw)))
  ; each begins at a place of its own, the same in every render
  iphase = frac(iindex*0.6180339887498949)
  if iglide != 0 then
    asig poscil aamp, a(kfreq), -1, iphase
  else
    asig poscil aamp, kfreq, -1, iphase
  endif
  if (iindex + 1)*3 < icolumns - 1 then
    arest ksmps_partial itable, icolumns, iindex + 1, igaussian, iglide, krow, kway, kfreqscale, kbwscale, kminfreq, kmaxfreq
    asig += arest
  endif
  xout asig
endop
