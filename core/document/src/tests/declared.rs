//! What directives declare: about, buses, latency, tail, parameters.

use super::*;
use ksmps_data::params::{Taper, Target};

#[test]
fn directives_are_comments_of_code_only() {
    let text = "instr 1\nendin ;@about \"A\"\n/* ;@about \"B\" */\nS1 = {{\n;@about \"C\"\n}}\nS2 = \";@about D\"\n\
                ; ;@about \"E\"\n//;@about \"F\"\n";
    assert_eq!(plays(text).about.name.as_deref(), Some("A"));
    let document = plays(&csd("instr 1\nendin", "i1 0 1 ;@tail 2\n;@score follow=beats"));
    assert_eq!(document.tail, Some(Tail::Seconds(2.0)));
    assert_eq!(document.directives[1].line, 8);
}

#[test]
fn every_word_of_the_manual_is_read_and_nothing_is_said_of_one_that_fits() {
    let text = ";@preset \"Dark\" cutoff=500 reso=0.6\n;@layout [Group] shape keys.kd:knob\n;@page \"Two\"\n;@score follow=beats loop\n\
                ;@keep table giX\n;@asset \"a b.wav\" embed\n;@needs files network\ngiX = 1\ninstr 1\nendin\n";
    let document = plays(text);
    assert_eq!(document.diagnostics, []);
    assert_eq!(document.directives.len(), 7);
    assert_eq!(
        document.directives[0].items[1],
        Item::Assign { key: "cutoff".into(), value: Value::Number(500.0) }
    );
}

#[test]
fn presets_and_layouts_that_do_not_fit_are_warnings() {
    let around = |line: &str| format!(";@param cutoff 0..1\n;@param reso 0..1\n{line}\ninstr 1\nendin\n");
    for fits in [
        ";@preset \"Dark\" cutoff=0.5 reso=0.6 another=1",
        ";@preset Dark cutoff=0.5",
        ";@layout [Filter] cutoff:xl reso:slider [See] meter:in.Key scope:out keyboard giwave:table",
        ";@layout \"The filter\" cutoff:xy(reso) another",
        ";@layout Filter cutoff",
        ";@layout cutoff reso",
        ";@page \"Two\"",
        ";@page Two",
    ] {
        assert_eq!(warnings(&around(fits)), [], "{fits}");
    }
    for (line, remedy) in [
        (";@preset cutoff=0.5", "\"Name\""),
        (";@preset \"Dark\"", "values"),
        (";@preset \"Dark\" \"Bright\" cutoff=1", "\"Name\""),
        (";@preset \"Dark\" cutoff=0..1", "values"),
        (";@preset \"Dark\" cutof=1", "did you mean cutoff?"),
        (";@layout", "kinds are knob"),
        (";@layout [Filter] cutoff:nob", "kinds are knob"),
        (";@layout [Filter] cutof:knob", "did you mean cutoff?"),
        (";@layout [Filter] cutoff:xy(rezo)", "did you mean reso?"),
        (";@layout [Filter] cutoff=1", "kinds are knob"),
        (";@layout [Side Chain] cutoff", "kinds are knob"),
        (";@page", "\"Name\""),
        (";@page \"Two\" three", "\"Name\""),
    ] {
        let document = plays(&around(line));
        let [found] = &document.diagnostics[..] else { panic!("{line}: {:?}", document.diagnostics) };
        assert_eq!((found.severity, found.line), (Severity::Warning, Some(3)), "{line}");
        assert!(found.remedy.as_deref().is_some_and(|text| text.contains(remedy)), "{line}: {found}");
    }
}

#[test]
fn channels_that_nobody_gives_a_value_are_told() {
    let document = plays(
        ";@param cutoff 0..1\n;@param wet 0..1 bus\nchn_k \"hint\", 1, 2, 0, 0, 1\ninstr 1\nk1 chnget \"cutoff\"\nk2 chnget \"reso\"\n\
         k3 chnget \"HOST_BPM\"\nk4 chnget \"hint\"\nk5 chnget \"wet\"\nk6 invalue \"knob\"\nk7 chnget \"reso\"\nendin\n",
    );
    assert_eq!(document.undeclared_channels(), ["reso", "knob"]);
}

