//! Orchestras that define opcodes of our names themselves, and orchestras that know nothing of ours.

use crate::harness::{check_orchestra, play};

/// Definitions as a document brings them along, with the types that ours have too.
const OWN: &str = "
    opcode busin, k, i\n ib xin\n kx = ib * 100\n xout kx\n endop
    opcode busin, a, i\n ib xin\n xout a(k(ib * 200))\n endop
    opcode busin, i, i\n ib xin\n xout ib * 300\n endop
    opcode busout, 0, ik\n ib, kval xin\n chnset kval * ib, \"out\"\n endop
    opcode busassign, i, S\n Skind xin\n xout 3\n endop
    opcode busassign, i, So\n Skind, ip xin\n xout 4\n endop
    opcode interp1d, k, kk[]\n kx, kys[] xin\n xout -kx\n endop
    opcode dict_get, i, iSo\n i1, S1, i2 xin\n xout i1 + i2\n endop
    opcode pread, i, iij\n i1, i2, i3 xin\n xout i1 + i2 + i3\n endop
    opcode pwrite, 0, ii\n i1, i2 xin\n chnset i1 + i2, \"written\"\n endop
    opcode atstop, i, i\n i1 xin\n xout i1 + 1\n endop
";

const USE: &str = "
    instr 1
     ib busassign \"k\"\n ka busin ib\n ab busin ib\n kb downsamp ab\n ic busin ib\n busout ib, k(2)
     kys[] fillarray 1, 2\n kd interp1d k(5), kys\n ie dict_get 1, \"x\", 2\n ix pread 1, 2, 3\n pwrite 4, 5\n ig atstop 6
     chnset ka, \"a\"\n chnset kb, \"b\"\n chnset ic, \"c\"\n chnset kd, \"d\"\n chnset ie, \"e\"\n chnset ix, \"f\"\n chnset ig, \"g\"
    endin\n";

#[test]
fn the_documents_own_definition_wins() {
    check_orchestra(&format!("{OWN}{USE}"), &[300.0, 600.0, 900.0, -5.0, 3.0, 6.0, 7.0]);
}

#[test]
fn it_wins_in_code_that_is_compiled_later_and_old_notes_go_on() {
    let mut play = play("instr 10\n kx busin p4\n chnset kx, \"ours\"\n endin\n");
    let bus = play.running.assign_bus(None, Some(0.25), true).unwrap();
    play.note(&[10.0, bus.number()]).cycles(2);
    play.running.compile(&format!("{OWN}{USE}")).unwrap();
    play.running.write_bus(bus, 0.5).unwrap();
    play.note(&[1.0]).cycles(2);
    assert_eq!((play.channel("ours"), play.channel("a"), play.channel("c")), (0.5, 300.0, 900.0));
    // A new note of the old instrument still has ours.
    play.note(&[10.5, bus.number()]);
    play.running.kill(10.0);
    play.running.write_bus(bus, 0.75).unwrap();
    play.cycles(2);
    assert_eq!(play.channel("ours"), 0.75);
    assert_eq!(play.running.bus_status().buses[0].users, 1);
}

#[test]
fn a_definition_in_an_included_file_or_a_macro_wins() {
    let folder = std::env::temp_dir().join(format!("ksmps-own-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("own.inc");
    std::fs::write(&file, OWN).unwrap();
    check_orchestra(&format!("#include \"{}\"\n{USE}", file.display()), &[300.0, 600.0, 900.0]);
    std::fs::remove_dir_all(&folder).unwrap();
    check_orchestra(
        "#define NAME #busin#\nopcode $NAME, k, i\n ib xin\n kx = ib * 100\n xout kx\nendop\n\
         instr 1\n ka busin 3\n chnset ka, \"a\"\n endin\n",
        &[300.0],
    );
}

#[test]
fn every_name_can_be_defined_by_the_document() {
    for name in [
        "busin",
        "busout",
        "busmix",
        "busassign",
        "pread",
        "pwrite",
        "uniqinstance",
        "atstop",
        "interp1d",
        "bisect",
        "initerror",
        "throwerror",
        "dict_new",
        "dict_get",
        "dict_set",
        "dict_del",
        "dict_size",
        "dict_exists",
        "dict_free",
        "pool_new",
        "pool_gen",
        "pool_pop",
        "pool_push",
        "pool_size",
        "pool_capacity",
        "pool_isfull",
        "pool_at",
        "pool_free",
        "panstereo",
        "detectsilence",
        "zeroarray",
        "ftsetparams",
        "getrowlin",
        "beosc",
        "beadsynt",
    ] {
        for (types, body) in [("k, k", "k1 xin\n xout k1 * 2"), ("k, O", "k1 xin\n xout k1 * 2")] {
            check_orchestra(
                &format!(
                    "opcode {name}, {types}\n {body}\nendop\ninstr 1\n ka {name} k(4)\n chnset ka, \"a\"\n endin\n"
                ),
                &[8.0],
            );
        }
        check_orchestra(
            &format!(
                "opcode {name}, 0, k\n k1 xin\n chnset k1, \"a\"\nendop\ninstr 1\n {name} k(4)\n endin\n"
            ),
            &[4.0],
        );
    }
}

#[test]
fn our_names_are_free_for_everything_else() {
    for body in [
        "atstop = a(k(2))\n kx downsamp atstop\n chnset kx, \"a\"",
        "atstop init 2\n kx downsamp atstop\n chnset kx, \"a\"",
        "  atstop, ax pan2 a(k(2)), 0\n kx downsamp atstop\n chnset kx, \"a\"",
        "initerror = 2\n chnset initerror, \"a\"",
        "interp1d init 1\n interp1d += 1\n chnset interp1d, \"a\"",
        "kgoto bisect\n bisect:\n chnset k(2), \"a\"",
        "ibusin = 2\n chnset ibusin, \"a\"",
    ] {
        check_orchestra(&format!("instr 1, panstereo\n{body}\n endin\n"), &[2.0]);
    }
    // In code that is compiled later, too; the opcodes stay for what has them.
    let mut play = play("instr 1\n atstop 2, 0, 1\n endin\n");
    play.running
        .compile("instr 2\n atstop = a(k(2))\n kx downsamp atstop\n chnset kx, \"a\"\n endin\n")
        .unwrap();
    play.note_for(1, &[1.0]).cycles(4);
    assert_eq!(play.channel("a"), 2.0);
}
