<CsoundSynthesizer>
<CsInstruments>
;@about "Plain Effect" category=Template text="Sound in, sound out, with a mix: a place to begin."
ksmps = 32
nchnls = 2
nchnls_i = 2
0dbfs = 1

;@param mix 0..100=50 unit=% label="Mix"
;@param time 1..1000=250 unit=ms taper=exp label="Time"

instr 1
  ainL, ainR ins
  kmix = port(chnget:k("mix") / 100, 0.02)
  atime = interp(port(chnget:k("time"), 0.05))
  awetL = vdelay(ainL, atime, 1100)
  awetR = vdelay(ainR, atime, 1100)
  outs ntrpol(ainL, awetL, kmix), ntrpol(ainR, awetR, kmix)
endin
schedule 1, 0, -1
</CsInstruments>
</CsoundSynthesizer>
