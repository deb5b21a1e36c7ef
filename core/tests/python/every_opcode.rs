//! Every opcode of the family, in all its rates: in cycles, triggered and at init; global and of one note.

use super::harness::{check, play, python};
use ksmps_core::csound::opcode_list;

/// The forms of a name: in cycles, triggered, at init; then the same for one note.
fn forms(action: &str) -> [(String, Form); 6] {
    let form = |is_local, rate| Form { is_local, rate };
    [
        (format!("py{action}"), form(false, Rate::Cycles)),
        (format!("py{action}t"), form(false, Rate::Triggered)),
        (format!("py{action}i"), form(false, Rate::Init)),
        (format!("pyl{action}"), form(true, Rate::Cycles)),
        (format!("pyl{action}t"), form(true, Rate::Triggered)),
        (format!("pyl{action}i"), form(true, Rate::Init)),
    ]
}

#[derive(Clone, Copy)]
struct Form {
    is_local: bool,
    rate: Rate,
}

#[derive(Clone, Copy, PartialEq)]
enum Rate {
    Cycles,
    Triggered,
    Init,
}

impl Form {
    /// The trigger, which is on in the second of three cycles alone.
    fn trigger(self) -> &'static str {
        if self.rate == Rate::Triggered { "kon, " } else { "" }
    }

    /// How often an opcode of this form runs in a note of three cycles.
    fn runs(self) -> f64 {
        if self.rate == Rate::Cycles { 3.0 } else { 1.0 }
    }

    /// The letter of variables of its rate.
    fn letter(self) -> char {
        if self.rate == Rate::Init { 'i' } else { 'k' }
    }

    /// What gives channel `name` a variable of its rate.
    fn out(self, name: char, variable: &str) -> String {
        match self.rate {
            Rate::Init => format!(" chnset {variable}, \"{name}\"\n"),
            _ => format!(" chnset {variable}, \"{name}\"\n"),
        }
    }
}

/// A note whose trigger is on in its second cycle.
fn note(body: &str) -> String {
    format!("instr 1\n kcycle init 0\n kcycle += 1\n kon = kcycle == 2 ? 1 : 0\n{body}endin\n")
}

fn actions() -> Vec<String> {
    let calls = ["call".to_owned(), "calln".to_owned()].into_iter();
    let calls = calls.chain((1..=8).map(|count| format!("call{count}")));
    ["run", "exec", "eval", "assign"].map(str::to_owned).into_iter().chain(calls).collect()
}

#[test]
fn every_name_is_registered() {
    let known: Vec<String> = opcode_list().unwrap().iter().map(|opcode| opcode.name.to_string()).collect();
    let mut count = 1;
    assert!(known.contains(&"pyinit".to_owned()));
    for (name, _) in actions().iter().flat_map(|action| forms(action)) {
        assert!(known.contains(&name), "{name}");
        count += 1;
    }
    assert_eq!(count, 85);
}

#[test]
fn run_runs_statements_in_its_rate_and_namespace() {
    let Some(python) = python() else { return };
    for (name, form) in forms("run") {
        let text = "\"n = n + 1 if 'n' in dir() else 1; csound.setControlChannel('a', n)\"";
        // Twice in one note: one count for both.
        let body = note(&format!(" {name} {}{text}\n {name} {}{text}\n", form.trigger(), form.trigger()));
        check(python, &body, &[2.0 * form.runs()]);
        // In two notes: one count for both where the names are the engine's, one for each else.
        let mut play = play(python, &note(&format!(" {name} {}{text}\n", form.trigger())));
        play.note(3, &[1.0]).note(3, &[1.0]).cycles(3);
        let notes = if form.is_local { 1.0 } else { 2.0 };
        assert_eq!(play.channel("a"), notes * form.runs(), "{name}");
    }
}

#[test]
fn exec_runs_a_file_in_its_rate_and_namespace() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let script = "n = n + 1 if 'n' in dir() else 1\ncsound.setControlChannel('a', n)\n";
    std::fs::write(folder.path().join("count.py"), script).unwrap();
    let path = folder.path().join("count.py");
    for (name, form) in forms("exec") {
        let line = format!(" {name} {}\"{}\"\n", form.trigger(), path.display());
        check(python, &note(&line.repeat(2)), &[2.0 * form.runs()]);
    }
    // A name without a folder is that of a file beside the document.
    let folder = format!("--env:INCDIR+={}", folder.path().display());
    let mut play = super::harness::start(Some(python), "instr 1\n pyexeci \"count.py\"\nendin\n", &[&folder]);
    play.note(3, &[1.0]).cycles(3);
    assert_eq!(play.channel("a"), 1.0, "{}", play.said());
}

