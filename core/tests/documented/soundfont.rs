//! A soundfont of one preset: a looped sine of middle C, so that the examples need none from outside.

use std::f64::consts::TAU;
use std::path::{Path, PathBuf};

/// The sample's own rate; a period is 100 frames, so its pitch is 261 Hz, which the font calls key 60.
const RATE: u32 = 26_162;
const PERIOD: usize = 100;
const PERIODS: usize = 260;

/// Writes the font, and says where.
pub fn write(folder: &Path) -> PathBuf {
    let frames = PERIOD * PERIODS;
    let sine = |frame: usize| ((TAU * (frame % PERIOD) as f64 / PERIOD as f64).sin() * 20_000.0) as i16;
    // 46 zeros behind each sample are part of the format.
    let samples: Vec<u8> = (0..frames).map(sine).chain([0; 46]).flat_map(i16::to_le_bytes).collect();
    let info = [chunk(b"ifil", &words(&[2, 1])), chunk(b"isng", b"EMU8000\0"), chunk(b"INAM", b"sine\0\0")];
    let zone = |last: u16| words(&[0, 0, last, 0]);
    let data = [
        chunk(b"phdr", &[preset("sine", 0), preset("EOP", 1)].concat()),
        chunk(b"pbag", &zone(1)),
        chunk(b"pmod", &[0; 10]),
        // 41: which instrument.
        chunk(b"pgen", &words(&[41, 0, 0, 0])),
        chunk(b"inst", &[instrument("sine", 0), instrument("EOI", 1)].concat()),
        chunk(b"ibag", &zone(2)),
        chunk(b"imod", &[0; 10]),
        // 54: looped while the key is down. 53: which sample.
        chunk(b"igen", &words(&[54, 1, 53, 0, 0, 0])),
        chunk(b"shdr", &[sample("sine", frames as u32), sample("EOS", 0)].concat()),
    ];
    let parts = [
        list(b"INFO", &info.concat()),
        list(b"sdta", &chunk(b"smpl", &samples)),
        list(b"pdta", &data.concat()),
    ];
    let path = folder.join("sine.sf2");
    std::fs::write(&path, chunk(b"RIFF", &[b"sfbk".to_vec(), parts.concat()].concat())).unwrap();
    path
}

fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [name.as_slice(), &(body.len() as u32).to_le_bytes(), body].concat()
}

fn list(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    chunk(b"LIST", &[name.as_slice(), body].concat())
}

fn words(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn name(name: &str) -> Vec<u8> {
    let mut bytes = name.as_bytes().to_vec();
    bytes.resize(20, 0);
    bytes
}

fn preset(text: &str, zone: u16) -> Vec<u8> {
    [name(text), words(&[0, 0, zone]), vec![0; 12]].concat()
}

fn instrument(text: &str, zone: u16) -> Vec<u8> {
    [name(text), words(&[zone])].concat()
}

/// Start, end, loop start and end, rate, key, correction, link, kind (mono).
fn sample(text: &str, frames: u32) -> Vec<u8> {
    let loops = if frames > 0 { [PERIOD as u32, frames - PERIOD as u32] } else { [0, 0] };
    let places = [0, frames, loops[0], loops[1], RATE];
    let places = places.iter().flat_map(|place| place.to_le_bytes()).collect();
    [name(text), places, vec![60, 0], words(&[0, 1])].concat()
}
