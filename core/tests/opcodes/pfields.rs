//! p-fields of other notes, and what happens at a note's end.

use crate::harness::{check_orchestra, play};

const TARGET: &str = "instr 10\n k4 = p4\n k5 = p5\n chnset k4, \"four\"\n chnset k5, \"five\"\n endin\n";

#[test]
fn pwrite_changes_exactly_one_note_or_all() {
    for (write, four, five) in [
        ("pwrite 10.1, 4, 7", 7.0, 2.0),
        ("pwrite 10.1, 4, 7, 5, 8", 7.0, 8.0),
        ("pwrite(10.1, 4, k(7))", 7.0, 2.0),
        ("kidx = 5\n pwrite 10.1, 4, 7, kidx, k(8)", 7.0, 8.0),
        ("pwrite 10, 5, 9", 1.0, 9.0),
        ("pwrite 10.2, 4, 7", 1.0, 2.0),
        ("pwrite -10.2, 4, k(7)", 1.0, 2.0),
    ] {
        let mut play = play(&format!("{TARGET}instr 1\n{write}\nendin\n"));
        play.note(&[10.1, 1.0, 2.0]).cycles(1);
        play.note(&[1.0]).cycles(3);
        assert_eq!((play.channel("four"), play.channel("five")), (four, five), "{write}\n{}", play.said());
    }
}

#[test]
fn pwrite_waits_for_its_note_unless_the_number_is_negative() {
    for (number, four) in [("10.5", 3.0), ("-10.5", 1.0)] {
        let mut play = play(&format!("{TARGET}instr 1\n pwrite {number}, 4, k(3)\nendin\n"));
        play.note(&[1.0]).cycles(2);
        play.note(&[10.5, 1.0, 2.0]).cycles(3);
        assert_eq!(play.channel("four"), four, "{number}");
    }
}

#[test]
fn pread_reads_a_note_or_says_that_it_is_gone() {
    let forms = "instr 1\n ia pread 10.1, 4\n kb pread 10.1, 5, -7\n kc = pread:k(10.2, 4, -3)\n id = pread(10.9, 4)\n\
         ie[] fillarray 5, 4\n ix[] pread 10.1, ie\n chnset ia, \"a\"\n chnset kb, \"b\"\n chnset kc, \"c\"\n\
         chnset id, \"d\"\n chnset ix[0], \"e\"\n endin\n";
    let mut play = play(&format!("{TARGET}{forms}"));
    play.note(&[10.1, 1.0, 2.0]).cycles(1);
    play.note(&[1.0]).cycles(2);
    let read: Vec<f64> = ["a", "b", "c", "d", "e"].iter().map(|name| play.channel(name)).collect();
    assert_eq!(read, [1.0, 2.0, -3.0, -1.0, 2.0]);
    play.running.kill(10.1);
    play.cycles(2);
    assert_eq!(play.channel("b"), -7.0);
    // A new note of the same number is not the one that was read.
    play.note(&[10.1, 1.0, 5.0]).cycles(2);
    assert_eq!(play.channel("b"), -7.0);
}

#[test]
fn a_pfield_that_is_not_there_ends_the_note_that_asked() {
    for ask in [
        "pwrite 10.1, 6, 1",
        "pwrite 10.1, 6, k(1)",
        "pwrite 10.1, 0, 1",
        "i1 pread 10.1, 2000",
        "pwrite 10.1, 4, 1, 5",
    ] {
        let mut play = play(&format!("{TARGET}instr 1\n{ask}\nendin\n"));
        play.note(&[10.1, 1.0, 2.0]).cycles(1);
        play.note(&[1.0]).cycles(3);
        assert_eq!(
            play.running.sounding().map(|(p1, _)| p1).collect::<Vec<_>>(),
            [10.1],
            "{ask}: {}",
            play.said()
        );
    }
}

#[test]
fn pread_reads_many_in_each_cycle() {
    let mut play = play(&format!(
        "{TARGET}instr 1\n iwhich[] fillarray 5, 4\n kmany[] pread 10.1, iwhich, -7\n kwhich[] fillarray 4\n\
         kone[] pread 99, kwhich, -7\n chnset kmany[0], \"five\"\n chnset kmany[1], \"four\"\n chnset kone[0], \"none\"\n endin\n"
    ));
    play.note(&[10.1, 1.0, 2.0]).note(&[1.0]).cycles(2);
    assert_eq!(["five", "four", "none"].map(|name| play.channel(name)), [2.0, 1.0, -7.0], "{}", play.said());
    play.running.set_pfield(10.1, 4, 9.0);
    play.cycles(1);
    assert_eq!(play.channel("four"), 9.0);
}

