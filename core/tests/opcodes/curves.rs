//! `interp1d`, `bisect`, `getrowlin`.

use crate::harness::{check, play};

/// A quarter of the way from 1 to 3, in every shape.
const SHAPES: [(&str, f64); 8] = [
    ("linear", 1.5),
    ("cos", 1.292_893_218_813_452_5),
    ("smooth", 1.3125),
    ("smoother", 1.207_031_25),
    ("floor", 1.0),
    ("exp=2", 1.125),
    ("expon(2)", 1.125),
    ("expon(0.5)", 2.0),
];

#[test]
fn every_shape_at_every_rate() {
    for (shape, value) in SHAPES {
        check(
            &format!(
                "iarr[] fillarray 0, 1, 3, 0\n karr[] fillarray 0, 1, 3, 0\n itab ftgen 0, 0, -4, -2, 0, 1, 3, 0\n\
                 ia interp1d 1.25, iarr, \"{shape}\"\n kb interp1d k(1.25), karr, \"{shape}\"\n\
                 ac interp1d a(k(1.25)), karr, \"{shape}\"\n kc downsamp ac\n\
                 id interp1d 1.25, itab, \"{shape}\"\n ke interp1d k(1.25), k(itab), \"{shape}\"\n\
                 kf = interp1d(k(1.25), iarr, \"{shape}\")\n kplaces[] fillarray 0, 1.25\n\
                 kg[] interp1d kplaces, karr, \"{shape}\"\n kx = kg[1]\n\
                 chnset ia, \"a\"\n chnset kb, \"b\"\n chnset k(ac), \"c\"\n chnset id, \"d\"\n chnset ke, \"e\"\n\
                 chnset kf, \"f\"\n chnset kx, \"g\""
            ),
            &[value, value, value, value, value, value, value],
        );
    }
}

#[test]
fn places_are_clamped_and_columns_chosen() {
    check(
        "itab ftgen 0, 0, -6, -2, 0, 60, 4, 62, 5, 64\n iarr[] fillarray 1, 2\n\
         ka interp1d k(1.5), k(itab), \"linear\", 2, 1\n kb interp1d k(99), k(itab), \"linear\", 2, 1\n\
         kc interp1d k(-3), iarr\n kd interp1d k(7), iarr\n ke bisect k(2), k(itab), 2\n kf bisect k(4.5), k(itab), 2, 0\n\
         chnset ka, \"a\"\n chnset kb, \"b\"\n chnset kc, \"c\"\n chnset kd, \"d\"\n chnset ke, \"e\"\n chnset kf, \"f\"",
        &[63.0, 64.0, 1.0, 2.0, 0.5, 1.5],
    );
}

#[test]
fn bisect_finds_the_place_that_interp1d_takes() {
    check(
        "ixs[] fillarray 0, 10, 14, 20\n iys[] fillarray 0, 1, 2, 8\n\
         ia bisect 12, ixs\n kb bisect k(-5), ixs\n kc = bisect(k(99), ixs)\n ad bisect a(k(17)), ixs\n\
         ke interp1d k(17), ixs, iys\n kf interp1d k(17), ixs, iys, \"floor\"\n ig interp1d 17, ixs, iys, \"exp=2\"\n\
         chnset ia, \"a\"\n chnset kb, \"b\"\n chnset kc, \"c\"\n chnset k(ad), \"d\"\n chnset ke, \"e\"\n\
         chnset kf, \"f\"\n chnset ig, \"g\"",
        &[1.5, 0.0, 3.0, 2.5, 5.0, 2.0, 3.5],
    );
}