#[test]
fn score_and_session_say_how_they_go_with_the_hosts_song() {
    let play = |mode, loops, late| SongPlay { mode, loops, late };
    let free = SongPlay::default();
    for (said, expected) in [
        ("free", free),
        ("off", play(SongMode::Off, false, None)),
        ("follow=beats", play(SongMode::Beats, false, None)),
        ("follow=seconds late=skip", play(SongMode::Seconds, false, Some(Late::Skip))),
        ("loop late=enter follow=beats", play(SongMode::Beats, true, Some(Late::Enter))),
    ] {
        let document = plays(&format!("instr 1\nendin\n;@score {said}\n"));
        assert_eq!(
            (document.score_play, document.session_play, document.diagnostics),
            (expected, free, vec![])
        );
        let document = plays(&format!("instr 1\nendin\n;@session {said}\n"));
        assert_eq!(
            (document.score_play, document.session_play, document.diagnostics),
            (free, expected, vec![])
        );
        assert_eq!((said.parse(), expected.to_string().parse()), (Ok(expected), Ok(expected)), "{said}");
    }
    let two = plays("instr 1\nendin\n;@score follow=beats loop\n;@score follow=seconds\n");
    assert_eq!(two.score_play, play(SongMode::Seconds, true, None));
    for word in ["score", "session"] {
        for misfit in ["", "folow=beats", "follow=bars", "late=1", "\"free\""] {
            let document = plays(&format!("instr 1\nendin\n;@{word} {misfit}\n"));
            let [found] = &document.diagnostics[..] else { panic!("{misfit}: {:?}", document.diagnostics) };
            assert_eq!((found.severity, found.line), (Severity::Warning, Some(3)), "{misfit}");
            assert!(found.remedy.as_deref().is_some_and(|text| text.contains("follow=beats")), "{found}");
            assert_eq!((document.score_play, document.session_play), (free, free), "{misfit}");
            assert!(misfit.is_empty() || misfit.parse::<SongPlay>().is_err(), "{misfit}");
        }
    }
}

#[test]
fn the_document_speaks_of_itself() {
    let document = plays(
        ";@about \"Glass Keys\" author=\"A. Player\" license=CC0 category=Synth/Keys\n;@+ version=2 text=\"Bright.\"\n\
         ;@in Main 1..2\n;@in \"Side Chain\" 3..4 optional\n;@out Sub 3\n;@latency 1024\n;@tail inf\ninstr 1\nendin\n",
    );
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        document.about,
        About {
            name: text("Glass Keys"),
            author: text("A. Player"),
            license: text("CC0"),
            category: text("Synth/Keys"),
            version: text("2"),
            text: text("Bright."),
        }
    );
    let port = |name: &str, first, last, optional| ChannelRange { name: name.into(), first, last, optional };
    assert_eq!(document.inputs, [port("Main", 1, 2, false), port("Side Chain", 3, 4, true)]);
    assert_eq!(document.outputs, [port("Sub", 3, 3, false)]);
    assert_eq!((document.latency_frames, document.tail), (1024, Some(Tail::Infinite)));
    assert_eq!(document.diagnostics, []);
}

#[test]
fn a_document_with_a_tail_may_ask_to_rest_unless_it_listens() {
    let says = |directive: &str, body: &str| {
        let document = plays(&csd(&format!("{directive}\ninstr 1\n{body}\nendin"), "i1 0 z"));
        let said: Vec<_> = document.diagnostics.iter().map(|one| (one.line, one.text.clone())).collect();
        (document.tail, document.rests, document.uses.listens, said)
    };
    let two = Some(Tail::Seconds(2.0));
    assert_eq!(says(";@tail 2 rest", ""), (two, true, false, vec![]));
    assert_eq!(says(";@tail 2", ""), (two, false, false, vec![]));
    assert_eq!(says("", "kheard sensekey"), (None, false, true, vec![]));
    let (tail, rests, listens, said) = says(";@tail 2 rest", "kheard sensekey");
    assert_eq!((tail, rests, listens, said.len()), (two, false, true, 1));
    assert!(said[0].0 == Some(3) && said[0].1.contains("sensekey"), "{said:?}");
    for wrong in [";@tail inf rest", ";@tail rest", ";@tail 2 sleep", ";@tail 2 rest 3"] {
        let (tail, rests, _, said) = says(wrong, "");
        assert_eq!((tail, rests, said.len()), (None, false, 1), "{wrong}: {said:?}");
    }
}

