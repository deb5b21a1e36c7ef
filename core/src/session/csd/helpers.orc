; What the engine does between cycles, as instruments that are evaluated before all others.
instr 1 ; stop an event before its cycle is performed: p4 its p1
  turnoff2_i p4, 4, 1
endin
instr 2 ; write a value: p4 table, p5 mark or -1, p6 index, p7 value
  if p5 >= 0 then
    tabw 1, p5, p4
  endif
  tabw p7, p6, p4
  turnoff
endin
instr 3 ; move a value: p4 table, p5 mark or -1, p6 index, p7 the first of its values, p8 how many
  kcycle init 0
  if kcycle < p8 then
    if p5 >= 0 then
      tabw 1, p5, p4
    endif
    kvalue tab p7 + kcycle, 99991
    tabw kvalue, p6, p4
  else
    turnoff
  endif
  kcycle += 1
endin
instr 4 ; write a control channel: p4 name, p5 value
  Sname strget p4
  chnset p5, Sname
endin
instr 5 ; write a text channel: p4 name, p5 text
  Sname strget p4
  Stext strget p5
  chnset Stext, Sname
endin
instr 6 ; give a bus back: p4 token
  tabw_i 0, p4, 99996
  ibeat tab_i p4, 99997
  if ibeat == 0 then
    tabw_i 0, p4, 99995
  endif
endin
