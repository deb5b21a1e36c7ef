; What the engine does between cycles, as instruments that are evaluated before all others.
instr 1 ; complete a table: p4 its number, p5 the table its values come from, or 0
  if p5 > 0 then
    tableicopy p4, p5
    ftfree p5, 0
  endif
  tableigpw p4
endin
instr 2 ; write a p-field after the init passes: p4 table, p5 mark, p6 index, p7 value
  tabw 1, p5, p4
  tabw p7, p6, p4
  turnoff
endin
instr 3 ; move a p-field: p4 table, p5 mark, p6 index, p7 the first of its values, p8 how many
  kcycle init 0
  if kcycle < p8 then
    tabw 1, p5, p4
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
instr 7 ; write a value before the init passes: p4 table, p6 index, p7 value
  tabw_i p7, p6, p4
endin
instr 8 ; stop an event before its cycle is performed: p4 its p1
  turnoff2_i p4, 4, 1
endin
instr {last} ; move a value, at the end of each cycle for the next: as instr 3
  kcycle init 0
  kvalue tab p7 + kcycle, 99991
  tabw kvalue, p6, p4
  kcycle += 1
  if kcycle >= p8 then
    turnoff
  endif
endin