#[test]
fn uniqinstance_gives_a_number_that_does_not_sound() {
    let mut play = play(
        "instr 10\n endin
         instr named\n endin
         instr 1\n i1 uniqinstance 10, 4\n chnset i1, \"number\"\n if i1 > 0 then\n schedule i1, 0, -1\n endif\n turnoff\n endin
         instr 2\n i1 uniqinstance \"named\"\n chnset i1 - nstrnum(\"named\"), \"fraction\"\n endin",
    );
    for expected in [10.25, 10.5, 10.75, -1.0] {
        play.note(&[1.0]).cycles(2);
        assert_eq!(play.channel("number"), expected);
    }
    play.note(&[2.0]).cycles(1);
    let fraction = play.channel("fraction");
    assert!(fraction > 0.0 && fraction < 1.0, "{fraction}");
}

#[test]
fn atstop_starts_a_note_when_this_one_has_ended() {
    for (call, four) in [
        ("atstop 20, 0, -1, 5", 5.0),
        ("atstop(\"after\", 0, -1, 6)", 6.0),
        ("kc init 0\n kc += 1\n atstop 20, 0, -1, kc", 4.0),
        ("atstop 20", 0.0),
    ] {
        let orchestra = format!(
            "instr 1\n xtratim 1/kr\n {call}\n endin\n
             instr 20\n chnset p4, \"four\"\n chnset 1, \"there\"\n endin\n
             instr after\n chnset p4, \"four\"\n chnset 1, \"there\"\n endin\n"
        );
        let mut play = play(&orchestra);
        play.note_for(3, &[1.0]).cycles(4);
        assert_eq!(play.channel("there"), 0.0, "{call}");
        play.cycles(3);
        assert_eq!((play.channel("there"), play.channel("four")), (1.0, four), "{call}\n{}", play.said());
    }
}

#[test]
fn atstop_delays_and_refuses_what_is_not_there() {
    let mut play = play("instr 1\n atstop 20, 4/kr, 1\n endin\n instr 20\n chnset 1, \"there\"\n endin\n");
    play.note_for(1, &[1.0]).cycles(4);
    assert_eq!(play.channel("there"), 0.0);
    play.cycles(4);
    assert_eq!(play.channel("there"), 1.0);
    for (call, message) in
        [("atstop \"nobody\"", "no instrument nobody"), ("atstop 20, 0, 1, \"text\"", "not texts")]
    {
        let mut play = crate::harness::play(&format!("instr 1\n {call}\n endin\n instr 20\n endin\n"));
        play.note(&[1.0]).cycles(2);
        assert!(play.said().contains(message), "{call}: {}", play.said());
    }
}

#[test]
fn a_chain_of_notes_ends_with_its_engine() {
    let mut play = play("instr 1\n atstop 1, 0, 2/kr\n endin\n");
    play.note_for(2, &[1.0]).cycles(100);
    assert_eq!(play.running.sounding().count(), 1);
}

#[test]
fn errors_of_the_orchestra_end_its_note() {
    for (call, message) in [
        ("initerror \"that was me\"", "that was me"),
        ("initerror sprintf(\"that was %d\", 5)", "that was 5"),
        ("throwerror \"that was me\"", "that was me"),
        ("throwerror \"error\", \"that was me\"", "that was me"),
        ("throwerror \"init\", \"that was me\"", "that was me"),
        ("throwerror \"nonsense\", \"that was me\"", "throwerror is of type"),
    ] {
        let mut play = play(&format!("instr 1\n{call}\nendin\ninstr 2\nendin\n"));
        play.note(&[2.0]).note(&[1.0]).cycles(3);
        assert_eq!(play.running.sounding().map(|(p1, _)| p1).collect::<Vec<_>>(), [2.0], "{call}");
        assert!(play.said().contains(message), "{call}: {}", play.said());
    }
    check_orchestra("instr 1\n throwerror \"warning\", \"well\"\n chnset k(1), \"a\"\n endin\n", &[1.0]);
}
