//! Texts that crash or hang Csound are refused; their harmless neighbours are not. Each was tried with Csound.

use super::*;

const HEADER: &str = "nchnls = 1\n0dbfs = 1\n";

fn refused(orchestra: &str, score: &str, line: u32) {
    let text = csd(&format!("{HEADER}{orchestra}"), score);
    let found = errors(&text);
    assert_eq!(found[0].line, Some(line), "{text}{found:?}");
    assert!(found.iter().all(|one| one.remedy.is_some() && one.source.is_some()), "{found:?}");
    assert_eq!(found[0].source.as_deref(), text.lines().nth(line as usize - 1));
}

fn let_through(orchestra: &str, score: &str) {
    plays(&csd(&format!("{HEADER}{orchestra}"), score));
}

#[test]
fn infinite_constants() {
    for bad in ["i1 = 1/0", "i1 = 5/(2-2)", "i1 = 2^5000", "a1 oscili 1/0, 440", "i1 = 1 + \\\n 1/0"] {
        refused(&format!("instr 1\n{bad}\nendin"), "", 6);
    }
    for bad in ["k1 = p4 / 0", "k1 = p4\nk1 /= 00", "a1 oscili 1, p4 / (2-2)"] {
        let line = 6 + bad.matches('\n').count() as u32;
        refused(&format!("instr 1\n{bad}\nendin"), "", line);
    }
    for fine in
        ["i1 = 1/p4", "i1 = 0/0", "i1 = -1/0", "S1 = \"1/0\"", "; 1/0", "/* 1/0 */", "prints {{ 1/0 }}"]
    {
        let_through(&format!("instr 1\n{fine}\nendin"), "");
    }
}

#[test]
fn what_is_opened_and_never_closed() {
    for (bad, line) in [
        ("instr 1\nendin\n/* open", 3),
        ("instr 1\nprints {{ open\nendin", 2),
        ("instr 1\nendin\n#define X(a #", 3),
        ("#define X #open\ninstr 1\nendin", 1),
        ("#define X\ninstr 1\nendin\n", 0),
    ] {
        if line == 0 {
            // Not closed, but not open either: Csound says what is wrong with it.
            plays(bad);
            continue;
        }
        assert_eq!(errors(bad)[0].line, Some(line), "{bad}");
        refused(bad, "", line + 4);
    }
    for fine in [
        "#define X #440#\ninstr 1\nendin",
        "#define X(a'b) #$a + $b#\ninstr 1\nendin",
        "#define X\n ; comment\n #440\n;#\ninstr 1\nendin",
        "instr 1\nprints {{ /* }}\nendin",
        "instr 1\nprints \"/* {{\"\nendin ; /* {{",
    ] {
        let_through(fine, "");
    }
}

#[test]
fn a_sign_before_a_string() {
    for bad in [
        "chnset 0.5, -\"x\"",
        "chnset- \"x\"",
        "i1 = chnget:i(-(\"x\"))",
        "S1 = \"a\" \\\n\nprints ~S1",
        "prints - -gS1",
        "prints -strcat:S(\"a\", \"b\")",
        "prints -sprintf(\"a\")",
        "S1 = -{{a}}",
    ] {
        let line = 6 + bad.matches('\n').count() as u32;
        refused(&format!("gS1 = \"\"\ninstr 1\n{bad}\nendin"), "", line + 1);
    }
    for fine in
        ["prints +\"x\"", "k1 = -strlen(\"x\")", "k1 = -strcmp:i(\"a\", \"b\")", "k1 = -(p4 > 1 ? 2 : 3)"]
    {
        let_through(&format!("instr 1\n{fine}\nendin"), "");
    }
}

#[test]
fn numbers_that_are_too_few_or_too_many() {
    refused("ctrlinit 5\ninstr 1\nendin", "", 5);
    let_through("ctrlinit 1, 7, 100\ninstr 1\nendin", "");
    refused("nchnls = 5000\ninstr 1\nendin", "", 5);
    let_through("nchnls = 256\ninstr 1\nendin", "");
}