#[test]
fn eval_has_a_number_in_its_rate_and_namespace() {
    let Some(python) = python() else { return };
    for (name, form) in forms("eval") {
        let letter = form.letter();
        let set = if form.is_local { "pylruni" } else { "pyruni" };
        let body = format!(
            " {set} \"from itertools import count; numbers = count(7)\"\n {letter}1 {name} {}\" next(numbers)\"\n{}",
            form.trigger(),
            form.out('a', &format!("{letter}1"))
        );
        // It holds its value in cycles without a trigger.
        check(python, &note(&body), &[6.0 + form.runs()]);
    }
}

#[test]
fn numbers_of_every_type_are_numbers() {
    let Some(python) = python() else { return };
    for (expression, value) in [
        ("1/3", 1.0 / 3.0),
        ("2**40", 1_099_511_627_776.0),
        ("True", 1.0),
        ("__import__('fractions').Fraction(1, 4)", 0.25),
        ("float('inf')", f64::INFINITY),
        // Denormals are numbers: Csound computes without them, Python does not.
        ("__import__('sys').float_info.min / 1024 > 0", 1.0),
    ] {
        let mut play =
            play(python, &format!("instr 1\n i1 pyevali {{{{{expression}}}}}\n chnset i1, \"a\"\nendin\n"));
        play.note(3, &[1.0]).cycles(1);
        assert_eq!(play.channel("a"), value, "{expression}: {}", play.said());
    }
}

#[test]
fn assign_gives_a_variable_a_float_in_its_rate_and_namespace() {
    let Some(python) = python() else { return };
    for (name, form) in forms("assign") {
        let value = if form.rate == Rate::Init { "4.5" } else { "kcycle" };
        let expected = match form.rate {
            Rate::Init => 4.5,
            Rate::Triggered => 2.0,
            Rate::Cycles => 3.0,
        };
        let look = if form.is_local { "pyleval" } else { "pyeval" };
        for (variable, shown) in [("v", "v"), ("box.width", "box.width"), ("cells[2]", "cells[2]")] {
            let body = format!(
                " {} {{{{\nclass box: width = 0.0\ncells = [0.0] * 3\nv = 0.0\n}}}}\n {name} {}\"{variable}\", {value}\n k2 {look} \
                 \"{shown} if isinstance({shown}, float) else -1\"\n chnset k2, \"a\"\n",
                if form.is_local { "pylruni" } else { "pyruni" },
                form.trigger()
            );
            check(python, &note(&body), &[expected]);
        }
    }
}

/// A function that counts its calls and returns `count` results: so many, and the sum of its arguments, each one more.
fn function(count: usize) -> String {
    let result = match count {
        0 => "None".to_owned(),
        1 => "calls + sum(numbers)".to_owned(),
        count => format!("[calls + sum(numbers) + n for n in range({count})]"),
    };
    format!(
        "pyruni {{{{\ncalls = 0\ndef f(*numbers):\n    global calls\n    calls += 1\n    csound.setControlChannel('z', calls)\n    \
         assert all(type(n) is float for n in numbers)\n    return {result}\n}}}}\n"
    )
}

#[test]
fn call_has_as_many_results_as_its_name_says() {
    let Some(python) = python() else { return };
    for count in 0..=8 {
        let action = if count == 0 { "call".to_owned() } else { format!("call{count}") };
        for (name, form) in forms(&action) {
            let letter = form.letter();
            let results: Vec<String> = (0..count).map(|index| format!("{letter}r{index}")).collect();
            let outs: String = ('a'..).zip(&results).map(|(name, result)| form.out(name, result)).collect();
            let body = format!(
                " i9 = 100\n {} {name} {}\"f\", i9, 20.5, p1\n{outs}",
                results.join(", "),
                form.trigger()
            );
            let expected: Vec<f64> = (0..count).map(|n| form.runs() + 121.5 + n as f64).collect();
            let orchestra = format!("{}{}", function(count), note(&body));
            check(python, &orchestra, &expected);
            let mut play = play(python, &orchestra);
            play.note(3, &[1.0]).cycles(3);
            assert_eq!(play.channel("z"), form.runs(), "{name}: {}", play.said());
        }
    }
}

