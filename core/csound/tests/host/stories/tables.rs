//! Tables, and what an instance has beside.

use ksmps_csound::host::NoTable;

use super::{compiled, playing};

pub fn tables_are_read_and_written() {
    let mut csound = playing("instr 1\nendin\n", "f 1 0 4 -2 1 2 3 4\nf 2 0 4 -7 0 4 8\nf 0 10\n");
    csound.perform_ksmps();
    assert_eq!(called!(csound.table(1)), Some(&[1.0, 2.0, 3.0, 4.0][..]));
    assert_eq!(csound.table(99), None);
    assert_eq!(csound.table(0), None);
    csound.table_mut(1).expect("it is there")[0] = 10.0;
    assert_eq!(called!(csound.table_args(2)), Some(&[-7.0, 0.0, 4.0, 8.0][..]));
    assert_eq!(csound.table_args(99), None);
    assert_eq!(called!(csound.table_length(1)), Some(4));
    assert_eq!(csound.table_length(99), None);
    assert_eq!(called!(csound.table_get(1, 0)), Some(10.0));
    assert!(csound.table_get(1, 4).is_some(), "the guard point");
    assert_eq!(csound.table_get(1, 5), None);
    assert_eq!(called!(csound.table_set(1, 3, -1.0)), Ok(()));
    assert_eq!(csound.table_set(1, 5, 0.0), Err(NoTable(1)));
    assert_eq!(csound.table_set(99, 0, 0.0), Err(NoTable(99)));
    assert_eq!(called!(csound.table_copy_in(1, &[5.0, 6.0, 7.0, 8.0, 9.0])), Ok(()));
    let mut values = [0.0; 3];
    assert_eq!(called!(csound.table_copy_out(1, &mut values)), Ok(3));
    assert_eq!(values, [5.0, 6.0, 7.0]);
    assert_eq!(csound.table_copy_out(99, &mut values), Err(NoTable(99)));
    assert_eq!(csound.eval_code("return table(3, 1)\n"), Ok(8.0), "the orchestra sees what was written");
}

pub fn gens_and_opcodes_are_listed() {
    let csound = compiled("instr 1\nendin\n");
    let gens = called!(csound.named_gens());
    assert!(!gens.is_empty(), "Csound brings some: tanh, exp, …");
    for named in &gens {
        assert_eq!(called!(csound.is_named_gen(named.number)), Some(named.name.len()), "{named:?}");
        assert_eq!(called!(csound.named_gen(named.number)).as_ref(), Some(&named.name));
    }
    assert_eq!((csound.is_named_gen(10), csound.named_gen(10)), (None, None));
    let opcodes = called!(csound.opcodes()).expect("there is a list");
    assert!(opcodes.len() > 1000);
    let oscili = opcodes.iter().filter(|opcode| opcode.name == "oscili").count();
    assert!(oscili >= 2, "{oscili} forms");
    assert!(opcodes.is_sorted_by(|one, other| one.name <= other.name));
}
