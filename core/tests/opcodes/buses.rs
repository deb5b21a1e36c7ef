//! Buses: every form of call, order, mixing, counting, and everything that can be wrong with a token.

use ksmps_core::csound::{BusError, BusKind, BusSizes, BusToken, Performed};

use crate::harness::{KSMPS, check, play, play_with};

/// Instruments for both kinds: 10 writes audio, 11 mixes audio, 20 reads audio; 12 writes a value, 22 reads one.
const INSTRUMENTS: &str = "
    instr 10\n busout p4, a(p5)\n endin
    instr 11\n busmix p4, a(p5)\n endin
    instr 20\n aread busin p4\n outs aread, aread\n endin
    instr 5\n aread busin p4\n outs aread, aread\n endin
    instr 12\n kval = p5\n busout p4, kval\n endin
    instr 22\n kval busin p4\n chnset kval, \"read\"\n endin
";

#[test]
fn every_form_of_call() {
    // a and b: what is read at k-rate and, as its first sample, of an audio bus or cycle.
    for (body, read) in [
        ("ib busassign \"k\"\n busout ib, 0.5\n kx busin ib", 0.5),
        ("ib = busassign(\"k\")\n busout(ib, 0.5)\n kx = busin:k(ib)", 0.5),
        ("ib = busassign:i(\"control\", 1)\n busout ib, k(0.5)\n kx busin ib", 0.5),
        ("Sk = \"k\"\n ib busassign Sk, 0\n ival = 0.5\n busout ib, ival\n kx busin ib, 7", 0.5),
        ("ib busassign \"k\"\n kx busin ib, 7", 7.0),
        ("ib busassign \"k\"\n kx = busin:k(ib, -1)", -1.0),
        ("ib busassign \"k\"\n kx busin ib", 0.0),
        ("ib busassign \"k\"\n busout ib, 0.5\n kx = busin(ib)", 0.5),
        ("ib busassign \"k\"\n busout ib, 0.5\n kx = busin(ib) * 2", 1.0),
        ("ib busassign \"k\"\n busout ib, 0.5\n ir busin ib\n kx = ir", 0.5),
        ("ib busassign \"k\"\n busout ib, 0.5\n kx = k(busin:i(ib))", 0.5),
        ("ib busassign \"k\"\n ir = busin:i(ib, 0.25)\n kx busin ib", 0.25),
        ("ib busassign \"a\"\n busout ib, a(0.5)\n ar busin ib\n kx downsamp ar", 0.5),
        ("ib = busassign(\"audio\")\n busout(ib, a(0.5))\n ar = busin:a(ib)\n kx = k(ar)", 0.5),
        ("ib = busassign(\"audio\")\n busout(ib, a(0.5))\n ar = busin(ib)\n kx = k(ar)", 0.5),
        ("ib = busassign(\"a\")\n busmix(ib, a(0.5))\n busmix ib, a(0.25)\n kx = k(busin:a(ib) * 2)", 1.5),
    ] {
        check(&format!("{body}\n chnset kx, \"a\""), &[read]);
    }
}

#[test]
fn audio_goes_from_lower_to_higher_numbers_within_a_cycle() {
    let mut play = play(INSTRUMENTS);
    let bus = play.running.assign_bus(Some(BusKind::Audio), None, true).unwrap();
    play.note(&[10.0, bus.number(), 0.5]).note(&[20.0, bus.number()]);
    assert_eq!(&play.cycles(3)[KSMPS..], [0.5; 2 * KSMPS]);
    // The reader in front of the writer hears silence: buses are clear when a cycle begins.
    play.running.kill(20.0);
    play.note(&[5.0, bus.number()]);
    assert_eq!(play.cycles(2), [0.0; 2 * KSMPS]);
}

#[test]
fn writers_mix_and_the_last_busout_wins() {
    let mut play = play(INSTRUMENTS);
    let bus = play.running.assign_bus(Some(BusKind::Audio), None, true).unwrap().number();
    play.note(&[10.1, bus, 0.25]).note(&[10.2, bus, 0.5]).note(&[11.1, bus, 0.125]).note(&[11.2, bus, 1.0]);
    play.note(&[20.0, bus]);
    assert_eq!(&play.cycles(4)[KSMPS..], [1.625; 3 * KSMPS]);
    // A writer that ends is not heard any more.
    play.running.kill(10.1);
    play.running.kill(10.2);
    play.running.kill(11.1);
    assert_eq!(&play.cycles(2)[KSMPS..], [1.0; KSMPS]);
    play.running.kill(11.2);
    assert_eq!(&play.cycles(2)[KSMPS..], [0.0; KSMPS]);
}

