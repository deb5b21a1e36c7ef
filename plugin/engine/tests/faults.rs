//! Documents that end or stop the engine's process: the host goes on, what happened is said in words, and the last good
//! sound comes back by itself.

mod common;

use common::{GOOD, Instance, note, on};

/// An orchestra whose instrument does something fatal when a note starts.
fn fatal(body: &str) -> String {
    format!("nchnls = 2\n0dbfs = 1\ninstr 1\n ifreq = p4\n iamp = p5\n{body}\nendin\n")
}

/// Plays the text beside a good one, starts a note, and sees that the good one comes back.
fn dies_and_good_comes_back(text: &str, words: &[&str]) {
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
    // Whatever the second engine of the same text does, notes are what it dies of: a third one is not made.
    for _ in 0..3 {
        instance.play(&[on(61)]);
    }
    if !instance.said("not tried again") && !status.failed {
        // The same text plays again, without the note that has ended it.
        instance.play_until("it plays on", |instance, _| instance.control.status().info.is_some());
        instance.play(&[on(62)]);
    }
    instance.edit(GOOD);
    instance.play_until_good("afterwards");
}

#[test]
fn a_crash_is_named_and_the_host_goes_on() {
    // An opcode that trusts its number of a table.
    let text = fatal(" i1 tab_i 3, 4711\n print i1");
    dies_and_good_comes_back(&text, &["segmentation fault", "tab_i", "INIT ERROR"]);
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
fn an_endless_loop_in_a_note_is_stopped() {
    dies_and_good_comes_back(&fatal(" while 1 == 1 do\n i1 = 1\n od"), &["did not answer for a second"]);
}

#[test]
fn an_endless_loop_in_a_cycle_is_stopped() {
    dies_and_good_comes_back(
        &fatal(" k1 init 1\n while k1 == 1 do\n k2 = 1\n od"),
        &["did not answer for a second"],
    );
}

#[test]
fn two_instruments_that_schedule_each_other_at_once_are_stopped() {
    let text = "nchnls = 2\n0dbfs = 1\ninstr 1\n ifreq = p4\n iamp = p5\n schedule 2, 0, 1\nendin\ninstr 2\n schedule 1, 0, 1\nendin\n";
    dies_and_good_comes_back(text, &["did not answer for a second", "memory", "segmentation fault", "abort"]);
}

#[test]
fn an_endless_loop_in_the_header_is_a_failed_build() {
    let mut instance = Instance::new(GOOD);
    instance.play_until_good("at first");
    let status = instance.edit("i1 = 1\nwhile i1 == 1 do\n i2 = 1\nod\ninstr 1\nendin\n");
    assert!(status.failed);
    assert!(instance.said("endless loop"), "{:?}", instance.problems());
    instance.play_until_good("while that was tried");
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
    instance.edit(&loops);
    // It dies of its own note, twice; then what played before comes back.
    instance.play_until("it is given up", |instance, _| instance.said("not tried again"));
    instance.play_until_good("by itself");
    let again = instance.edit(&loops);
    assert!(again.failed && instance.said("not tried again"), "{:?}", instance.problems());
    assert!(
        !instance.edit(&loops.replace("while 1 == 1 do\n i1 = 1\n od", "")).failed,
        "a changed text is tried"
    );
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
