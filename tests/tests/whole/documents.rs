//! Documents that make it easy to see what happened: clicks, constants, copies.

/// Each note is one sample of 0.5 at its first frame, in both channels. `send` sends the signal `a1` out.
pub fn click(ksmps: usize, send: &str) -> String {
    format!(
        "ksmps = {ksmps}\nnchnls = 2\n0dbfs = 1\n\
         instr click ;@notes voices=64\n  pset 0, 0, 0, 60\n  ikey = p4\n  a1 mpulse 0.5, 0\n  {send}\nendin\n"
    )
}

/// A click that reaches the output by another way than an instrument's own opcodes; `body` makes it of `ikey`.
pub fn click_by(ksmps: usize, definitions: &str, body: &str) -> String {
    format!(
        "ksmps = {ksmps}\nnchnls = 2\n0dbfs = 1\n{definitions}\n\
         instr keys ;@notes voices=64\n  pset 0, 0, 0, 60\n  ikey = p4\n  {body}\nendin\n"
    )
}

/// Clicks started by Csound's own MIDI.
pub fn midi_click(ksmps: usize) -> String {
    format!(
        "ksmps = {ksmps}\nnchnls = 2\n0dbfs = 1\nmassign 0, \"click\"\n\
         instr click\n  ikey notnum\n  a1 mpulse 0.5, 0\n  outs a1, a1\nendin\n"
    )
}

/// A tone of the key's pitch at `level` of full scale.
pub fn tone(ksmps: usize, level: f64) -> String {
    format!(
        "ksmps = {ksmps}\nnchnls = 2\n0dbfs = 1\n\
         instr tone ;@notes voices=16\n  pset 0, 0, 0, 440, 1\n  ifreq = p4\n  ilevel = p5\n\
         a1 = poscil:a({level} * ilevel, ifreq) * linsegr:a(0, 0.005, 1, 0.05, 0)\n  outs a1, a1\nendin\n"
    )
}

/// The value of the parameter `level` as it reaches the orchestra, in both channels, always on.
pub fn level(ksmps: usize, directive: &str) -> String {
    format!(
        "<CsoundSynthesizer>\n<CsInstruments>\nksmps = {ksmps}\nnchnls = 2\n0dbfs = 1\n\
         ;@notes off\n;@param {directive}\n\
         instr 1\n  k1 chnget \"level\"\n  a1 upsamp k1\n  outs a1, a1\nendin\n\
         </CsInstruments>\n<CsScore>\ni 1 0 z\n</CsScore>\n</CsoundSynthesizer>\n"
    )
}

/// A note on key 60 + n sounds on channel n + 1 alone.
pub fn channels(ksmps: usize, count: usize) -> String {
    format!(
        "ksmps = {ksmps}\nnchnls = {count}\n0dbfs = 1\n\
         instr click ;@notes\n  pset 0, 0, 0, 60\n  ikey = p4\n  a1 mpulse 0.5, 0\n  outch ikey - 59, a1\nendin\n"
    )
}

/// Each of `count` channels comes out as it goes in, at half its level.
pub fn through(ksmps: usize, count: usize) -> String {
    let channels =
        (1..=count).map(|channel| format!("  outch {channel}, inch({channel}) * 0.5\n")).collect::<String>();
    format!(
        "<CsoundSynthesizer>\n<CsInstruments>\nksmps = {ksmps}\nnchnls_i = {count}\nnchnls = {count}\n0dbfs = 1\n\
         ;@notes off\ninstr 1\n{channels}endin\n\
         </CsInstruments>\n<CsScore>\ni 1 0 z\n</CsScore>\n</CsoundSynthesizer>\n"
    )
}

/// Channels 1 and 2 come out as they go in, channels 3 and 4 are added at half their level.
pub fn sidechain(ksmps: usize) -> String {
    format!(
        "<CsoundSynthesizer>\n<CsInstruments>\nksmps = {ksmps}\nnchnls_i = 4\nnchnls = 2\n0dbfs = 1\n\
         ;@notes off\n;@in Main 1..2\n;@in Key 3..4\n\
         instr 1\n  a1, a2, a3, a4 inq\n  outs a1 + 0.5 * a3, a2 + 0.5 * a4\nendin\n\
         </CsInstruments>\n<CsScore>\ni 1 0 z\n</CsScore>\n</CsoundSynthesizer>\n"
    )
}
