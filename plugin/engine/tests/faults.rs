//! Documents that end or stop the engine's process: the host goes on, what happened is said in words, and the last good
//! sound comes back by itself.

mod common;

use common::{GOOD, Instance, note, on};
use ksmps_core::diagnostic::Hang;

/// An orchestra whose instrument does something fatal when a note starts.
fn fatal(body: &str) -> String {
    format!("nchnls = 2\n0dbfs = 1\ninstr 1\n ifreq = p4\n iamp = p5\n{body}\nendin\n")
}

/// Plays the text beside a good one, starts a note, and sees that its end is said in one of these words, and that the good
/// one comes back by itself.
fn dies_and_good_comes_back(text: &str, words: &[&str]) -> Instance {
    let mut instance = Instance::new(GOOD);
    instance.play_until_good("at first");
    let status = instance.edit(text);
    if status.failed {
        // It did not even get built: then the good one never went.
        assert!(words.iter().any(|words| instance.said(words)), "{:?}", instance.problems());
    } else {
        for _ in 0..10 {
            instance.play(&[]);
        }
        instance.play(&[on(60)]);
        instance.play_until("its end is said", |instance, _| words.iter().any(|words| instance.said(words)));
    }
    instance.play_until_good("by itself");
    instance
}

/// Fails unless all of this was said.
fn assert_said(instance: &Instance, words: &[&str]) {
    for words in words {
        assert!(instance.said(words), "{words}: {:?}", instance.problems());
    }
}

/// An instrument that sounds, and reads a table that is gone.
const FREED: &str = "nchnls = 2\n0dbfs = 1\ngi7 ftgen 7, 0, 4194304, 10, 1\ninstr bell\n ifreq = p4\n iamp = p5\n \
    a1 oscili 0.1, 440, 7\n outs a1, a1\n ftfree 7, 0\nendin\n";

#[test]
fn a_crash_is_named_with_its_opcode_its_instrument_and_its_line() {
    let mut instance = Instance::new(GOOD);
    instance.play_until_good("at first");
    assert!(!instance.edit(FREED).failed);
    (0..10).for_each(|_| _ = instance.play(&[]));
    instance.play(&[on(60)]);
    instance.play_until("its end is said", |instance, _| instance.said("ended while it played"));
    for words in ["line 7:", "segmentation fault", "`oscili`", "instrument 1 (bell)", "a1 oscili 0.1, 440, 7"]
    {
        assert!(instance.said(words), "{words}: {:?}", instance.problems());
    }
    instance.play_until_good("by itself");
}

#[test]
fn a_text_that_has_played_well_for_long_comes_back_itself() {
    let text = fatal(
        " a1 oscili 0.125, 440\n outs a1, a1\n if p5 > 0.9 then\n k1 init 1\n while k1 == 1 do\n k2 = 1\n od\n endif",
    );
    let mut instance = Instance::new(GOOD);
    instance.play_until_good("at first");
    assert!(!instance.edit(&text).failed);
    // Ten seconds are the proof.
    (0..1050).for_each(|_| _ = instance.play(&[]));
    let deadly = ksmps_core::event::EventKind::NoteOn { note: note(61), velocity: 1.0 };
    instance.play(&[deadly]);
    instance.play_until("its end is said", |instance, _| instance.said("ended while it played"));
    assert!(!instance.control.status().failed, "{:?}", instance.problems());
    // As soon as the next engine has taken over.
    (0..100).for_each(|_| _ = instance.play(&[]));
    instance.play(&[on(62)]);
    instance.play_until("it plays on", |_, loudest| (loudest - 0.125).abs() < 0.01);
}

#[test]
fn an_endless_recursion_overflows_the_stack_of_the_process_alone() {
    let text = "nchnls = 2\n0dbfs = 1\nopcode Deep, i, i\n inum xin\n if inum > 0 then\n inum Deep inum + 1\n endif\n xout inum\nendop\n\
        instr 1\n ifreq = p4\n iamp = p5\n i1 Deep 1\nendin\n";
    // Whether the stack or the memory ends first is up to the machine; and memory that ends is Csound's to say.
    let mut instance = Instance::new(GOOD);
    instance.play_until_good("at first");
    instance.edit(text);
    (0..50).for_each(|_| _ = instance.play(&[on(60)]));
    instance.edit(GOOD);
    instance.play_until_good("afterwards");
}

