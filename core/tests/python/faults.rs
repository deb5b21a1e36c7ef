//! What goes wrong in Python code is said once, with Python's own lines, and the note goes on.

use super::harness::{play, python, start};

#[test]
fn an_exception_is_told_once_with_its_line_and_the_note_goes_on() {
    let Some(python) = python() else { return };
    let orchestra = "instr 1\n k1 pycall1 \"outer\", 0\n kn init 0\n kn += 1\n chnset kn, \"a\"\n chnset k1 + 0.5, \"b\"\nendin\n\
        pyruni {{\ndef inner(x):\n    return 1 / x\n\ndef outer(x):\n    return inner(x)\n}}\n";
    let mut play = play(python, orchestra);
    play.note(2000, &[1.0]).cycles(2000);
    assert_eq!((play.channel("a"), play.channel("b")), (2000.0, 0.5));
    let said = play.said().to_owned();
    assert_eq!(play.count("error: pycall1 in line 5: ZeroDivisionError: "), 1, "{said}");
    assert!(
        said.contains("(line 3 of pyruni in line 4)") || said.contains("(line 3 of pyruni in line"),
        "{said}"
    );
    assert_eq!(play.count("Traceback (most recent call last)"), 1, "{said}");
    // The lines of the text itself, as Python shows them.
    assert!(said.contains("return 1 / x") && said.contains("line 6, in outer"), "{said}");
    assert_eq!(play.count("pycall1 in line 5 has failed 1000 times"), 1, "{said}");
}

#[test]
fn a_text_that_is_no_python_is_told_when_its_note_starts() {
    let Some(python) = python() else { return };
    let orchestra =
        "instr 1\n pyrun {{\nx = 1\ny = = 2\n}}\n kn init 0\n kn += 1\n chnset kn, \"a\"\nendin\n";
    let mut play = play(python, orchestra);
    play.note(5, &[1.0]).cycles(5);
    play.note(5, &[1.0]).cycles(5);
    assert_eq!(play.channel("a"), 5.0);
    let said = play.said().to_owned();
    assert_eq!(play.count("SyntaxError: invalid syntax (line 3 of its text)"), 1, "{said}");
    assert_eq!(play.count("y = = 2"), 1, "{said}");
}

#[test]
fn what_is_no_number_is_an_error_and_0() {
    let Some(python) = python() else { return };
    for (line, error) in [
        ("i1 pyevali {{'seven'}}", "TypeError: must be real number, not str"),
        ("i1 pyevali \"None\"", "TypeError: must be real number, not NoneType"),
        ("i1 pyevali \"nowhere\"", "NameError: name 'nowhere' is not defined (line 1 of its text)"),
        ("i1, i2 pycall2i \"lambda: (1, 2, 3)\"", "ValueError: it returned 3 results, and 2 are wanted"),
        ("i1, i2 pycall2i \"lambda: (1, None)\"", "TypeError: must be real number, not NoneType"),
        ("i1 pycall1i \"17\"", "TypeError: 'int' object is not callable"),
        ("i1 pycall1i \"lambda: None\"", "TypeError: must be real number, not NoneType"),
        ("i1 pyevali \"exit(3)\"", "SystemExit: 3"),
        ("i1 pyevali \"(lambda f: f(f))(lambda f: f(f))\"", "RecursionError"),
    ] {
        let orchestra =
            format!("instr 1\n i1 init 5\n i2 init 5\n {line}\n chnset i1, \"a\"\n chnset 1, \"b\"\nendin\n");
        let mut play = play(python, &orchestra);
        play.note(3, &[1.0]).cycles(2);
        let said = play.said().to_owned();
        assert_eq!((play.channel("a"), play.channel("b")), (0.0, 1.0), "{line}: {said}");
        assert_eq!(play.count(error).min(1), 1, "{line}: {said}");
    }
}

#[test]
fn what_takes_longer_than_a_cycle_is_told_once_with_its_time() {
    let Some(python) = python() else { return };
    let orchestra = "pyruni \"import time; time.sleep(0.01)\"\ninstr 1\n pyrun \"time.sleep(0.005)\"\n pyrun \"x = 1\"\nendin\n";
    let mut play = play(python, orchestra);
    play.note(4, &[1.0]).cycles(4);
    let said = play.said().to_owned();
    // In the header there is no cycle to be late for.
    assert_eq!(play.count("WARNING: pyrun in line 6 took "), 1, "{said}");
    assert_eq!(play.count(" ms, and a cycle lasts 0.33 ms"), 1, "{said}");
}

#[test]
fn misused_opcodes_end_their_note_with_the_reason() {
    let Some(python) = python() else { return };
    for (line, reason) in [
        ("pycalln \"f\", 3, k1, k1", "more results than it has variables"),
        ("pycalln \"f\", -1, k1, k1", "more results than it has variables"),
        ("pycalln \"f\", 2, k1, 5", "results go into variables"),
        ("pycallni \"f\", 1, p4", "results go into variables"),
    ] {
        let mut play = play(python, &format!("instr 1\n k1 init 0\n {line}\n chnset 1, \"b\"\nendin\n"));
        play.note(3, &[1.0, 4.0]).cycles(2);
        let said = play.said().to_owned();
        assert!(said.contains("INIT ERROR in instr 1") && said.contains(reason), "{line}: {said}");
    }
}

#[test]
fn a_script_that_is_not_there_is_told_with_its_name() {
    let Some(python) = python() else { return };
    let mut play = play(python, "instr 1\n pyexeci \"nowhere.py\"\n chnset 1, \"a\"\nendin\n");
    play.note(3, &[1.0]).cycles(2);
    assert_eq!(play.channel("a"), 1.0);
    assert_eq!(play.count("error: pyexeci in line 5: FileNotFoundError: "), 1);
    assert!(play.said().contains("nowhere.py"));
}

#[test]
fn an_engine_that_was_not_given_python_runs_none() {
    let Some(python) = python() else { return };
    // Also beside one that was: by a text that is put together while it plays.
    let _other = play(python, "instr 1\nendin\n");
    let hidden = "instr 1\n i1 evalstr strcat(\"py\", \"runi {{x = 1}}\\ni1 pyevali {{x}}\\nreturn i1\")\n chnset i1 + 1, \"a\"\nendin\n";
    for orchestra in [
        hidden,
        "instr 1\n pyinit\n chnset 2, \"a\"\nendin\n",
        "instr 1\n k1 pyeval \"2\"\n chnset k1, \"a\"\nendin\n",
    ] {
        let mut play = start(None, orchestra, &[]);
        play.note(3, &[1.0]).cycles(3);
        let said = play.said().to_owned();
        assert!(said.contains("a document runs Python only where it asks for it"), "{orchestra}: {said}");
        assert!(play.channel("a") < 2.0, "{orchestra}");
    }
}
