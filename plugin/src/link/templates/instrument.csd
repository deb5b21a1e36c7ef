<CsoundSynthesizer>
<CsInstruments>
;@about "Plain Instrument" category=Template text="One voice with an envelope and a filter: a place to begin."
ksmps = 32
nchnls = 2
0dbfs = 1

;@param cutoff 60..12000=3000 unit=Hz taper=exp label="Cutoff"
;@param level -48..6=-12 unit=dB label="Level"

instr keys ;@notes
  kfreq = p4
  iamp = p5
  aenv = linsegr:a(0, 0.005, 1, 0.2, 0.7, 0.2, 0)
  aosc = vco2(iamp, kfreq)
  aout = zdf_ladder(aosc, chnget:k("cutoff"), 2) * aenv * ampdb(chnget:k("level"))
  outs aout, aout
endin
</CsInstruments>
</CsoundSynthesizer>