#[test]
fn a_control_bus_keeps_its_value() {
    let mut play = play(INSTRUMENTS);
    let bus = play.running.assign_bus(None, Some(0.25), true).unwrap();
    play.note(&[22.0, bus.number()]).cycles(2);
    assert_eq!(play.channel("read"), 0.25);
    play.running.write_bus(bus, 0.75).unwrap();
    play.cycles(1);
    assert_eq!(play.channel("read"), 0.75);
    play.note_for(2, &[12.0, bus.number(), 3.0]).cycles(5);
    assert_eq!((play.channel("read"), play.running.read_bus(bus)), (3.0, Ok(3.0)));
}

#[test]
fn the_first_user_decides_what_a_bus_without_a_kind_is() {
    let mut play = play(INSTRUMENTS);
    for (writer, kind) in [(10.0, BusKind::Audio), (12.0, BusKind::Control)] {
        let bus = play.running.assign_bus(None, None, true).unwrap();
        play.note_for(2, &[writer, bus.number(), 1.0]).cycles(4);
        let status = play.running.bus_status();
        assert_eq!(status.buses.last().map(|bus| bus.kind), Some(kind));
    }
    assert_eq!(play.running.bus_status().used(BusKind::Audio), 1);
    let bus = play.running.assign_bus(None, None, false).unwrap();
    play.running.write_bus(bus, 2.0).unwrap();
    assert_eq!(play.running.read_bus(bus), Ok(2.0));
}

#[test]
fn the_last_user_releases_a_bus_and_its_token() {
    let mut play = play(INSTRUMENTS);
    let bus = play.running.assign_bus(Some(BusKind::Control), Some(1.0), false).unwrap();
    let users =
        |play: &mut crate::harness::Play| play.running.bus_status().buses.first().map(|bus| bus.users);
    // Parked: nobody uses it, and it stays.
    play.cycles(5);
    assert_eq!(users(&mut play), Some(0));
    play.note(&[22.1, bus.number()]).note(&[22.2, bus.number()]).note(&[12.0, bus.number(), 5.0]).cycles(2);
    assert_eq!(users(&mut play), Some(3));
    play.running.release(22.1);
    play.running.release(12.0);
    play.cycles(2);
    assert_eq!(users(&mut play), Some(1));
    play.running.kill(22.2);
    play.cycles(2);
    assert_eq!(users(&mut play), None);
    assert_eq!(play.running.read_bus(bus), Err(BusError::Unknown(bus)));
    assert_eq!(play.running.write_bus(bus, 1.0), Err(BusError::Unknown(bus)));
    assert_eq!(play.running.release_bus(bus), Err(BusError::Unknown(bus)));
    // Another bus has another token, and nothing of the old value.
    let next = play.running.assign_bus(Some(BusKind::Control), None, false).unwrap();
    assert_ne!(next, bus);
    play.note(&[22.0, next.number()]).cycles(2);
    assert_eq!(play.channel("read"), 0.0);
}

#[test]
fn a_bus_that_persists_stays_until_it_is_released() {
    let mut play = play(INSTRUMENTS);
    let bus = play.running.assign_bus(Some(BusKind::Audio), None, true).unwrap();
    play.note_for(2, &[20.0, bus.number()]).cycles(5);
    assert_eq!(play.running.bus_status().buses.len(), 1);
    // Released while it is used: it goes with its user.
    play.note(&[20.0, bus.number()]).cycles(2);
    play.running.release_bus(bus).unwrap();
    assert_eq!(play.running.bus_status().buses[0].users, 1);
    play.running.kill(20.0);
    play.cycles(2);
    assert_eq!(play.running.bus_status().buses, []);
}

#[test]
fn a_bus_is_handed_on_within_a_cycle() {
    let mut play = play(INSTRUMENTS);
    let bus = play.running.assign_bus(Some(BusKind::Control), Some(0.5), false).unwrap();
    play.note(&[22.1, bus.number()]).cycles(2);
    // One note ends, and the next one starts in the same cycle.
    play.running.kill(22.1);
    play.note(&[22.2, bus.number()]).cycles(2);
    assert_eq!((play.channel("read"), play.running.bus_status().buses.len()), (0.5, 1));
    // A cycle without a user is the bus's end.
    play.running.kill(22.2);
    play.cycles(1);
    assert_eq!(play.running.bus_status().buses, []);
}