#[test]
fn an_endless_loop_in_a_note_is_stopped_and_its_place_is_said() {
    let text = fatal(" while 1 == 1 do\n i1 = 1\n od").replace("instr 1", "instr bell");
    let instance = dies_and_good_comes_back(&text, &["did not answer for a second"]);
    assert_said(&instance, &["instrument 1 (bell), as a note began", "endless loop"]);
    let has_line =
        |problem: &String| (6..=8).any(|line| problem.starts_with(&format!("line {line}: error: ")));
    assert!(instance.problems().iter().any(has_line), "{:?}", instance.problems());
    let is_bell = |(hang, line): &(Hang, Option<u32>)| {
        hang.instrument.as_deref() == Some("bell") && line.is_some_and(|line| (6..=8).contains(&line))
    };
    assert!(instance.hangs().iter().any(is_bell), "{:?}", instance.hangs());
}

#[test]
fn an_endless_loop_in_a_cycle_is_stopped_and_its_place_is_said() {
    let text = fatal(" k1 init 1\n while k1 == 1 do\n k2 = 1\n od");
    let instance = dies_and_good_comes_back(&text, &["did not answer for a second"]);
    assert_said(&instance, &["in instrument 1"]);
}

#[test]
fn an_opcode_that_never_comes_back_is_named_with_its_line() {
    let instance = dies_and_good_comes_back(
        &fatal(" a1 poscil 0.1, 1e300\n outs a1, a1"),
        &["did not answer for a second"],
    );
    assert_said(&instance, &["line 6: error:", "`poscil", "in instrument 1", "a1 poscil 0.1, 1e300"]);
}

#[test]
fn two_instruments_that_schedule_each_other_at_once_are_stopped() {
    let text = "nchnls = 2\n0dbfs = 1\ninstr 1\n ifreq = p4\n iamp = p5\n schedule 2, 0, 1\nendin\ninstr 2\n schedule 1, 0, 1\nendin\n";
    dies_and_good_comes_back(text, &["did not answer for a second", "memory", "segmentation fault", "abort"]);
}

#[test]
fn a_document_that_has_more_to_do_than_there_is_time_for_is_stopped() {
    let text = fatal(" k1 = 0\n while k1 < 3000000 do\n k1 += 1\n od\n a1 oscili 0.1, 440\n outs a1, a1");
    let text = text.replace("0dbfs = 1", "0dbfs = 1\nksmps = 480");
    dies_and_good_comes_back(&text, &["no block ready in time for a second", "did not answer for a second"]);
}

#[test]
fn an_endless_loop_in_the_header_is_a_failed_build_that_says_where() {
    let mut instance = Instance::new(GOOD);
    instance.play_until_good("at first");
    let status = instance.edit("i1 = 1\nwhile i1 == 1 do\n i2 = 1\nod\ninstr 1\nendin\n");
    assert!(status.failed);
    assert_said(&instance, &["endless loop", "in the header", "while it was built"]);
    assert_eq!(instance.hangs().first().map(|(hang, _)| hang.clone()), Some(Hang { instrument: None }));
    instance.play_until_good("while that was tried");
}

#[test]
fn a_build_that_takes_long_and_gets_on_is_not_disturbed() {
    // More work than a loop may have: in tables that are made one after the other, and in one opcode.
    let tables = "gi1 ftgen 0, 0, 4194304, 10, 1, 0.5, 0.3, 0.25, 0.2\nftfree gi1, 0\n".repeat(5);
    let partials = "1, ".repeat(59);
    let long = format!("giLong ftgen 0, 0, 2097152, 10, {partials}1\n");
    let mut instance = Instance::new(GOOD);
    let status = instance.edit(&format!("{tables}{long}{GOOD}"));
    assert!(!status.failed, "{:?}", status.diagnostics);
    instance.play_until_good("after the build");
}

#[test]
fn a_line_that_ends_the_build_is_found() {
    // Csound has no line for what is written into an array.
    let text = "0dbfs = 1\ninstr 7\n if p4 > 1 then\n print p4\n endif\nendin\ngiA[] init 4\ngindx = -400000000\n\
        giA[gindx] = 1\ninstr 8\nendin\n";
    let mut instance = Instance::new(GOOD);
    instance.play_until_good("at first");
    assert!(instance.edit(text).failed);
    assert_said(&instance, &["while it was built", "segmentation fault", "in the header"]);
    instance.play_until("the line is found", |instance, _| instance.said("line 9: error:"));
    assert_said(&instance, &["giA[gindx] = 1", "is enough for it"]);
    instance.play_until_good("all the while");
}

