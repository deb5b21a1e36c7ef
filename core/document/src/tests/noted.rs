//! Which way notes take.

use super::*;

fn rules(orchestra: &str) -> Vec<NoteRule> {
    match plays(orchestra).notes {
        Notes::Sched(rules) => rules,
        other => panic!("{orchestra}\ngives {other:?}"),
    }
}

const NAMED: &str = "instr lead\nkfreq = p4\niamp = p5\nendin\n";

#[test]
fn the_order_is_directive_midi_names_none() {
    let with_option = |option: &str| {
        csd(NAMED, "").replace("<CsIns", &format!("<CsOptions>\n{option}\n</CsOptions>\n<CsIns"))
    };
    for (text, expected) in [
        ("instr 1\nendin".to_owned(), Notes::Undeclared),
        ("instr 1\ni1 notnum\nendin".to_owned(), Notes::Midi),
        (format!("massign 1, \"lead\"\n{NAMED}"), Notes::Midi),
        (format!("{NAMED}instr 2\nk1 ctrl7 1, 1, 0, 1\nendin"), Notes::Midi),
        (with_option("--midi-key=4"), Notes::Midi),
        (with_option("--midi-velocity-amp=5"), Notes::Midi),
        (format!("{NAMED};@notes off\n"), Notes::Off),
        (format!("{NAMED};@notes midi\n"), Notes::Midi),
    ] {
        assert_eq!(plays(&text).notes, expected, "{text}");
    }
    for text in [
        NAMED.to_owned(),
        format!("massign 0, 0\n{NAMED}"),
        format!("; notnum\n{NAMED}"),
        format!("instr 1\ni1 notnum\nendin\n{NAMED};@notes lead"),
        format!("instr low\nkfreq = p4\nendin\n{NAMED}"),
    ] {
        assert_eq!(rules(&text)[0].instrument, "lead", "{text}");
    }
}

#[test]
fn names_of_pfields_say_what_fills_them() {
    use Source::*;
    for (name, source) in [
        ("kfreq", Some(Hertz)),
        ("ihz", Some(Hertz)),
        ("iCps", Some(Hertz)),
        ("kPitch", Some(Hertz)),
        ("ikey", Some(Key)),
        ("knote", Some(Key)),
        ("imidi", Some(Key)),
        ("iMidiNote", Some(Key)),
        ("kmidikey", Some(Key)),
        ("ivel", Some(Velocity)),
        ("kvelocity", Some(Velocity)),
        ("iamp", Some(Amplitude)),
        ("kAmplitude", Some(Amplitude)),
        ("klevel", Some(Level)),
        ("igain", Some(Level)),
        ("idb", Some(Decibel)),
        ("ichan", Some(Channel)),
        ("kbend", Some(Bend)),
        ("kpress", Some(Pressure)),
        ("ktimbre", Some(Timbre)),
        ("kpan", Some(Pan)),
        ("iid", Some(Id)),
        ("k_amp", Some(Amplitude)),
        ("kcutoff", None),
        ("freq", None),
        ("id", None),
        ("afreq", None),
    ] {
        assert_eq!(Source::of_pfield(name), source, "{name}");
    }
}

#[test]
fn pfields_are_found_in_every_spelling() {
    let text = "instr 1, lead\n kfreq = p4 ; frequency\n iamp init p5\n k1:k = p6\n ia, ib passign 7\n i2 = p9 * 2\n\
                 pset 0, 0, 1, 440, -.5\n S1 = \"p99\"\nendin\ninstr 2\nendin\nopcode f, i, i\ni1 = p4\nendop\n";
    let instruments = plays(text).instruments;
    assert_eq!(instruments.len(), 2);
    let named: Vec<(&str, usize)> =
        instruments[0].pfields.iter().map(|own| (own.name.as_str(), own.index)).collect();
    assert_eq!(named, [("kfreq", 4), ("iamp", 5), ("k1", 6), ("ia", 7), ("ib", 8)]);
    assert_eq!(instruments[0].names, ["1", "lead"]);
    assert_eq!(instruments[0].pset, [0.0, 0.0, 1.0, 440.0, -0.5]);
    assert_eq!((instruments[0].highest_pfield, instruments[0].line, instruments[0].end_line), (9, 1, 9));
    assert_eq!((instruments[1].highest_pfield, instruments[1].line), (3, 10));
}

#[test]
fn options_of_notes_are_read() {
    let text = format!(
        "{NAMED}instr 2 ;@notes name=\"Low Two\" voices=3 mono legato glide=0.1 key=0..35,40 vel=1..99 ch=2\n\
         ;@+ dur=0.5 choke=g bend=12 sustain=off p4=key p5=0.25\nendin\n;@notes lead voices=2"
    );
    let rules = rules(&text);
    let expected = NoteRule {
        instrument: "2".into(),
        name: Some("Low Two".into()),
        voices: 3,
        mode: VoiceMode::Mono,
        legato: true,
        glide_s: 0.1,
        keys: vec![(0, 35), (40, 40)],
        velocities: (1, 99),
        channel: Some(1),
        duration_s: Some(0.5),
        choke: Some("g".into()),
        bend_semitones: 12.0,
        sustain: false,
        fields: vec![
            PfieldSource { index: 4, source: Source::Key },
            PfieldSource { index: 5, source: Source::Constant(0.25) },
        ],
        line: 5,
    };
    assert_eq!(rules[0], expected);
    assert_eq!((rules[1].instrument.as_str(), rules[1].voices, rules[1].sustain), ("lead", 2, true));
    assert_eq!(rules[1].fields[0], PfieldSource { index: 4, source: Source::Hertz });
}

