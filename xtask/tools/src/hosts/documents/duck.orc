; The main input through a gain, and half of the sidechain.
;@notes off
;@in Main 1..2
;@in Side 3..4 optional
;@param gain 0..1=1
nchnls = 2
nchnls_i = 4
0dbfs = 1
instr 1
  kgain chnget "gain"
  aleft inch 1
  aright inch 2
  aside1 inch 3
  aside2 inch 4
  outs aleft * kgain + aside1 * 0.5, aright * kgain + aside2 * 0.5
endin
schedule 1, 0, -1