#[test]
fn scores_that_do_not_come_back() {
    let instrument = "instr 1\nendin";
    refused(instrument, "b\ni1 0 1", 9);
    refused(instrument, "i1 0 1\nv ; no value\ni1 0 1", 10);
    refused(instrument, "m x\nn x\ni1 0 1", 10);
    for (bad, line) in [
        ("i1 0 .1 np4\ni1 .1 .1 pp4", 9),
        ("i1 .1 .1 pp4\ni1 0 .1 np4", 10),
        ("i1 0 .1 1 np4\ni1 .1 .1 pp5 np4\ni1 .2 .1 3 4", 9),
        ("i1 0 .1 np4\ni1 + .1 .\ni1 ^+1 . pp4", 10),
        ("i1 0 .1 1\ns\ni1 0 .1 np4\ni1 .1 .1 pp4", 11),
    ] {
        refused(instrument, bad, line);
    }
    for bad in ["i \" a\" 0 1", "i \"a \" 0 1", "d \"a b\" 0 1"] {
        refused(instrument, bad, 9);
    }
    for fine in [
        "i1 0 1 \"a b\"",
        "i \"a\" 0 1 2",
        "i1 0 .1 np5 pp4\ni1 .1 .1 pp5 np4",
        "i1 0 .1 np4\ni1 .1 .1 np4",
        "i1 0 .1 pp4\ni1 .1 .1 pp4",
        "i1 0 .1 np4\ni2 .1 .1 pp4",
        "i \"a\" 0 .1 np4\ni \"a\" .1 .1 pp4",
        "i1 0 .1 np4\ns\ni1 .1 .1 pp4",
        "i1 .1 .1 np4\ni1 0 .1 pp4",
        "i1 0 .1 np4\ni1 .1 .1 3\ni1 .2 .1 pp4",
        "i1 0 .1 np4\nb 1\ni1 -2 .1 pp4",
        "b 1\ni1 0 1",
        "i1 0 1\nb",
        "v [1+1]\ni1 0 1",
        "m x\ni1 0 1\ns\nn x",
        "m x\ni1 0 1\nn x\ns",
        "; b\n/*\nb\n*/\ni1 0 1",
    ] {
        let_through(instrument, fine);
    }
}

#[test]
fn what_calls_itself_without_end() {
    for bad in [
        "instr 1\nschedule 1, 0, 1\nendin",
        "instr 1\nschedule(1, 0, 1)\nendin",
        "instr 1\nschedule p1, 0.0, p3\nendin",
        "instr 1\nschedule 1.1, 0, 1\nendin",
        "instr a\nschedule \"a\", 0, 1\nendin",
        "instr 1\nevent_i \"i\", 1, 0, 1\nendin",
        "instr 1\na1 subinstr 1\nendin",
        "instr a\nsubinstrinit \"a\"\nendin",
    ] {
        refused(bad, "", 6);
    }
    let call = "instr 1\nk1 f 1\nendin";
    refused(&format!("opcode f, i, i\ni1 xin\ni2 f i1-1\nxout i2\nendop\n{call}"), "", 7);
    refused(
        &format!("opcode f, k, k\nk1 xin\nif k1 > 0 then\nk2 f k1\nendif\nxout k2\nendop\n{call}"),
        "",
        8,
    );
    for fine in [
        "instr 1\nschedule 1, 0.5, 1\nendin",
        "instr 1\nschedule 2, 0, 1\nendin\ninstr 2\nendin",
        "instr 1\nif p4 > 0 then\nschedule 1, 0, 1, p4-1\nendif\nendin",
        "instr 1\nif p4 == 0 igoto skip\nschedule 1, 0, 1\nskip:\nendin",
        "instr 1\nschedule -1, 0, 1\nendin",
        "instr 1\nendin\nschedule 1, 0, 1",
        "instr 1\n; schedule 1, 0, 1\nendin",
        "instr 12\nschedule 1, 0, 1\nendin\ninstr 1\nendin",
        "opcode f, i, i\ni1 xin\ni2 = 0\nif i1 > 0 then\ni2 f i1-1\nendif\nxout i2\nendop\ninstr 1\ni1 f 3\nendin",
        "opcode f, i, i\ni1 xin\nxout i1 > 0 ? f(i1-1) : 0\nendop\ninstr 1\ni1 f 3\nendin",
        "opcode f, i, i\ni1 xin\ni2 f i1\nxout i2\nendop\ninstr 1\nendin",
        "opcode f, a, k\nk1 xin\na1 f a(k1)\nxout a1\nendop\nopcode f, a, a\na1 xin\nxout a1\nendop\ninstr 1\na1 f k(1)\nendin",
        "opcode limit, k, kkkk\nk1, k2, k3, k4 xin\nk5 limit k1, k2, k3\nxout k5\nendop\ninstr 1\nk1 limit 1, 0, 1, 2\nendin",
    ] {
        let_through(fine, "");
    }
}