#[test]
fn a_note_that_assigns_a_bus_is_its_user() {
    let mut play = play(
        "instr 1\n ib busassign \"a\", p4\n schedule 2, 0, 0.001, ib\n busout ib, a(0.5)\n endin
         instr 2\n outs busin:a(p4), busin:a(p4)\n endin",
    );
    play.note_for(6, &[1.0, 0.0]);
    assert!(play.cycles(10).contains(&0.5));
    assert_eq!(play.running.bus_status().buses, []);
    play.note_for(6, &[1.0, 1.0]).cycles(10);
    let persisting = play.running.bus_status().buses;
    assert_eq!(persisting.iter().map(|bus| (bus.users, bus.persists)).collect::<Vec<_>>(), [(0, true)]);
}

#[test]
fn bad_tokens_are_messages() {
    for (body, message) in [
        ("a1 busin p4", "no bus"),
        ("k1 busin p4", "no bus"),
        ("i1 busin p4", "no bus"),
        ("busout p4, a(1)", "no bus"),
        ("busout p4, k(1)", "no bus"),
        ("busout p4, 1", "no bus"),
        ("busmix p4, a(1)", "no bus"),
        ("a1 Listen p4", "no bus"),
    ] {
        let udo = "opcode Listen, a, i\n ib xin\n a1 busin ib\n xout a1\nendop\n";
        let mut play = play(&format!("{udo}instr 1\n{body}\nendin\ninstr 2\nouts a(1), a(1)\nendin\n"));
        let released = play.running.assign_bus(None, Some(1.0), true).unwrap();
        play.running.release_bus(released).unwrap();
        play.note(&[2.0]).cycles(2);
        for token in [99.0, -1.0, released.number(), 0.5, f64::NAN, f64::INFINITY, 1e300] {
            // The other note plays on, and the note with the bad token is gone.
            play.note(&[1.0, token]);
            assert_eq!(play.cycles(3), [1.0; 3 * KSMPS], "{body} {token}");
            assert_eq!(play.running.sounding().count(), 1, "{body} {token}");
        }
        assert!(play.said().contains(message), "{body}: {}", play.said());
    }
}

#[test]
fn the_wrong_kind_of_bus_is_a_message() {
    let mut play = play(INSTRUMENTS);
    let audio = play.running.assign_bus(Some(BusKind::Audio), None, true).unwrap();
    let control = play.running.assign_bus(Some(BusKind::Control), None, true).unwrap();
    for (instrument, bus) in [(10.0, control), (11.0, control), (12.0, audio), (22.0, audio)] {
        play.note(&[instrument, bus.number(), 1.0]).cycles(2);
        assert_eq!(play.running.sounding().count(), 0, "{instrument}");
    }
    assert!(play.said().contains("is a control bus, not an audio bus"), "{}", play.said());
    assert_eq!(
        play.running.write_bus(audio, 1.0),
        Err(BusError::WrongKind { token: audio, is: BusKind::Audio })
    );
    assert_eq!(play.running.assign_bus(Some(BusKind::Audio), Some(1.0), true), Err(BusError::AudioValue));
    // Nothing was left behind by the notes that failed.
    assert!(play.running.bus_status().buses.iter().all(|bus| bus.users == 0));
}

#[test]
fn an_empty_pool_is_a_message() {
    let sizes = BusSizes { audio: 1, control: 1, first_token: 1 };
    let mut play = play_with("instr 1\n ib busassign \"a\"\n chnset ib, \"token\"\n endin", sizes);
    assert_eq!(play.running.assign_bus(None, Some(1.0), false), Ok(BusToken(1)));
    assert_eq!(
        play.running.assign_bus(None, Some(1.0), false),
        Err(BusError::PoolExhausted(BusKind::Control))
    );
    play.note(&[1.1]).note(&[1.2]).cycles(2);
    assert_eq!(play.channel("token"), 2.0);
    assert!(play.said().contains("an audio bus cannot be had: all are taken"), "{}", play.said());
    play.running.kill(1.1);
    play.note(&[1.3]).cycles(2);
    assert_eq!(play.channel("token"), 3.0);
}