#[test]
fn wrong_values_are_warnings_with_line_and_remedy() {
    for (directive, remedy) in [
        (";@parm x", "did you mean ;@param?"),
        (";@whatever", "the words are"),
        (";@latency -1", "frames"),
        (";@latency soon", "frames"),
        (";@tail long", "inf"),
        (";@in Main", "a..b"),
        (";@in Main 0..2", "a..b"),
        (";@out 1..2", "a..b"),
        (";@out Main 2..1", "a..b"),
        (";@about autor=x", "author="),
        (";@about \"open", "quotes"),
        (";@+ more", ";@"),
        (";@param", "NAME"),
        (";@param x 1..0", "min..max"),
        (";@param x 0..1=2", "min..max"),
        (";@param x 0..1 exp", "above 0"),
        (";@param x cc=200", "cc="),
        (";@param x smoth=1", "did you mean smooth?"),
        (";@param x per-note", "p-field"),
        (";@param lead.kfrq", "did you mean lead.kfreq?"),
        (";@param lead.ivel 0..1", "kvel"),
        (";@param x \"A\"", "A|B"),
    ] {
        let text = format!("instr lead\nkfreq = p4\nivel = p5\nendin\n{directive}\n");
        let document = plays(&text);
        assert_eq!(document.diagnostics.len(), 1, "{directive}: {:?}", document.diagnostics);
        let found = &document.diagnostics[0];
        assert_eq!((found.severity, found.line), (Severity::Warning, Some(5)), "{directive}");
        assert_eq!(found.source.as_deref(), Some(directive));
        assert!(found.remedy.as_deref().is_some_and(|text| text.contains(remedy)), "{directive}: {found}");
    }
    assert_eq!(warnings(";@param x\n;@param x\n").len(), 1);
}

#[test]
fn parameters_are_read() {
    let text = "instr keys\npset 0, 0, 0, 60, 7\nkkey = p4\nkdetune = p5\nendin\n\
                ;@param cutoff 40..16000=1800 exp unit=Hz name=\"Cut off\" group=\"Filter\" cc=74 smooth=20\n\
                ;@param shape \"Saw|Square|Noise\" group=Osc\n;@param on bool\n;@param steps 1..8=4 int\n;@param keys.kdetune -50..50 per-note\n\
                ;@param b 0..1 bus\n;@param meter hidden send\n;@param soft skew=0.5 step=0.25\n;@param tail.x 0..1\n;@param slow 1..10 log\n";
    let document = plays(text);
    assert_eq!(document.diagnostics, []);
    let find = |name: &str| {
        document.params.iter().find(|param| param.name == name).cloned().expect("it is declared")
    };
    let channel = Param::channel;
    let expected = [
        Param {
            label: "Cut off".into(),
            group: "Filter".into(),
            unit: "Hz".into(),
            min: 40.0,
            max: 16000.0,
            default: Some(1800.0),
            taper: Taper::Exponential,
            cc: Some(74),
            smooth_ms: 20.0,
            line: 6,
            ..channel("cutoff")
        },
        Param {
            group: "Osc".into(),
            max: 2.0,
            step: 1.0,
            labels: ["Saw", "Square", "Noise"].map(str::to_owned).to_vec(),
            smooth_ms: 0.0,
            line: 7,
            ..channel("shape")
        },
        Param { step: 1.0, smooth_ms: 0.0, line: 8, ..channel("on") },
        Param {
            min: 1.0,
            max: 8.0,
            default: Some(4.0),
            step: 1.0,
            smooth_ms: 0.0,
            line: 9,
            ..channel("steps")
        },
        Param {
            target: Target::Pfield { instrument: "keys".into(), pfield: "kdetune".into() },
            min: -50.0,
            max: 50.0,
            default: Some(7.0),
            per_note: true,
            line: 10,
            ..channel("keys.kdetune")
        },
        Param { target: Target::Bus("b".into()), line: 11, ..channel("b") },
        Param { hidden: true, send: true, line: 12, ..channel("meter") },
        Param { taper: Taper::Skew(0.5), step: 0.25, smooth_ms: 0.0, line: 13, ..channel("soft") },
        Param { line: 14, ..channel("tail.x") },
        Param { min: 1.0, max: 10.0, taper: Taper::Logarithmic, line: 15, ..channel("slow") },
    ];
    assert_eq!(document.params.len(), expected.len());
    for param in expected {
        assert_eq!(find(&param.name), param);
    }
}

