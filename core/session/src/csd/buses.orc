; Buses: audio is silent again with each cycle, values stay. A bus that does not persist goes with its last user.
opcode ksmps_bus_use, 0, ii ; token, kind
  itoken, ikind xin
  if itoken < 1 || itoken >= giksmps_bus_room then
    imissing tab_i -1, giksmps_bus_alive
  endif
  ialive tab_i itoken, giksmps_bus_alive
  if ialive == 0 then
    imissing tab_i -1, giksmps_bus_alive
  endif
  iis tab_i itoken, giksmps_bus_kinds
  if iis == 0 then
    tabw_i ikind, itoken, giksmps_bus_kinds
  elseif iis != ikind then
    imissing tab_i -1, giksmps_bus_alive
  endif
  tabw 2, itoken, giksmps_bus_beat
endop
opcode ksmps_bus_any, i, ii ; token, kind where nobody decided; gives the kind
  itoken, ikind xin
  iin = limit(itoken, 0, giksmps_bus_room - 1)
  iis tab_i iin, giksmps_bus_kinds
  xout (iis == 0 ? ikind : iis)
endop
opcode busin, a, iO
  itoken, kdefault xin
  ikind ksmps_bus_any itoken, 1
  ksmps_bus_use itoken, ikind
  if ikind == 2 then
    kvalue tab itoken, giksmps_bus_values
    asig upsamp kvalue
  else
    asig = gaksmps_bus[itoken]
  endif
  xout asig
endop
opcode busin, k, iO
  itoken, kdefault xin
  ksmps_bus_use itoken, 2
  kvalue tab itoken, giksmps_bus_values
  xout kvalue
endop
opcode busin, i, io
  itoken, idefault xin
  ivalue tab_i itoken, giksmps_bus_values
  xout ivalue
endop
opcode busout, 0, ia
  itoken, asig xin
  ksmps_bus_use itoken, 1
  gaksmps_bus[itoken] = asig
endop
opcode busout, 0, ii
  itoken, ivalue xin
  tabw_i ivalue, itoken, giksmps_bus_values
endop
opcode busout, 0, ik
  itoken, kvalue xin
  ksmps_bus_use itoken, 2
  tabw kvalue, itoken, giksmps_bus_values
endop
opcode busmix, 0, ia
  itoken, asig xin
  ksmps_bus_use itoken, 1
  gaksmps_bus[itoken] = gaksmps_bus[itoken] + asig
endop
opcode busassign, i, Sj
  Skind, ipersists xin
  giksmps_bus_last = giksmps_bus_last + 1
  itoken = giksmps_bus_last
  ikind = (strcmp(Skind, "a") == 0 || strcmp(Skind, "audio") == 0 ? 1 : 2)
  tabw_i ikind, itoken, giksmps_bus_kinds
  tabw_i 1, itoken, giksmps_bus_alive
  tabw_i (ipersists > 0 ? 1 : 0), itoken, giksmps_bus_persists
  xout itoken
endop
instr {end} ; the end of each cycle: audio buses fall silent, buses without users go
  asilent = 0
  ktoken = 1
  while ktoken <= giksmps_bus_last do
    gaksmps_bus[ktoken] = asilent
    kbeat tab ktoken, giksmps_bus_beat
    if kbeat == 2 then
      tabw 1, ktoken, giksmps_bus_beat
    elseif kbeat == 1 then
      kpersists tab ktoken, giksmps_bus_persists
      if kpersists == 0 then
        tabw 0, ktoken, giksmps_bus_alive
      endif
    endif
    ktoken += 1
  od
endin