#[test]
fn a_local_ksmps_reads_and_writes_its_place_in_the_cycle() {
    // One channel: with more, 6.18.1 mixes up the output of notes of different ksmps.
    for local in [1, 4, 8] {
        let writer =
            format!("opcode Write, 0, ia\n setksmps {local}\n ib, asig xin\n busout ib, asig\nendop\n");
        let reader = format!("opcode Read, a, i\n setksmps {local}\n ib xin\n xout busin:a(ib)\nendop\n");
        let orchestra = format!(
            "nchnls=1\n{writer}{reader}
             instr 1\n setksmps {local}\n aramp phasor sr/{KSMPS}\n busout p4, aramp\n endin
             instr 2\n aramp phasor sr/{KSMPS}\n Write p4, aramp\n endin
             instr 3\n aramp phasor sr/{KSMPS}\n busout p4, aramp\n endin
             instr 11\n setksmps {local}\n aread busin p4\n out aread\n endin
             instr 12\n aread Read p4\n out aread\n endin
             instr 13\n aread busin p4\n out aread\n endin\n"
        );
        let ramp: Vec<f64> = (0..KSMPS).map(|frame| frame as f64 / KSMPS as f64).collect();
        for (from, to) in [(1, 13), (2, 13), (3, 11), (3, 12), (1, 12), (2, 11), (2, 12)] {
            let mut play = play(&orchestra);
            let bus = play.running.assign_bus(Some(BusKind::Audio), None, false).unwrap().number();
            play.note(&[f64::from(from), bus]).note(&[f64::from(to), bus]).cycles(2);
            let heard = play.cycles(1);
            let close = heard.iter().zip(&ramp).all(|(heard, ramp)| (heard - ramp).abs() < 1e-9);
            assert!(close, "local ksmps {local}, {from} to {to}: {heard:?}");
        }
    }
}

#[test]
fn a_note_starts_at_its_frame_on_a_bus() {
    let mut play = play(INSTRUMENTS);
    let bus = play.running.assign_bus(Some(BusKind::Audio), None, true).unwrap().number();
    play.note(&[20.0, bus]).note(&[11.1, bus, 0.0]).cycles(2);
    play.running.start(&[11.2, 0.0, -1.0, bus, 1.0], 5);
    let heard = play.cycles(2);
    assert_eq!(heard.iter().position(|sample| *sample != 0.0), Some(5), "{heard:?}");
    assert_eq!(heard[KSMPS..], [1.0; KSMPS]);
}

#[test]
fn user_defined_opcodes_and_init_passes_that_are_made_again_count_once() {
    let mut play = play(
        "opcode Write, 0, ik\n ib, kval xin\n busout ib, kval\nendop
         opcode Outer, 0, ik\n ib, kval xin\n Write ib, kval\nendop
         instr 1\n Outer p4, k(2)\n endin
         instr 2\n kc init 0\n kc += 1\n if kc < 20 then\n reinit again\n endif\n again:\n kx busin p4\n rireturn\n endin",
    );
    let bus = play.running.assign_bus(Some(BusKind::Control), None, true).unwrap();
    play.note(&[1.0, bus.number()]).note(&[2.0, bus.number()]).cycles(10);
    assert_eq!(play.running.bus_status().buses[0].users, 2);
    assert_eq!(play.running.read_bus(bus), Ok(2.0));
    play.running.kill(1.0);
    play.running.kill(2.0);
    play.cycles(2);
    assert_eq!(play.running.bus_status().buses[0].users, 0);
}

#[test]
fn ten_thousand_cycles_leave_nothing_behind() {
    let mut play = play(INSTRUMENTS);
    for cycle in 0..10_000 {
        if cycle % 4 == 0 {
            let bus = play.running.assign_bus(None, None, false).unwrap().number();
            play.note_for(2, &[11.0, bus, 0.5]).note_for(3, &[20.0, bus]);
            let control = play.running.assign_bus(None, Some(1.0), false).unwrap().number();
            play.note_for(1, &[22.0, control]);
        }
        assert_eq!(play.running.perform(), Performed::Cycle);
    }
    play.cycles(5);
    assert_eq!(play.running.bus_status().buses, []);
    assert_eq!(play.running.assign_bus(None, None, false), Ok(BusToken(5000)));
}

#[test]
fn an_engine_can_be_dropped_while_its_notes_use_buses() {
    for _ in 0..20 {
        let mut play = play(INSTRUMENTS);
        let bus = play.running.assign_bus(Some(BusKind::Audio), None, false).unwrap().number();
        play.note(&[10.0, bus, 1.0]).note(&[20.0, bus]).cycles(2);
    }
}