#[test]
fn hints_become_parameters() {
    let hint =
        |kind, default, min, max, attributes| param_from_hint("x", kind, default, min, max, attributes);
    let duck = hint(2, 12.0, 0.0, 40.0, "name=Duck unit=dB group=\"Side Chain\" type=foo");
    assert_eq!((duck.label.as_str(), duck.unit.as_str(), duck.group.as_str()), ("Duck", "dB", "Side Chain"));
    assert_eq!((duck.min, duck.max, duck.default), (0.0, 40.0, Some(12.0)));
    assert_eq!(hint(3, 100.0, 20.0, 2000.0, "").taper, Taper::Exponential);
    assert_eq!(hint(3, 0.0, 0.0, 2000.0, "").taper, Taper::Linear);
    assert_eq!((hint(1, 3.0, 0.0, 7.0, "").step, hint(1, 99.0, 0.0, 7.0, "").default), (1.0, Some(7.0)));
    let none = hint(0, 0.0, 0.0, 0.0, "\"unclosed = ,");
    assert_eq!((none.min, none.max, none.default), (0.0, 1.0, None));
}

#[test]
fn the_examples_declare_what_they_say() {
    let [keys, smear, kit] = EXAMPLES.map(plays);
    for document in [&keys, &smear, &kit] {
        assert_eq!(document.diagnostics, []);
    }
    let names: Vec<&str> = keys.params.iter().map(|param| param.name.as_str()).collect();
    assert_eq!(names, ["cutoff", "reso", "shape", "keys.kdetune"]);
    assert!(keys.uses.vco2_waveforms == 1 | 1 << 3 && keys.wants_ksmps);
    assert_eq!((smear.notes, smear.latency_frames, smear.inputs.len()), (Notes::Off, 1024, 2));
    let Notes::Sched(rules) = &kit.notes else { panic!("{:?}", kit.notes) };
    assert_eq!((rules[0].keys.as_slice(), rules[0].duration_s), (&[(36, 36)][..], Some(0.4)));
    assert_eq!(
        (rules[1].keys.as_slice(), rules[1].choke.as_deref()),
        (&[(42, 42), (44, 44)][..], Some("hats"))
    );
}

#[test]
fn a_list_takes_a_default() {
    for (directive, default) in [
        ("\"Saw|Square|Tri\"", None),
        ("\"Saw|Square|Tri\"=1", Some(1.0)),
        ("\"Saw|Square|Tri\"=Tri", Some(2.0)),
        ("\"Saw|Big Square|Tri\"=\"big square\"", Some(1.0)),
        ("\"Saw|Square|Tri\" def=2", Some(2.0)),
        ("\"Saw|Square|Tri\" def=square", Some(1.0)),
        ("0..2=1 \"Saw|Square|Tri\"", Some(1.0)),
        ("\"Saw|Square|Tri\" 0..2=1", Some(1.0)),
    ] {
        let document = plays(&format!(";@param shape {directive}\ninstr 1\nendin\n"));
        assert_eq!(document.diagnostics, [], "{directive}");
        let param = &document.params[0];
        assert_eq!((param.default, param.labels.len(), param.max), (default, 3, 2.0), "{directive}");
    }
    for directive in
        ["\"Saw|Square\"=2", "\"Saw|Square\"=Noise", "\"Saw|Square\"=0.5", "\"Saw|Square\" def=7", "def=7"]
    {
        let document = plays(&format!(";@param shape {directive}\ninstr 1\nendin\n"));
        assert_eq!(document.diagnostics.len(), 1, "{directive}: {:?}", document.diagnostics);
        assert_eq!(document.params[0].default, None, "{directive}");
    }
}
