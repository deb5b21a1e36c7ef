//! `panstereo`, `detectsilence`, `zeroarray`, `ftsetparams`.

use crate::harness::{KSMPS, check, check_orchestra, play};

#[test]
fn panstereo_keeps_the_power() {
    let half = 0.5_f64.sqrt();
    for (call, left, right) in [
        ("panstereo a(k(1)), a(k(1)), k(0.5)", half, half),
        ("panstereo a(k(1)), a(k(1)), k(0)", 1.0, 0.0),
        ("panstereo a(k(1)), a(k(1)), k(1), k(0.5)", 0.0, 0.5),
        ("panstereo a(k(1)), a(k(1)), k(7)", 0.0, 1.0),
    ] {
        check(
            &format!("aL, aR {call}\n kL downsamp aL\n kR downsamp aR\n chnset kL, \"a\"\n chnset kR, \"b\""),
            &[left, right],
        );
    }
    // From one position to the next without a step.
    let mut play =
        play("instr 1\n kp init 0\n aL, aR panstereo a(k(1)), a(k(1)), kp\n kp = 1\n outs aR, aL\n endin\n");
    play.note(&[1.0]).cycles(1);
    let heard = play.cycles(1);
    let steepest = heard.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max);
    assert!(steepest < 1.5 / KSMPS as f64 && heard[KSMPS - 1] > 0.999, "{heard:?}");
}

#[test]
fn detectsilence_waits_for_its_time() {
    // Silent from the fifth cycle on: the fourth is the way down.
    let mut play = play(
        "instr 1\n kt timeinstk\n asig = a(kt < 4 ? 0.5 : 0.00001)\n kd detectsilence asig, 0.001, 3/kr\n chnset kd, \"silent\"\n endin\n",
    );
    play.note(&[1.0]);
    let silent: Vec<f64> = (0..8)
        .map(|_| {
            play.cycles(1);
            play.channel("silent")
        })
        .collect();
    assert_eq!(silent.iter().position(|silent| *silent == 1.0), Some(6), "{silent:?}");
}

#[test]
fn zeroarray_of_every_kind() {
    check(
        "ia[] fillarray 1, 2\n zeroarray ia\n kb[] fillarray 1, 2\n kb[1] = 5\n zeroarray kb\n\
         as[] init 3\n as[0] = a(k(1))\n as[1] = a(k(2))\n as[2] = a(k(3))\n kmask[] fillarray 0, 1, 0\n zeroarray as, kmask\n\
         k0 downsamp as[0]\n k1 downsamp as[1]\n k2 downsamp as[2]\n zeroarray as\n k3 downsamp as[2]\n\
         chnset ia[1], \"a\"\n chnset kb[1], \"b\"\n chnset k0, \"c\"\n chnset k1, \"d\"\n chnset k2, \"e\"\n chnset k3, \"f\"",
        &[0.0, 0.0, 1.0, 0.0, 3.0, 0.0],
    );
    check(
        "as[] init 2\n as[0] = a(k(1))\n as[1] = a(k(2))\n itab ftgen 0, 0, -2, -2, 1, 0\n zeroarray as, itab\n\
         k0 downsamp as[0]\n k1 downsamp as[1]\n chnset k0, \"a\"\n chnset k1, \"b\"",
        &[0.0, 2.0],
    );
}

#[test]
fn ftsetparams_says_what_sound_is_in_a_table() {
    check(
        "itab ftgen 0, 0, -8, -2, 0, 0, 0, 0, 0, 0, 0, 0\n ftsetparams itab, 22050, 2\n\
         chnset ftsr(itab), \"a\"\n chnset ftchnls(itab), \"b\"\n chnset nsamp(itab), \"c\"",
        &[22050.0, 2.0, 4.0],
    );
    // The sound is key 72: played at 72's frequency it keeps its own. It loops from frame 2 on.
    check(
        "itab ftgen 0, 0, -8, -2, 0, 1, 2, 3, 4, 5, 6, 7\n ftsetparams itab, sr, 1, 2, 72\n\
         asig loscil 1, cpsmidinn(72), itab, 0\n asecond loscil 1, cpsmidinn(84), itab, 0\n\
         kat timeinstk\n kfirst vaget 4, asig\n knext vaget 9, asig\n ktwice vaget 2, asecond\n\
         chnset (kat == 1 ? kfirst : chnget:k(\"a\")), \"a\"\n chnset (kat == 1 ? knext : chnget:k(\"b\")), \"b\"\n\
         chnset (kat == 1 ? ktwice : chnget:k(\"c\")), \"c\"",
        &[4.0, 3.0, 4.0],
    );
    let mut play = play("instr 1\n ftsetparams 999, 44100, 1\n endin\n");
    play.note(&[1.0]).cycles(2);
    assert!(play.said().contains("no table 999"), "{}", play.said());
}

/// What else orchestras written for csoundengine use is part of Csound 6.18.
#[test]
fn the_other_opcodes_are_csounds_own() {
    check(
        "itab ftgen 0, 0, -4, -2, 1, 2, 3, 4\n ithere ftexists itab\n inot ftexists 999\n\
         kb bpf k(1.5), 0, 0, 1, 10, 2, 20\n kt eventtime\n ac cmp a(k(2)), \">\", k(1)\n kc downsamp ac\n\
         chnset ithere, \"a\"\n chnset inot, \"b\"\n chnset kb, \"c\"\n chnset kt*kr, \"d\"\n chnset kc, \"e\"",
        &[1.0, 0.0, 15.0, 2.0, 1.0],
    );
    for (taken_back, heard) in [("", 1.0), ("turnoff3 2", 0.0)] {
        let orchestra = format!(
            "instr 1\n schedule 2, 1/kr, 1\n {taken_back}\n endin\ninstr 2\n chnset 1, \"a\"\n endin\n"
        );
        check_orchestra(&orchestra, &[heard]);
    }
}