#[test]
fn what_does_not_fit_is_a_warning_and_the_rest_holds() {
    for (items, remedy) in [
        ("voices=0", ""),
        ("voices=x", ""),
        ("voise=3", "did you mean voices?"),
        ("lagato", "did you mean legato?"),
        ("key=60..36", ""),
        ("key=200", ""),
        ("vel=1,2", ""),
        ("ch=17", ""),
        ("dur=-1", ""),
        ("p4=bogus", ""),
        ("p3=freq", ""),
        ("voices =3", "without spaces"),
        ("1..2", ""),
    ] {
        let text = format!("instr lead\n;@notes mono {items}\nkfreq = p4\niamp = p5\nendin\n");
        let document = plays(&text);
        let first = document.diagnostics.first().unwrap_or_else(|| panic!("{items} gives no warning"));
        assert_eq!((first.severity, first.line), (Severity::Warning, Some(2)), "{items}");
        assert!(first.remedy.as_deref().unwrap_or("").contains(remedy), "{items}: {first}");
        assert_eq!(rules(&text)[0].mode, VoiceMode::Mono, "{items}");
    }
    assert_eq!(warnings(&format!(";@notes led\n{NAMED}"))[0].1, "there is no instr led; ;@notes is ignored");
    assert_eq!(warnings(";@notes voices=2\ninstr 1\nendin\ninstr 2\nendin").len(), 1);
    assert_eq!(rules(";@notes voices=2\ninstr 1\nendin")[0].voices, 2);
}

#[test]
fn a_held_note_cannot_be_shaped_by_p3() {
    let with = |line: &str| format!("instr lead\nkfreq = p4\niamp = p5\n{line}\nendin\n");
    for shaped in [
        "k1 linen iamp, 0.1, p3, 0.1",
        "a1 = expon:a(1, p3, 0.01)",
        "idur = p3\nk1 line 1, idur, 0",
        "k1 linseg 0, p3*0.5, 1, p3*0.5, 0",
        "k1 oscil 1, 1/p3, 1",
        "a1 oscili iamp, kfreq/p3",
    ] {
        let found = warnings(&with(shaped));
        assert!(found.len() == 1 && found[0].1.contains("p3 is -1"), "{shaped}: {found:?}");
    }
    for fine in [
        "k1 linsegr 0, 0.1, 1, 0.2, 0",
        "p3 = 2\nk1 linen iamp, 0.1, p3, 0.1",
        "idur = abs(p3)\nk1 line 1, idur, 0",
        "idur = p3 > 0 ? p3 : 1\nk1 line 1, idur, 0",
        "k1 adsr 0.1, 0.1, 0.5, 0.1",
        "; line 1, p3, 0",
    ] {
        assert_eq!(warnings(&with(fine)), [], "{fine}");
    }
    assert_eq!(warnings(&format!("{};@notes lead dur=1", with("k1 line 1, p3, 0"))), []);
    // An instrument that takes no notes has its length from the score.
    assert_eq!(warnings("instr 1\nk1 line 1, p3, 0\nendin"), []);
}

#[test]
fn a_pitch_that_is_read_once_has_a_hint_that_bends_do_not_move_it() {
    let hints = |text: &str| -> Vec<(Option<u32>, String)> {
        let found = plays(text).diagnostics.into_iter();
        let hints = found.filter(|one| one.severity == Severity::Note && one.text.contains("pitch bend"));
        hints.map(|hint| (hint.line, format!("{}: {}", hint.text, hint.remedy.unwrap_or_default()))).collect()
    };
    for (text, name, moved) in [
        ("\ninstr lead\n ifreq = p4\n iamp = p5\nendin", "ifreq", "kfreq"),
        ("\ninstr lead ;@notes\n ikey init p4\nendin", "ikey", "kkey"),
        ("\ninstr lead ;@notes p4=key\n iin = p4\nendin", "iin", "kin"),
        ("\ninstr lead ;@notes p4=key\n iTone = p4\nendin", "iTone", "kTone"),
        ("\ninstr lead ;@notes\n ifreq, iamp passign 4\nendin", "ifreq", "kfreq"),
    ] {
        let told = hints(text);
        let [(Some(2), hint)] = told.as_slice() else { panic!("{text}\ngives {told:?}") };
        assert!(hint.contains("instr lead") && hint.contains(&format!("{name} = p4")), "{hint}");
        assert!(hint.contains(&format!("write {moved} = p4")), "{hint}");
    }
    for text in [
        NAMED,
        "instr lead\n ifreq = p4\n kfreq = p4\n iamp = p5\nendin",
        "instr lead\n ifreq = p4\n iamp = p5\n kbend = p6\nendin",
        "instr lead ;@notes p4=key\n a1 poscil 0.1, cpsmidinn(p4)\nendin",
        "instr lead ;@notes bend=0\n ifreq = p4\n iamp = p5\nendin",
        "instr lead ;@notes dur=0.5\n ifreq = p4\n iamp = p5\nendin",
        "instr lead ;@notes off\n ifreq = p4\n iamp = p5\nendin",
        "instr other\n ifreq = p4\nendin",
    ] {
        assert_eq!(hints(text), [], "{text}");
    }
}
