//! Dictionaries and pools.

use crate::harness::{check, check_orchestra, play};

#[test]
fn dictionaries_of_every_type() {
    check(
        "id dict_new \"sf\", \"one\", 1, \"two\", 2\n dict_set id, \"three\", 3\n dict_set id, \"one\", k(11)\n\
         ka dict_get id, \"one\"\n ib = dict_get:i(id, \"two\")\n ic dict_get id, \"nine\", 9\n kd dict_get id, \"nine\", 99\n\
         ie dict_size id\n ix dict_exists id\n ig dict_exists 77\n\
         chnset ka, \"a\"\n chnset ib, \"b\"\n chnset ic, \"c\"\n chnset kd, \"d\"\n chnset ie, \"e\"\n chnset ix, \"f\"\n\
         chnset ig, \"g\"",
        &[11.0, 2.0, 9.0, 99.0, 3.0, 1.0, 0.0],
    );
    check(
        "id dict_new \"int:float\"\n dict_set id, 5, 0.5\n dict_set id, k(6), k(0.6)\n ia dict_get id, 5\n kb dict_get id, k(6)\n\
         ic = dict_get:i(id, 9, -1)\n dict_del id, 5\n id2 = dict_get:i(id, 5, -4)\n\
         chnset ia, \"a\"\n chnset kb, \"b\"\n chnset ic, \"c\"\n chnset id2, \"d\"",
        &[0.5, 0.6, -1.0, -4.0],
    );
    check(
        "id dict_new \"ss\", \"key\", \"some text\"\n Sa dict_get id, \"key\"\n Sb dict_geti id, \"nothing\"\n\
         it dict_new \"is\"\n dict_set it, 4, \"four\"\n Sc dict_get it, 4\n\
         ka strlenk Sa\n chnset ka, \"a\"\n chnset strlen(Sb), \"b\"\n chnset strlen(Sc), \"c\"",
        &[9.0, 0.0, 4.0],
    );
    check(
        "id dict_new \"str:any\", \"name\", \"foo\", \"amp\", 0.5\n Sa dict_geti id, \"name\"\n kb dict_get id, \"amp\"\n\
         chnset strlen(Sa), \"a\"\n chnset kb, \"b\"",
        &[3.0, 0.5],
    );
}

#[test]
fn a_dictionary_goes_from_note_to_note_and_is_freed_at_the_end() {
    check_orchestra(
        "instr 1\n id dict_new \"sf\", \"x\", 7\n schedule 2, 0, 1/kr, id\n endin
         instr 2\n id = p4\n dict_free id\n chnset dict_get:i(id, \"x\"), \"a\"\n schedule 3, 2/kr, 1, id\n endin
         instr 3\n chnset dict_exists(p4) + 1, \"b\"\n endin\n schedule 1, 0, 1\n",
        &[7.0],
    );
    let mut play = play(
        "instr 1\n id dict_new \"sf\"\n schedule 2, 0, 1/kr, id\n endin
         instr 2\n dict_free p4\n schedule 3, 3/kr, 1, p4\n endin
         instr 3\n chnset dict_size:i(p4), \"size\"\n endin\n",
    );
    play.note(&[1.0]).cycles(10);
    assert_eq!(play.channel("size"), -1.0);
}

#[test]
fn misuse_is_a_message() {
    for (body, message) in [
        ("id dict_new \"nonsense\"", "a dictionary is of type"),
        ("id dict_new \"sf\", 1, 2", "keys are texts"),
        ("id dict_new \"sf\", \"a\", \"b\"", "holds numbers"),
        ("id dict_new \"sf\", \"a\", 1, \"b\"", "pairs of key and value"),
        ("id dict_new \"if\"\n dict_set id, \"a\", 1", "keys are numbers"),
        ("k1 dict_get 55, \"a\"", "no dictionary 55"),
        ("dict_free 55", "no dictionary 55"),
        ("i1 pool_pop 55", "no pool 55"),
        ("ip pool_gen 2\n pool_push ip, 3", "the pool is full"),
        ("ip pool_gen 2\n i1 pool_at ip, 2", "no item"),
        ("ip pool_gen 5, 1", "first number"),
    ] {
        let mut play = play(&format!("instr 1\n{body}\nendin\n"));
        play.note(&[1.0]).cycles(2);
        assert!(play.said().contains(message), "{body}: {}", play.said());
        assert_eq!(play.running.sounding().count(), 0, "{body}");
    }
}

#[test]
fn pools_give_and_take() {
    check(
        "ip pool_gen 3\n ia pool_pop ip\n ib = pool_pop(ip)\n ic pool_isfull ip\n pool_push ip, ib\n pool_push ip, ia\n\
         id = pool_isfull:i(ip)\n kd = pool_size:k(ip)\n ie pool_at ip, 0\n ix pool_capacity ip\n\
         chnset ia, \"a\"\n chnset ib, \"b\"\n chnset ic, \"c\"\n chnset id, \"d\"\n chnset kd, \"e\"\n chnset ie, \"f\"\n\
         chnset ix, \"g\"",
        &[3.0, 2.0, 0.0, 1.0, 3.0, 1.0, 3.0],
    );
    check(
        "ip pool_gen 5, 6\n ia pool_pop ip\n ib pool_pop ip\n ic pool_pop ip\n id pool_pop ip, -7\n it pool_new\n\
         pool_push it, 4\n ie pool_size it\n ix pool_isfull it\n\
         chnset ia, \"a\"\n chnset ib, \"b\"\n chnset ic, \"c\"\n chnset id, \"d\"\n chnset ie, \"e\"\n chnset ix, \"f\"",
        &[6.0, 5.0, -1.0, -7.0, 1.0, 0.0],
    );
}

#[test]
fn a_note_gives_back_what_it_took_when_it_ends() {
    let mut play = play(
        "gipool pool_gen 4\n instr 1\n inum pool_pop gipool\n pool_push gipool, inum, 1\n endin
         instr 2\n kn = pool_size:k(gipool)\n chnset kn, \"left\"\n endin\n",
    );
    play.note(&[2.0]);
    play.note_for(3, &[1.1]).note_for(3, &[1.2]).cycles(2);
    assert_eq!(play.channel("left"), 2.0);
    play.cycles(4);
    assert_eq!(play.channel("left"), 4.0);
}
