//! Sessions at random.

use ksmps_core::offline::sound_file::Encoding;
use ksmps_core::offline::{RenderOptions, RenderSession as _};
use ksmps_core::session::{
    Automate, BusId, BusKind, EventId, Include, PlaySample, SampleSource, Sched, Session, SessionConfig,
    TableId, TableSource, Template,
};
use ksmps_core::verbs::Curve;

use super::dice::Dice;
use super::{command_line, difference, keep, sweep};

/// How long a session goes on.
const SECONDS: f64 = 0.4;
const TEXTS: [&str; 10] = [
    "saw",
    "a \"quoted\" one",
    "back\\slash \\n",
    "über ñ 音",
    "; no comment",
    "/* nor this",
    "two\nlines",
    "%d %s %",
    "",
    "#define X $Y",
];

/// Name, body, whether it has controls in the table, and its arguments that change.
const TEMPLATES: [(&str, &str, bool, &[&str]); 9] = [
    (
        "tone",
        "|kamp=0.1, kfreq=300, Sname=\"saw\"|\nilength strlen Sname\nimatch = strcmp(Sname, \"saw\") == 0 ? 1 : 0.5\n\
         outch 1, oscili:a(kamp*imatch, kfreq+ilength)*linsegr:a(0, 0.01, 1, 0.03, 0)",
        false,
        &["kamp", "kfreq"],
    ),
    ("times", "|kval=0.1|\noutch 1, a(kval + p2*0.1 + p3*0.01 + timeinstk()*0.001)", false, &["kval"]),
    (
        "fixed",
        "|ifirst=0.5, kval=0.1|\nkfirst init i(kval)\noutch 1, a(ifirst*0.1 + kfirst + kval)",
        false,
        &["kval"],
    ),
    (
        "table",
        "|kval=0.2, kother=0.3, ifix=1|\noutch 1, a(kval*ifix + kother*0.1)*linsegr:a(1, 0.02, 0)",
        true,
        &["kval", "kother"],
    ),
    (
        "channels",
        "ilevel chnget \"level\"\nSmode chnget \"mode\"\noutch 1, a(ilevel + chnget:k(\"level\") + strlen(Smode)*0.01)",
        false,
        &[],
    ),
    ("wave", "|itable=2, kgain=0.3|\noutch 1, poscil:a(kgain, 220, itable)", false, &["kgain"]),
    ("writer", "|ibus=1, kval=0.3|\nbusout ibus, kval + timeinstk()*0.0001", false, &["kval"]),
    (
        "mixer",
        "|ibus=1, kval=0.3|\nbusmix ibus, oscili:a(kval, 330)*linsegr:a(1, 0.015, 0)",
        false,
        &["kval"],
    ),
    (
        "reader",
        "|ibus=1, icontrol=1, kgain=1|\ninow busin icontrol\noutch 1, busin:a(ibus)*kgain + a(busin:k(icontrol) + inow*0.1)",
        false,
        &["kgain"],
    ),
];

struct Maker {
    dice: Dice,
    session: Session,
    rate: u32,
    ksmps: u32,
    audio: Vec<BusId>,
    control: Vec<BusId>,
    tables: Vec<TableId>,
    events: Vec<(EventId, &'static [&'static str])>,
}