#[test]
fn calln_has_as_many_results_as_it_says() {
    let Some(python) = python() else { return };
    for count in [0, 1, 2, 12] {
        for (name, form) in forms("calln") {
            let letter = form.letter();
            let results: Vec<String> = (0..count).map(|index| format!("{letter}r{index}")).collect();
            let made: String = results.iter().map(|result| format!(" {result} init -1\n")).collect();
            let list: String = results.iter().map(|result| format!(", {result}")).collect();
            let outs: String = ('a'..).zip(&results).map(|(name, result)| form.out(name, result)).collect();
            let body = format!("{made} {name} {}\"f\", {count}{list}, 20.5, p1\n{outs}", form.trigger());
            let expected: Vec<f64> = (0..count).map(|n| form.runs() + 21.5 + n as f64).collect();
            check(python, &format!("{}{}", function(count), note(&body)), &expected);
        }
    }
}

#[test]
fn every_call_may_be_without_arguments() {
    let Some(python) = python() else { return };
    for (name, form) in forms("calln") {
        let body = note(&format!(" {name} {}\"f\", 0\n", form.trigger()));
        let mut play = play(python, &format!("{}{body}", function(0)));
        play.note(3, &[1.0]).cycles(3);
        assert_eq!(play.channel("z"), form.runs(), "{name}: {}", play.said());
    }
    for count in 0..=8 {
        let action = if count == 0 { "call".to_owned() } else { format!("call{count}") };
        for (name, form) in forms(&action) {
            let results: Vec<String> = (0..count).map(|index| format!("{}r{index}", form.letter())).collect();
            let body = format!(" {} {name} {}\"f\"\n", results.join(", "), form.trigger());
            let mut play = play(python, &format!("{}{}", function(count), note(&body)));
            play.note(3, &[1.0]).cycles(3);
            assert_eq!(play.channel("z"), form.runs(), "{name}: {}", play.said());
        }
    }
}

#[test]
fn a_call_without_arguments_and_one_of_a_method() {
    let Some(python) = python() else { return };
    let orchestra = "pyinit\npyruni {{\nclass Store:\n    def __init__(self): self.n = 5\n    def next(self, by=1):\n        \
        self.n += by\n        return self.n\nstore = Store()\n}}\ninstr 1\n i1 pycall1i \"store.next\"\n i2 pycall1i \
        \"store.next\", 10\n chnset i1, \"a\"\n chnset i2, \"b\"\nendin\n";
    check(python, orchestra, &[6.0, 16.0]);
}

#[test]
fn a_text_that_is_put_together_in_each_cycle_is_followed() {
    let Some(python) = python() else { return };
    let body = " Stext sprintfk \"%d * 10\", kcycle\n k1 pyeval Stext\n chnset k1, \"a\"\n";
    check(python, &note(body), &[30.0]);
}

#[test]
fn texts_that_change_all_the_time_are_not_kept() {
    let Some(python) = python() else { return };
    let body = " Stext sprintfk \"%d * kept\", kcycle\n k1 pyeval Stext\n chnset k1, \"a\"\n Swrong sprintfk \"%d /\", kcycle\n \
        pyrun Swrong\n";
    let header = "pyruni {{\nimport linecache\nkept = 2\n}}\n";
    let mut play = play(python, &format!("{header}{}", note(body)));
    play.note(20_000, &[1.0]).cycles(20_000);
    assert_eq!(play.channel("a"), 40_000.0, "{}", play.said());
    // What is wrong with them is told as for any text: once for the opcode.
    assert_eq!(play.count("SyntaxError: "), 2, "{}", play.said());
    assert_eq!(play.count(" has failed "), 2);
    play.running.eval("pyruni \"csound.setControlChannel('b', len([f for f in linecache.cache if 'line 1' in f]))\"\nreturn 0\n").unwrap();
    // The tests of this file share one cache; without an end it would have a line for each of the texts.
    assert!(play.channel("b") < 1000.0);
}

#[test]
fn an_indented_block_is_a_block() {
    let Some(python) = python() else { return };
    let body = " pyruni {{\n    n = 0\n    for i in range(4):\n        n += i\n  }}\n i1 pyevali \"n\"\n chnset i1, \"a\"\n";
    check(python, &note(body), &[6.0]);
}

#[test]
fn a_notes_names_go_with_the_note_and_come_before_the_engines() {
    let Some(python) = python() else { return };
    let orchestra = "pyruni \"x = 1\"\ninstr 1\n if p4 == 1 then\n pylruni \"x = 2\"\n endif\n i1 pylevali \"x\"\n i2 pyevali \
        \"x\"\n chnset i1, \"a\"\n chnset i2, \"b\"\nendin\n";
    let mut play = play(python, orchestra);
    play.note(2, &[1.0, 1.0]).cycles(4);
    assert_eq!((play.channel("a"), play.channel("b")), (2.0, 1.0));
    // The next note may have the same memory, and has names of its own.
    play.note(2, &[1.0, 0.0]).cycles(4);
    assert_eq!((play.channel("a"), play.channel("b")), (1.0, 1.0));
}
