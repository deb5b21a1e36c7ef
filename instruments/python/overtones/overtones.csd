<CsoundSynthesizer>
<CsInstruments>
;@about "Overtones" author="Ksmps" license="MIT OR Apache-2.0" category=Synth/Bells version=1
;@+ text="A tone of the partials that Python finds in a table"
;@needs python
ksmps = 32
nchnls = 2
0dbfs = 1

;@param bright -1..1         name="Brightness" group="Tone"
;@param decay  0.2..8 exp unit=s name="Decay"  group="Tone"
;@param level  -40..6 unit=dB name="Level"     group="Output"

chnset 0, "bright"
chnset 2, "decay"
chnset 0, "level"

gipartials = 8
gisound ftgen 0, 0, 4096, 9, 12,1,0, 27,0.5,30, 47,0.42,80, 71,0.25,10, 98,0.2,45, 129,0.12,0, 163,0.1,200, 201,0.06,20
gifreqs ftgen 0, 0, -8, -2, 0
gilevels ftgen 0, 0, -8, -2, 0
gisine ftgen 0, 0, 8192, 10, 1

pyruni {{
import cmath

try:
    import numpy
except ImportError:
    numpy = None

def spectrum(samples):
    """The levels of the harmonics of a period."""
    if numpy:
        return numpy.abs(numpy.fft.rfft(numpy.frombuffer(samples))) * 2 / len(samples)
    return [abs(z) * 2 / len(samples) for z in transform(list(samples))[:len(samples) // 2 + 1]]

def transform(x):
    """The discrete Fourier transform of a list whose length is a power of two."""
    half = len(x) // 2
    if half == 0:
        return x
    even, odd = transform(x[::2]), transform(x[1::2])
    turned = [z * cmath.exp(-1j * cmath.pi * k / half) for k, z in enumerate(odd)]
    return [a + b for a, b in zip(even, turned)] + [a - b for a, b in zip(even, turned)]

found = []

def analyse(sound, freqs, levels):
    global found
    heard = spectrum(csound.table(int(sound)))
    count = csound.tableLength(int(freqs))
    strongest = sorted(range(1, len(heard)), key=lambda n: -heard[n])[:count]
    first = strongest[0]
    found = sorted((n / first, float(heard[n])) for n in strongest)
    total = sum(level for _, level in found)
    csound.tableCopyIn(int(freqs), [ratio for ratio, _ in found])
    csound.tableCopyIn(int(levels), [level / total for _, level in found])

def tell():
    global tell
    by = 'numpy ' + numpy.__version__ if numpy else 'Python alone: numpy is not installed'
    print('partials found by ' + by + ': ' + ', '.join('%.2f' % ratio for ratio, _ in found))
    tell = lambda: None
}}
pycalli "analyse", gisound, gifreqs, gilevels

; A partial, and those behind it.
opcode partials, a, iikik
  ipartial, icps, kcps, idecay, kbright xin
  iratio tab_i ipartial, gifreqs
  ilevel tab_i ipartial, gilevels
  ; What would lie above half the rate is not heard.
  ilevel = icps * iratio < sr * 0.45 ? ilevel : 0
  kenv = expseg:k(1, idecay / sqrt(iratio), 0.001, 1, 0.001)
  asig = oscili:a(ilevel * kenv * iratio ^ kbright, kcps * iratio, gisine)
  if ipartial + 1 < gipartials then
    amore partials ipartial + 1, icps, kcps, idecay, kbright
    asig += amore
  endif
  xout asig
endop

instr tone ;@notes voices=16 bend=2
  pset 0, 0, 2, 60, 0.6, 0
  ikey = p4
  iamp = p5
  kbend = p6
  pyruni "tell()"
  icps = mtof:i(ikey)
  kcps = icps * semitone:k(kbend)
  idecay = limit:i(chnget:i("decay"), 0.2, 8)
  kbright = chnget:k("bright")
  asum partials 0, icps, kcps, idecay, kbright
  aenv = linsegr:a(0, 0.004, 1, 0.2, 0)
  asig = asum * aenv * iamp * iamp * 0.4 * ampdb(chnget:k("level"))
  outs asig, asig
endin
</CsInstruments>
<CsScore>
</CsScore>
</CsoundSynthesizer>