#[test]
fn getrowlin_interpolates_between_rows() {
    check(
        "itab ftgen 0, 0, -8, -2, 99, 99, 0, 10, 20, 100, 110, 120\n kmtx[][] init 2, 3\n\
         kmtx fillarray 0, 10, 20, 100, 110, 120\n\
         krow[] getrowlin k(0.5), itab, 3, 2\n kcut[] getrowlin k(1), itab, 3, 2, 1, 0, 1\n\
         kmid[] getrowlin kmtx, k(0.25)\n klast[] getrowlin kmtx, k(9), 0, 0, 2\n\
         chnset krow[1], \"a\"\n chnset kcut[0], \"b\"\n chnset k(lenarray(kcut)), \"c\"\n chnset kmid[2], \"d\"\n\
         chnset klast[1], \"e\"",
        &[60.0, 110.0, 2.0, 45.0, 120.0],
    );
}

#[test]
fn cubic_goes_through_four_and_smooth_takes_more_steps() {
    check(
        "iarr[] fillarray 0, 1, 3, 0\n itab ftgen 0, 0, -4, -2, 0, 1, 3, 0\n\
         ka interp1d k(1.5), iarr, \"cubic\"\n kb interp1d k(0.5), k(itab), \"cubic\"\n ic interp1d 2.5, iarr, \"cubic\"\n\
         kd interp1d k(2), iarr, \"cubic\"\n ke interp1d k(0.25), iarr, \"smooth\", 1\n\
         kf interp1d k(0.25), iarr, \"smooth\", 0.5\n kg interp1d k(0.25), k(itab), \"smooth=1\"\n\
         kh interp1d k(1.25), iarr, \"exp\", 2\n\
         chnset ka, \"a\"\n chnset kb, \"b\"\n chnset ic, \"c\"\n chnset kd, \"d\"\n chnset ke, \"e\"\n\
         chnset kf, \"f\"\n chnset kg, \"g\"\n chnset kh, \"h\"",
        &[2.25, 0.375, 1.625, 3.0, 0.065_612_792_968_75, 0.110_931_396_484_375, 0.065_612_792_968_75, 1.125],
    );
}

#[test]
fn arrays_of_places_are_looked_up_in_tables() {
    check(
        "itab ftgen 0, 0, -6, -2, 0, 60, 4, 62, 5, 64\n iplaces[] fillarray 0.5, 9\n kplaces[] fillarray 1.5, -1\n\
         ia[] interp1d iplaces, itab, \"linear\", 2, 1\n kb[] interp1d kplaces, k(itab), \"floor\", 2, 1\n\
         ic[] interp1d iplaces, itab\n kd[] interp1d kplaces, k(itab)\n\
         ivalues[] fillarray 2, 4.5\n ie[] bisect ivalues, itab, 2\n kvalues[] fillarray 61, 99\n\
         kf[] bisect kvalues, k(itab), 2, 1\n\
         chnset ia[0], \"a\"\n chnset ia[1], \"b\"\n chnset kb[0], \"c\"\n chnset kb[1], \"d\"\n chnset ic[0], \"e\"\n\
         chnset kd[0], \"f\"\n chnset ie[0], \"g\"\n chnset ie[1], \"h\"\n chnset kf[0], \"i\"\n chnset kf[1], \"j\"",
        &[61.0, 64.0, 62.0, 60.0, 30.0, 32.0, 0.5, 1.5, 0.5, 2.0],
    );
}

#[test]
fn what_is_not_there_is_a_message() {
    for (body, message) in [
        ("iarr[] fillarray 1, 2\n i1 interp1d 0.5, iarr, \"nonsense\"", "unknown interpolation \"nonsense\""),
        ("i1 interp1d 0.5, 999", "no table 999"),
        ("k1 interp1d k(0.5), k(999)", "no table 999"),
        ("k1 bisect k(0.5), k(-1)", "no table -1"),
        ("k1[] getrowlin k(0), 999, 3", "no table 999"),
    ] {
        let mut play = play(&format!("instr 1\n{body}\nendin\n"));
        play.note(&[1.0]).cycles(2);
        assert!(play.said().contains(message), "{body}: {}", play.said());
        assert_eq!(play.running.sounding().count(), 0, "{body}");
    }
}
