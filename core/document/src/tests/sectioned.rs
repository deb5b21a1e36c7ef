//! Sections are cut where Csound cuts them.

use super::*;

#[test]
fn a_text_without_tags_is_an_orchestra() {
    let document = plays("instr 1\nendin\n");
    assert!(document.is_bare && document.score.is_none());
    assert_eq!(document.orchestra, Section { text: "instr 1\nendin\n".into(), first_line: 1 });
    assert!(plays("; <CsoundSynthesizer>\nprints {{\n<CsoundSynthesizer>\n}}\n").is_bare);
    assert_eq!(errors("<CsInstruments>\ninstr 1\nendin\n</CsInstruments>\n")[0].line, Some(1));
}

#[test]
fn lines_of_the_sections_are_lines_of_the_document() {
    let text = "prose\n<CsoundSynthesizer>\n  <CsInstruments>\ninstr 1\nendin\n</CsInstruments>\n<CsScore>\ni1 0 1\n\
                </CsScore>\n</CsoundSynthesizer>\n<bsbPanel>\n";
    for text in [text.to_owned(), text.replace('\n', "\r\n"), format!("\u{feff}{text}")] {
        let document = plays(&text);
        assert_eq!(document.text, text);
        assert_eq!(document.orchestra.text, "instr 1\nendin\n");
        assert_eq!(document.orchestra.document_line(2), 5);
        let score = document.score.expect("there is a score");
        // The line end before it is Csound's own.
        assert_eq!((score.text.as_str(), score.document_line(2)), ("\ni1 0 1\n", 8));
    }
}

#[test]
fn tags_in_comments_and_strings_are_text() {
    let orchestra = "; </CsInstruments>\n/*\n</CsInstruments>\n*/\nprints {{\n</CsInstruments>\n}}\nprints \"</CsScore>\"";
    let score = "; </CsScore>\n/*\n</CsScore>\n*/\ni1 0 1";
    let document = plays(&csd(orchestra, score));
    assert_eq!(document.orchestra.text, format!("{orchestra}\n"));
    assert_eq!(document.score.map(|score| score.text), Some(format!("\n{score}\n")));
}

#[test]
fn a_missing_end_is_an_error_with_its_line() {
    let whole = csd("instr 1\nendin", "i1 0 1").replace("<CsIns", "<CsOptions>\n-d\n</CsOptions>\n<CsIns");
    for (tag, line) in [("</CsOptions>\n", 2), ("</CsInstruments>\n", 5), ("</CsScore>\n", 9)] {
        assert_eq!(errors(&whole.replace(tag, ""))[0].line, Some(line), "{tag}");
    }
    assert_eq!(warnings(&whole.replace("</CsoundSynthesizer>\n", "")).len(), 1);
    assert_eq!(errors("<CsoundSynthesizer>\n</CsoundSynthesizer>\n").len(), 1);
    assert_eq!(errors(&csd("prints \"open\ninstr 1\nendin", ""))[0].line, Some(3));
}

#[test]
fn a_score_may_be_missing_but_not_come_from_a_program() {
    let text = csd("instr 1\nendin", "");
    assert!(plays(&text.replace("<CsScore>\n\n</CsScore>\n", "")).score.is_none());
    let error = &errors(&text.replace("<CsScore>", "<CsScore bin=\"rm\">"))[0];
    assert_eq!((error.line, error.source.as_deref()), (Some(6), Some("<CsScore bin=\"rm\">")));
}

#[test]
fn files_inside_the_document_are_unpacked() {
    let with = |section: &str| csd("instr 1\nendin", "").replace("<CsIns", &format!("{section}\n<CsIns"));
    let file =
        |section: &str| plays(&with(section)).files.into_iter().map(|file| (file.name, file.bytes)).next();
    for (section, name, bytes) in [
        ("<CsFileB filename=\"a.txt\">\nTWFu\n IE1h\nbg==\n</CsFileB>", "a.txt", &b"Man Man"[..]),
        ("<CsFileB filename=a.txt>\nTWE\n</CsFileB>", "a.txt", b"Ma"),
        ("<CsFileB filename=\"cut.txt\">\nTWFuT\n</CsFileB>", "cut.txt", b"Man"),
        ("<CsSampleB filename=\"3\">\nTWFu\n</CsSampleB>", "soundin.3", b"Man"),
        ("<CsFile filename=\"b.txt\">\none\ntwo\n</CsFile>", "b.txt", b"one\ntwo\n"),
    ] {
        assert_eq!(file(section), Some((name.to_owned(), bytes.to_vec())), "{section}");
    }
    for outside in ["/etc/passwd", "../a", "a/../../b", "C:\\a", ""] {
        let section = format!("<CsFileB filename=\"{outside}\">\nTWFu\n</CsFileB>");
        assert_eq!((file(&section), warnings(&with(&section)).len()), (None, 1), "{outside}");
    }
    assert_eq!(errors(&with("<CsFileB filename=\"a\">\nT~\n</CsFileB>"))[0].line, Some(3));
    assert_eq!(errors(&with("<CsFileB filename=\"a\">\nTWFu"))[0].line, Some(2));
}

