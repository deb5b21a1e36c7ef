//! Seam: `csound`, variables of sounding instances: what is seen of them after each cycle is, to the bit, what the
//! orchestra itself wrote to a channel in that cycle.

use std::ffi::{CStr, CString};

use ksmps_core::csound::{Held, Performed, Preparing, Running, Variables, prove_variables};
use ksmps_core::watched::{VariableScope as Scope, WhichVoice};

fn start(orchestra: &str) -> Running {
    let mut preparing = Preparing::create().unwrap();
    preparing.option("--sample-rate=48000").unwrap();
    preparing.compile(&format!("ksmps = 16\nnchnls = 1\n0dbfs = 1\n{orchestra}")).unwrap();
    let mut running = preparing.start().unwrap();
    assert!(running.see_variables(prove_variables().unwrap()));
    running
}

fn name(name: &str) -> Box<CStr> {
    CString::new(name).unwrap().into()
}

fn variables(wanted: &[(Scope, &str)]) -> Variables {
    let wanted = wanted.iter().enumerate();
    Variables::new(wanted.map(|(at, (scope, text))| (at, scope.clone(), name(text))))
}

/// What one variable holds, in a form that can be kept.
#[derive(Debug, Clone, PartialEq)]
enum Kept {
    Number(u64),
    Sound(Vec<u64>),
    Silent,
    Unknown,
    Other,
}

fn kept(held: Held<'_>) -> Kept {
    match held {
        Held::Number(number) => Kept::Number(number.to_bits()),
        Held::Sound(samples) => Kept::Sound(samples.iter().map(|sample| sample.to_bits()).collect()),
        Held::Silent => Kept::Silent,
        Held::Unknown => Kept::Unknown,
        Held::Other => Kept::Other,
    }
}

fn number(number: f64) -> Kept {
    Kept::Number(number.to_bits())
}

fn read(running: &Running, of: &Variables, which: WhichVoice, count: usize) -> Vec<Kept> {
    let mut seen = vec![Kept::Unknown; count];
    running.read_variables(of, which, |at, held| seen[at] = kept(held));
    seen
}

/// Reads one variable of the newest voice.
fn one(running: &Running, scope: Scope, text: &str) -> Kept {
    read(running, &variables(&[(scope, text)]), WhichVoice::Newest, 1).remove(0)
}

fn cycle(running: &mut Running) {
    assert_eq!(running.perform(), Performed::Cycle);
}

/// Numbers of all rates and places, each written to a channel where it is made; sounds are written sample by sample.
const KINDS: &str = "gkall init 0\ngiall = 7.25\ngaall init 0\n\
    opcode Deep, k, ki\n kin, idepth xin\n kown = kin*0.37 + idepth\n chnset kown, sprintf(\"deep%d\", idepth)\n \
    if idepth < 3 then\n knext Deep kown, idepth + 1\n kown += 0\n endif\n xout kown\nendop\n\
    opcode Small, a, a\n setksmps 4\n ain xin\n aown = ain*0.5\n xout aown\nendop\n\
    instr 1\n iown = p4/3\n krand randh 1, 3000\n kexpr = krand*iown + sin(krand)\n kbranch init 0\n \
    if krand > 0 then\n kbranch = kexpr\n else\n kbranch = -1\n endif\n \
    kdeep Deep krand, 0\n aown oscili krand, 700\n asmall Small aown\n gkall = kexpr*2\n gaall = aown*3\n \
    chnset iown, \"iown\"\n chnset krand, \"krand\"\n chnset kexpr, \"kexpr\"\n chnset kbranch, \"kbranch\"\n \
    chnset kdeep, \"kdeep\"\n chnset gkall, \"gkall\"\n \
    kat = 0\n while kat < ksmps do\n kone vaget kat, aown\n chnset kone, sprintfk(\"aown%d\", kat)\n \
    kone vaget kat, gaall\n chnset kone, sprintfk(\"gaall%d\", kat)\n kone vaget kat, asmall\n \
    chnset kone, sprintfk(\"asmall%d\", kat)\n kat += 1\n od\n\
    endin\n\
    instr named\n kown phasor 11\n chnset kown, \"named\"\nendin\n";

#[test]
fn what_is_seen_is_what_the_orchestra_wrote() {
    let mut running = start(KINDS);
    let named = running.instrument_number("named").unwrap();
    let numbers = [
        (Scope::Instrument(1), "iown", "iown"),
        (Scope::Instrument(1), "krand", "krand"),
        (Scope::Instrument(1), "kexpr", "kexpr"),
        (Scope::Instrument(1), "kbranch", "kbranch"),
        (Scope::Instrument(1), "kdeep", "kdeep"),
        (Scope::Global, "gkall", "gkall"),
        (Scope::Instrument(named), "kown", "named"),
    ];
    let sounds = [(Scope::Instrument(1), "aown"), (Scope::Global, "gaall"), (Scope::Instrument(1), "asmall")];
    let wanted = numbers.iter().map(|(scope, text, _)| (scope.clone(), *text));
    let all: Vec<(Scope, &str)> = wanted.chain(sounds.iter().cloned()).collect();
    let (count, all) = (all.len(), variables(&all));
    assert!(read(&running, &all, WhichVoice::Newest, count)[0] == Kept::Silent, "before the first note");
    running.start(&[1.0, 0.0, -1.0, 0.71], 0);
    running.start(&[f64::from(named), 0.0, -1.0], 0);
    let channel = |running: &mut Running, text: &str| {
        let id = running.control_channel(text).unwrap();
        running.channel(id).to_bits()
    };
    let mut moved = 0;
    let mut before = Vec::new();
    for _ in 0..297 {
        cycle(&mut running);
        let seen = read(&running, &all, WhichVoice::Newest, count);
        for ((_, text, written), seen) in numbers.iter().zip(&seen) {
            assert_eq!(*seen, Kept::Number(channel(&mut running, written)), "{text}");
        }
        for ((_, text), seen) in sounds.iter().zip(&seen[numbers.len()..]) {
            let written = (0..16).map(|at| channel(&mut running, &format!("{text}{at}"))).collect();
            assert_eq!(*seen, Kept::Sound(written), "{text}");
        }
        moved += usize::from(seen != before);
        before = seen;
    }
    assert_eq!(moved, 297, "values that never move prove nothing");
    assert_eq!(one(&running, Scope::Global, "giall"), number(7.25));
}

