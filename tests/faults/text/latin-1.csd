<CsoundSynthesizer>
<CsInstruments>
sr = 48000
ksmps = 32
nchnls = 2
0dbfs = 1
gSname = "größe"
chn_k gSname, 3, 2, 0.25, 0, 1
instr 1
 ; café is 4 letters, größe 5, and nothing here is more.
 ilength = strlen:i("café") + strlen:i(gSname) * 10
 prints "%d bytes in café\n", ilength
 asig = a(ilength / 128)
 outs asig, asig
endin
</CsInstruments>
<CsScore>
i1 0 1 "é"
</CsScore>
</CsoundSynthesizer>