#[test]
fn foreign_sections_stand_aside() {
    let text = format!("<Cabbage>\nform caption(\"x\")\n</Cabbage>\n{}", csd("instr 1\nendin", ""));
    let document = plays(&text);
    assert!(document.uses.cabbage);
    assert_eq!(document.diagnostics.len(), 1);
    let licensed = csd("instr 1\nendin", "").replace("<CsIns", "<CsLicense>\n CC0\n</CsLicense>\n<CsIns");
    assert_eq!(plays(&licensed).about.license.as_deref(), Some("CC0"));
}

#[test]
fn a_cycle_of_its_own_is_seen() {
    for (header, sets) in [
        ("ksmps = 16", true),
        ("kr=4410", true),
        ("; ksmps = 16", false),
        ("instr 1\nk1 = ksmps\nendin", false),
        ("gk1 init ksmps", false),
    ] {
        assert_eq!(plays(header).wants_ksmps, sets, "{header}");
    }
    let options = "<CsOptions>\n--ksmps=8\n</CsOptions>\n<CsIns";
    assert!(plays(&csd("instr 1\nendin", "").replace("<CsIns", options)).wants_ksmps);
}

#[test]
fn a_csd_is_read_as_csound_reads_it() {
    let text = csd("instr 1\nendin", "i1 0 1");
    for read in [
        // Text before the first tag, on its line or before it; sections before the start tag; no start tag at all.
        format!("x{text}"),
        text.replace("<CsoundSynthesizer>", "text <CsoundSynthesizer>"),
        text.replacen("<CsoundSynthesizer>\n", "", 1),
        text.replace("<CsoundSynthesizer>\n<CsIns", "<CsIns")
            .replace("<CsScore>", "<CsoundSynthesizer>\n<CsScore>"),
        text.replace("Synthesizer", "Synthesiser"),
        text.replace('\n', "\r"),
        text.replace("<CsScore>", "\t <CsScore>").replace("</CsScore>", "  </CsScore> behind"),
    ] {
        let document = plays(&read);
        assert!(!document.is_bare, "{read}");
        assert_eq!(document.orchestra.text, "instr 1\nendin\n", "{read}");
        assert_eq!(document.score.map(|score| score.text), Some("\ni1 0 1\n".to_owned()), "{read}");
    }
    let misspelt =
        text.replace("<CsoundSynthesizer>", "<CSoundSynthesizer>").replace("</CsoundSynth", "</CSoundSynth");
    let error = &errors(&misspelt)[0];
    assert_eq!((error.line, error.remedy.as_deref()), (Some(1), Some("write <CsoundSynthesizer>")));
}

#[test]
fn a_string_goes_on_behind_a_backslash_at_the_end_of_its_line() {
    let score = "i 1 0 1 \"one \\\n</CsScore> two\"\ni 1 1 1";
    let document = plays(&csd("prints \"a \\\n</CsInstruments> b\"\ninstr 1\nendin", score));
    assert_eq!(document.score.map(|score| score.text), Some(format!("\n{score}\n")));
    assert_eq!(document.instruments.len(), 1);
    assert_eq!(errors(&csd("instr 1\nendin", "i 1 0 1 \"one\ntwo\""))[0].line, Some(7));
    assert_eq!(errors(&csd("prints \"a\\\nb\ninstr 1\nendin", ""))[0].line, Some(4));
}

#[test]
fn programs_that_are_asked_for_are_refused_where_they_are_not_given() {
    let needs = |words: &str| Needs::from(words.split(' ').map(str::to_owned).collect::<Vec<_>>());
    let text = "instr 1\n i1 system_i 1, \"ls\"\n pyruni {{x = 1}}\nendin\n";
    let document = Document::parse(&format!(";@needs python programs\n{text}"), None).unwrap();
    assert_eq!(document.needs, needs("programs python"));
    assert_eq!(document.fits(document.needs), Ok(()));
    let refused = |given| document.fits(given).unwrap_err().iter().map(|one| one.line).collect::<Vec<_>>();
    assert_eq!(refused(Needs::default()), [Some(3), Some(4)]);
    assert_eq!(refused(needs("files python")), [Some(3)]);
    let found = Document::parse(&format!(";@needs files moon programs\n{text}"), None).unwrap_err();
    let said: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(said.iter().any(|one| one.contains("`moon` in ;@needs does not fit")), "{said:?}");
    assert!(
        said.iter().any(|one| one.contains("pyruni") && one.contains("write ;@needs python")),
        "{said:?}"
    );
    assert!(!said.iter().any(|one| one.contains("system_i")), "{said:?}");
}

#[test]
fn programs_and_python_are_refused_with_their_line() {
    for (line, refused) in [
        ("ires system_i 1, {{ls}}", true),
        ("kres system ktrig, \"ls\"", true),
        ("pyruni \"print 1\"", true),
        ("kx pylcall1t 1, \"f\", 1", true),
        ("prints \"system\" ; system", false),
        ("pylon = 1", false),
    ] {
        let text = format!("instr 1\n{line}\nendin\n");
        if refused {
            assert_eq!(errors(&text)[0].line, Some(2), "{line}");
        } else {
            plays(&text);
        }
    }
    plays("opcode system, i, i\nix xin\nxout ix\nendop\ninstr 1\nix system 1\nendin\n");
}