#[test]
fn the_newest_call_of_an_opcode_is_read() {
    let mut running = start(KINDS);
    running.start(&[1.0, 0.0, -1.0, 0.71], 0);
    for _ in 0..20 {
        cycle(&mut running);
        let seen = one(&running, Scope::Opcode(name("Deep")), "kown");
        let depths: Vec<Kept> = (0..4)
            .map(|depth| {
                let id = running.control_channel(&format!("deep{depth}")).unwrap();
                number(running.channel(id))
            })
            .collect();
        assert!(depths.contains(&seen), "{seen:?} is none of {depths:?}");
    }
    assert_eq!(one(&running, Scope::Opcode(name("Nobody")), "kown"), Kept::Silent);
    // Its own cycles are shorter: the last one of them is there.
    let Kept::Sound(samples) = one(&running, Scope::Opcode(name("Small")), "aown") else {
        panic!("no sound")
    };
    assert_eq!(samples.len(), 4);
}

#[test]
fn the_voice_is_the_newest_or_the_one_that_is_chosen() {
    let mut running = start("instr 5\n kown = p4\nendin\ninstr 6\n kown = -p4\nendin\n");
    let of = variables(&[(Scope::Instrument(5), "kown")]);
    // A later note with a smaller p1 is evaluated first, and is the newest all the same.
    for (p1, p4) in [(5.2, 2.0), (5.3, 3.0), (5.1, 1.0), (6.1, 9.0)] {
        running.start(&[p1, 0.0, -1.0, p4], 0);
        cycle(&mut running);
    }
    let seen = |which| read(&running, &of, which, 1).remove(0);
    assert_eq!(seen(WhichVoice::Newest), number(1.0));
    let in_order: Vec<Kept> = (0..4).map(|at| seen(WhichVoice::Number(at))).collect();
    assert_eq!(in_order, [number(1.0), number(2.0), number(3.0), Kept::Silent]);
}

#[test]
fn what_is_no_number_and_what_is_not_there_is_said() {
    let mut running = start(
        "gSword = \"word\"\ninstr 1\n Sown = \"text\"\n kown[] fillarray 1, 2\n k1 = 1\nendin\ninstr 2\nendin\n",
    );
    running.start(&[1.0, 0.0, -1.0], 0);
    running.start(&[2.0, 0.0, -1.0], 0);
    cycle(&mut running);
    for (scope, text, expected) in [
        (Scope::Instrument(1), "Sown", Kept::Other),
        (Scope::Instrument(1), "kown", Kept::Other),
        (Scope::Global, "gSword", Kept::Other),
        (Scope::Instrument(1), "knone", Kept::Unknown),
        (Scope::Global, "k1", Kept::Unknown),
        (Scope::Instrument(2), "k1", Kept::Unknown),
        (Scope::Instrument(3), "k1", Kept::Silent),
    ] {
        assert_eq!(one(&running, scope, text), expected, "{text}");
    }
}

/// A text that is compiled while older voices of it sound: each voice is read as its own text has it, and the place of a
/// text that was freed is nobody's.
#[test]
fn a_redefinition_while_it_sounds_is_followed() {
    let text = |round: usize| {
        let more: String = (0..round % 5).map(|at| format!(" kmore{at} = {at}\n")).collect();
        format!("instr 3\n{more} iround = {round}\n kown = iround + p4\nendin\n")
    };
    let mut running = start(&text(0));
    for round in 0..60 {
        running.compile(&text(round)).unwrap();
        running.start(&[3.0 + (round % 7 + 1) as f64 / 10.0, 0.0, 0.002, 0.5], 0);
        cycle(&mut running);
        assert_eq!(one(&running, Scope::Instrument(3), "kown"), number(round as f64 + 0.5), "round {round}");
        let of = variables(&[(Scope::Instrument(3), "kown"), (Scope::Instrument(3), "iround")]);
        for at in 0..4 {
            match &read(&running, &of, WhichVoice::Number(at), 2)[..] {
                [Kept::Number(own), Kept::Number(round)] => {
                    assert_eq!(f64::from_bits(*own), f64::from_bits(*round) + 0.5);
                }
                seen => assert_eq!(seen, [Kept::Silent, Kept::Silent]),
            }
        }
    }
}

#[test]
fn on_an_unknown_build_nothing_is_read() {
    let mut preparing = Preparing::create_as_on_an_unknown_build().unwrap();
    preparing.compile("gkall init 1\ninstr 1\n k1 = 1\nendin\n").unwrap();
    let mut running = preparing.start().unwrap();
    assert!(!running.see_variables(prove_variables().unwrap()));
    cycle(&mut running);
    running.read_variables(&variables(&[(Scope::Global, "gkall")]), WhichVoice::Newest, |_, held| {
        panic!("{held:?} was read");
    });
}