#[test]
fn a_search_for_a_line_ends_with_the_next_edit() {
    let header = "giA[] init 4\ngindx = -400000000\ngiA[gindx] = 1\n";
    let many: String = (1..200).map(|number| format!("instr {number}\nendin\n")).collect();
    let mut instance = Instance::new(GOOD);
    assert!(instance.edit(&format!("{many}{header}")).failed);
    assert!(!instance.edit(&GOOD.replace("0.25", "0.125")).failed);
    instance.play_until("the next text plays", |_, loudest| (loudest - 0.125).abs() < 0.01);
    assert!(!instance.said("is enough for it"), "{:?}", instance.problems());
}

#[test]
fn tables_without_end_are_an_error_and_no_end_of_the_host() {
    let mut instance = Instance::new(GOOD);
    let tables: String =
        (1..=100).map(|number| format!("gi{number} ftgen {number}, 0, -134217728, 2, 0\n")).collect();
    instance.edit(&format!("{tables}instr 1\nendin\n"));
    instance.play(&[]);
    instance.edit(GOOD);
    instance.play_until_good("afterwards");
}

#[test]
fn a_text_that_died_twice_is_not_tried_again_until_it_changes() {
    let loops = fatal(" while 1 == 1 do\n i1 = 1\n od") + "schedule 1, 0, 1\n";
    let mut instance = Instance::new(GOOD);
    instance.play_until_good("at first");
    for _ in 0..2 {
        // It dies of its own note; then what played before comes back.
        assert!(!instance.edit(&loops).failed, "it is tried");
        instance.play_until("it dies", |instance, _| instance.said("endless loop"));
        assert!(instance.control.status().failed);
        instance.play_until_good("by itself");
    }
    let again = instance.edit(&loops);
    assert!(again.failed && instance.said("not tried again"), "{:?}", instance.problems());
    assert!(instance.said("endless loop"), "what it died of is said again: {:?}", instance.problems());
    instance.play_until_good("all the while");
    assert!(
        !instance.edit(&loops.replace("while 1 == 1 do\n i1 = 1\n od", "")).failed,
        "a changed text is tried"
    );
}

#[test]
fn an_activation_after_a_death_has_the_last_good_sound_too() {
    let loops = fatal(" while 1 == 1 do\n i1 = 1\n od") + "schedule 1, 0, 1\n";
    let mut instance = Instance::new(GOOD);
    for _ in 0..2 {
        instance.edit(&loops);
        instance.play_until("it dies", |instance, _| instance.said("endless loop"));
        instance.play_until_good("by itself");
    }
    let status = instance.activate();
    assert!(status.failed && instance.said("not tried again"), "{:?}", instance.problems());
    instance.play_until_good("after the activation");
    assert_eq!(instance.control.text(), loops, "the user's text is kept");
}

#[test]
fn notes_that_were_held_by_an_engine_that_died_are_reported_as_ended() {
    let text = fatal(
        " a1 oscili 0.1, 440\n outs a1, a1\n if p5 > 0.9 then\n k1 init 1\n while k1 == 1 do\n k2 = 1\n od\n endif",
    );
    let mut instance = Instance::new(&text);
    instance.play(&[on(60)]);
    instance.play_until("it sounds", |_, loudest| loudest > 0.0);
    let deadly = ksmps_core::event::EventKind::NoteOn { note: note(61), velocity: 1.0 };
    instance.play(&[deadly]);
    instance.play_until("both have ended", |instance, _| {
        instance.has_ended(note(60)) && instance.has_ended(note(61))
    });
}

#[test]
fn an_offline_render_waits_for_blocks_and_loses_none() {
    let slow = "nchnls = 2\n0dbfs = 1\nksmps = 10\ninstr 1\n k1 = 0\n while k1 < 20000 do\n k1 += 1\n od\n \
        a1 oscili 0.25, 440\n outs a1, a1\nendin\nschedule 1, 0, -1\n";
    let mut instance = Instance::new(slow);
    instance.set_offline(true);
    instance.play(&[]);
    for _ in 0..50 {
        let loudest = instance.play(&[]);
        assert!((loudest - 0.25).abs() < 0.01, "a block was lost: {loudest}");
    }
}

#[test]
fn exitnow_ends_the_performance_and_not_the_host() {
    let mut instance = Instance::new(GOOD);
    instance.edit(&fatal(" exitnow"));
    instance.play(&[on(60)]);
    instance.play_until("it is said", |instance, _| instance.said("left"));
    instance.edit(GOOD);
    instance.play_until_good("afterwards");
}
