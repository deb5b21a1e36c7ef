//! Several engines of one process, one after the other and at once, each with a namespace of its own.

use std::thread;

use super::harness::{play, python};

/// How many seconds of sound the engines play that play at once: a few, or as many as `KSMPS_PYTHON_SECONDS` says.
fn seconds() -> usize {
    std::env::var("KSMPS_PYTHON_SECONDS").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(3)
}

#[test]
fn each_engine_has_its_own_names() {
    let Some(python) = python() else { return };
    let orchestra =
        "pyruni \"n = 0\"\ninstr 1\n pyruni \"n += 1\"\n i1 pyevali \"n\"\n chnset i1, \"a\"\nendin\n";
    let mut engines: Vec<_> = (0..3).map(|_| play(python, orchestra)).collect();
    for (count, engine) in (1..).zip(&mut engines) {
        for _ in 0..count {
            engine.note(1, &[1.0]).cycles(2);
        }
        assert_eq!(engine.channel("a"), f64::from(count));
    }
    // What is left of one does not reach the next.
    drop(engines);
    let mut later = play(python, orchestra);
    later.note(1, &[1.0]).cycles(2);
    assert_eq!(later.channel("a"), 1.0);
}

#[test]
fn what_an_engine_holds_goes_with_it() {
    let Some(python) = python() else { return };
    let orchestra = "pyruni {{\nimport sys, weakref\nclass Held: pass\nheld = Held()\nsys.watched = weakref.ref(held)\ndef f(): return \
        held\n}}\ninstr 1\nendin\n";
    drop(play(python, orchestra));
    let mut play = play(
        python,
        "pyruni \"import sys\"\ninstr 1\n i1 pyevali \"sys.watched() is None\"\n chnset i1, \"a\"\nendin\n",
    );
    play.note(1, &[1.0]).cycles(2);
    assert_eq!(play.channel("a"), 1.0);
}

/// Each engine adds numbers up in each cycle, in its names and in those of two notes, and calls a function that allocates.
fn play_at_once(count: usize) {
    let Some(python) = python() else { return };
    let cycles = seconds() * 3000;
    thread::scope(|scope| {
        for engine in 1..=count {
            scope.spawn(move || {
                let orchestra = "pyruni {{\ntotal = 0\nwords = {}\ndef f(k, key):\n    global total\n    total += k\n    words[int(k) % \
                    100] = 'word %d' % k\n    return total, len(words), sum(range(20))\n}}\ninstr 1\n kn init 0\n kn += 1\n pylruni \
                    \"own = 0\"\n k1, k2, k3 pycall3 \"f\", kn, p4\n pylrun \"own += 1\"\n k4 pyleval \"own\"\n k5 pyeval \"total\"\n \
                    Sa sprintf \"a%d\", p4\n chnset k5 - k1, Sa\n chnset k2, \"b\"\n chnset k3, \"c\"\n Sd sprintf \"d%d\", p4\n chnset \
                    k4, Sd\n chnset k1, \"e\"\nendin\n";
                let mut play = play(python, orchestra);
                // Engines differ in how much they do.
                let cycles = cycles / engine.min(2);
                play.note(cycles, &[1.0, 1.0]).note(cycles, &[1.0, 2.0]).cycles(cycles);
                let values = ["a1", "a2", "b", "c", "d1", "d2", "e"].map(|name| play.channel(name));
                let n = cycles as f64;
                assert_eq!(values, [0.0, 0.0, 100.0, 190.0, n, n, n * (n + 1.0)], "{}", play.said());
            });
        }
    });
}

#[test]
fn two_engines_run_python_in_every_cycle_at_once() {
    play_at_once(2);
}

#[test]
fn eight_engines_run_python_in_every_cycle_at_once() {
    play_at_once(8);
}

#[test]
fn engines_are_built_and_destroyed_while_others_run() {
    let Some(python) = python() else { return };
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(move || {
                for round in 0..25 {
                    let orchestra =
                        format!("pyruni \"import math; n = {round}\"\ninstr 1\n k1 pyeval \"n + math.sqrt(4)\"\n chnset k1, \"a\"\nendin\n");
                    let mut play = play(python, &orchestra);
                    play.note(20, &[1.0]).cycles(20);
                    assert_eq!(play.channel("a"), f64::from(round) + 2.0, "{}", play.said());
                }
            });
        }
    });
}