impl Maker {
    fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let rate = dice.of(&[44_100, 48_000, 22_050, 96_000]);
        let ksmps = dice.of(&[64, 10, 16, 33, 7, 100, 32]);
        let config = SessionConfig { sr: rate, ksmps, channels: 1, ..SessionConfig::default() };
        let session = Session::new(config).unwrap();
        let (audio, control, tables, events) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { dice, session, rate, ksmps, audio, control, tables, events }
    }

    fn time(&mut self) -> f64 {
        self.dice.seconds(self.rate, self.ksmps, SECONDS)
    }

    fn matter(&mut self) {
        self.session.add_code(
            "chn_k \"level\", 3\nchn_S \"mode\", 3\nopcode Half, a, a\nain xin\nxout ain*0.5\nendop",
            true,
        );
        self.session.include(Include { path: "some/odd name.orc".into(), text: "giincluded = 1\n".into() });
        for (name, body, controls, _) in TEMPLATES {
            let template = Template::new(name, body);
            self.session.define(if controls { template.controls_in_table() } else { template }).unwrap();
        }
        for _ in 0..1 + self.dice.below(2) {
            let persists = !self.dice.once_in(3);
            self.audio.push(self.session.assign_bus(Some(BusKind::Audio), None, persists).unwrap());
            let value = self.dice.between(0.0, 0.2);
            let persists = !self.dice.once_in(3);
            self.control
                .push(self.session.assign_bus(Some(BusKind::Control), Some(value), persists).unwrap());
        }
        for count in [4, 64, 1500] {
            let data: Vec<f64> = (0..count).map(|_| self.dice.between(-0.3, 0.3)).collect();
            let at = if self.dice.once_in(2) { 0.0 } else { self.time() };
            let rate = if self.dice.once_in(2) { 0 } else { 32_000 };
            let made = self.session.make_table(TableSource::Data(data), rate, 1, at, true).unwrap();
            self.tables.push(made);
        }
        for _ in 0..self.dice.below(4) {
            let at = self.time();
            let value = self.dice.between(0.0, 0.3);
            self.session.set_channel("level", value, at).unwrap();
            let (at, text) = (self.time(), self.dice.of(&TEXTS));
            self.session.set_channel("mode", text, at).unwrap();
        }
    }

    fn event(&mut self) {
        let (name, _, _, moves) = self.dice.of(&TEMPLATES);
        let dur = if self.dice.once_in(6) { -1.0 } else { self.time().max(0.001) };
        let mut sched = Sched::new(name).at(self.time()).dur(dur).priority(self.dice.of(&[1, 1, 2, 3, -1]));
        let (audio, control) = (self.dice.of(&self.audio), self.dice.of(&self.control));
        sched = match name {
            "tone" => sched.with("Sname", self.dice.of(&TEXTS)),
            "wave" => sched.with("itable", self.dice.of(&self.tables)),
            "writer" => sched.with("ibus", control),
            "mixer" => sched.with("ibus", audio),
            "reader" => sched.with("ibus", audio).with("icontrol", control),
            _ => sched,
        };
        if let Some(name) = moves.first().filter(|_| self.dice.once_in(2)) {
            sched = sched.with(*name, self.dice.between(0.0, 0.5));
        }
        let event = self.session.sched(sched).unwrap();
        self.events.push((event, moves));
    }

    fn sample(&mut self) {
        let samples = (0..3000).map(|_| self.dice.between(-0.2, 0.2)).collect();
        let source = SampleSource::Samples { samples, rate: self.dice.of(&[44_100, 32_000]), channels: 1 };
        let play = PlaySample {
            at: self.time(),
            speed: self.dice.of(&[1.0, 0.5, 1.7]),
            looped: self.dice.once_in(3),
            skip: self.dice.of(&[0.0, 0.01]),
            ..PlaySample::default()
        };
        let event = self.session.play_sample(source, play).unwrap();
        self.events.push((event, &["kspeed", "kgain"]));
    }

    fn change(&mut self) {
        let (event, moves) = self.dice.of(&self.events);
        let at = self.time();
        let value = self.dice.between(0.0, 0.5);
        match self.dice.below(6) {
            0 => self.session.stop(event, at).unwrap(),
            1 => {
                let bus = self.dice.of(&self.control);
                self.session.set_bus(bus, value, at).unwrap();
            }
            2 => {
                let bus = self.dice.of(&self.control);
                let line = self.line().at(at);
                self.session.automate_bus(bus, line).unwrap();
            }
            _ if moves.is_empty() => {}
            3 => {
                let name = self.dice.of(moves);
                self.session.set(event, name, value, at).unwrap();
            }
            _ => {
                let name = self.dice.of(moves);
                let line = self.line();
                let line = if self.dice.once_in(2) { line } else { line.at(at) };
                self.session.automate(event, name, line).unwrap();
            }
        }
    }

    fn line(&mut self) -> Automate {
        let count = 1 + self.dice.below(4);
        let mut points = vec![(0.0, self.dice.between(0.0, 0.5))];
        for _ in 1..count {
            let last = points[points.len() - 1].0;
            let dur = self.dice.seconds(self.rate, self.ksmps, SECONDS / 3.0).max(1e-4);
            points.push((last + dur, self.dice.between(0.0, 0.5)));
        }
        if self.dice.once_in(4) {
            points[0].0 = points.get(1).map_or(0.0, |point| point.0 / 2.0);
        }
        let line = Automate::new(points).curve(self.dice.of(&[
            Curve::Linear,
            Curve::Linear,
            Curve::Cos,
            Curve::Floor,
        ]));
        if self.dice.once_in(4) { line.overtake() } else { line }
    }

    fn make(mut self) -> Session {
        self.matter();
        for _ in 0..2 + self.dice.below(8) {
            self.event();
        }
        if self.dice.once_in(2) {
            self.sample();
        }
        for _ in 0..self.dice.below(8) {
            self.change();
        }
        if self.dice.once_in(3) {
            let bus =
                if self.dice.once_in(2) { self.dice.of(&self.audio) } else { self.dice.of(&self.control) };
            let at = self.time();
            self.session.release_bus(bus, at).unwrap();
        }
        if self.dice.once_in(2) || self.session.score_time_range().1.is_infinite() {
            let at = self.time().max(0.01);
            self.session.set_end_marker(at).unwrap();
        }
        self.session
    }
}

fn differs(seed: u64) -> Option<String> {
    let session = Maker::new(seed).make();
    let folder = tempfile::tempdir().unwrap();
    let (wav, csd) = (folder.path().join("own.wav"), folder.path().join("session.csd"));
    let options = RenderOptions { encoding: Some(Encoding::Float64), ..RenderOptions::default() };
    let job = session.render(&wav, &options).unwrap();
    session.write_csd(&csd).unwrap();
    let own = ksmps_core::offline::sound_file::read(&wav).unwrap().samples;
    let config = session.config();
    let what = difference(&own, &command_line(&csd), 1, config.ksmps as usize)?;
    Some(format!("{what} ({} Hz, {}; {}; {:?})", config.sr, config.ksmps, keep(folder), job.messages))
}

#[test]
fn the_command_line_renders_what_sessions_export_to_the_same_samples() {
    sweep(differs);
}
