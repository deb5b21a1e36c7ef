//! The object `csound`, through which Python code reaches its engine.

use super::harness::{KSMPS, check, play, python};

#[test]
fn it_knows_rates_channels_and_time() {
    let Some(python) = python() else { return };
    let orchestra = "A4 = 442\ninstr 1\n pyrun {{\nfor name, value in zip('abcdefghi', (csound.sr(), csound.kr(), csound.ksmps(), \
        csound.nchnls(), csound.get0dBFS(), csound.A4(), csound.currentTimeSamples(), csound.scoreTime(), \
        csound.version())):\n    csound.setControlChannel(name, value)\n}}\nendin\n";
    // The frames that the cycle's end will have reached.
    let frames = 3.0 * KSMPS as f64;
    let expected = [48000.0, 3000.0, 16.0, 2.0, 1.0, 442.0, frames, frames / 48000.0, 6181.0];
    check(python, orchestra, &expected);
}

#[test]
fn it_reads_and_writes_channels_of_numbers_and_texts() {
    let Some(python) = python() else { return };
    let orchestra = "chn_k \"in\", 1\nchn_S \"words\", 3\nchnset \"naïve\", \"words\"\ninstr 1\n kin init 0\n kin += 1\n chnset kin, \
        \"in\"\n pyrun {{\nvalue, code = csound.controlChannel('in')\ncsound.setControlChannel('a', value * 2 + \
        code)\ncsound.setControlChannel('b', len(csound.stringChannel('words')))\ncsound.setStringChannel('back', \
        'x' * 20)\ntry:\n    csound.setStringChannel('in', 'no')\nexcept KeyError:\n    csound.setControlChannel('d', \
        1)\n}}\n Sback chnget \"back\"\n kc strlenk Sback\n chnset kc, \"c\"\nendin\n";
    check(python, orchestra, &[6.0, 5.0, 20.0, 1.0]);
}

#[test]
fn it_reads_and_writes_tables() {
    let Some(python) = python() else { return };
    let orchestra = "gi1 ftgen 1, 0, 8, -2, 1, 2, 3, 4, 5, 6, 7, 8\ngi2 ftgen 2, 0, -4, -2, 0\ninstr 1\n pyruni {{\nfrom array import \
        array\nset = csound.setControlChannel\nset('a', csound.tableLength(1) * 10 + csound.tableLength(99))\nset('b', \
        sum(csound.table(1)))\ncsound.tableSet(1, 7, -8)\nset('c', csound.tableGet(1, 7))\ncopy = array('d', bytes(8 * \
        8))\ncsound.tableCopyOut(1, copy)\nset('d', copy[7] + copy[0])\nlist_copy = [0] * 9\ncsound.tableCopyOut(1, \
        list_copy)\nset('e', len(list_copy) + list_copy[6])\ncsound.tableCopyIn(2, [4, 3, 2])\ncsound.tableCopyIn(2, \
        array('d', [9]))\nset('f', 1000 * csound.tableGet(2, 0) + 100 * csound.tableGet(2, 1) + \
        csound.tableGet(2, 3))\nassert csound.table(99) is None\nwrong = 0\nfor attempt in (lambda: csound.tableGet(1, 8), \
        lambda: csound.tableGet(99, 0), lambda: csound.tableCopyIn(2, [0] * 5), lambda: csound.tableGet(1, -1)):\n    \
        try:\n        attempt()\n    except (LookupError, ValueError, OverflowError):\n        wrong += 1\nset('g', \
        wrong)\n}}\n i1 tab_i 7, 1\n chnset i1, \"h\"\nendin\n";
    check(python, orchestra, &[79.0, 36.0, -8.0, -7.0, 16.0, 9300.0, 4.0, -8.0]);
}

#[test]
fn it_sends_events() {
    let Some(python) = python() else { return };
    let orchestra = "instr 1\n pyruni {{\ncsound.scoreEvent('i', [2, 0, 0.1, 3.5])\ncsound.scoreEvent('i', ('named', 0, 0.1, 'hello', \
        7))\ncsound.inputMessage('i 3 0 0.1 11 ; a note\\\\ni \"named\" 0 .1 \"hey\" 8')\ncsound.scoreEventAbsolute('i', [4, 0.0, \
        0.1], 0.001)\nwrong = 0\nfor letter, fields in (('x', [1, 0, 1]), ('i', ['nobody', 0, 1]), ('i', [1]), ('e', ['x', \
        'y'])):\n    try:\n        csound.scoreEvent(letter, fields)\n    except ValueError:\n        wrong += \
        1\ncsound.setControlChannel('e', wrong)\n}}\nendin\ninstr 2\n chnset p4, \"a\"\nendin\ninstr 3\n chnset p4, \"b\"\nendin\n\
        instr 4\n k1 times\n if timeinstk() == 1 then\n chnset round(k1 * 48000), \"d\"\n endif\nendin\ninstr named\n ilen strlen \
        strget(p4)\n gic = gic + ilen * 10 + p5\n chnset gic, \"c\"\nendin\n";
    let mut play = play(python, &format!("gic init 0\n{orchestra}"));
    play.note(3, &[1.0]).cycles(8);
    let values = ["a", "b", "c", "e"].map(|name| play.channel(name));
    // Two notes of the named instrument: 5 letters and 7, 3 letters and 8.
    assert_eq!(values, [3.5, 11.0, 95.0, 4.0], "{}", play.said());
    let (at, said) = (play.channel("d"), play.said().to_owned());
    assert!((48.0..=80.0).contains(&at), "{at} {said}");
}

#[test]
fn what_is_printed_is_said_by_csound() {
    let Some(python) = python() else { return };
    let orchestra = "instr 1\n pyruni {{\nimport sys\nprint('hello', 3, 'naïve')\nprint('to the errors', file=sys.stderr)\n\
        csound.message('%d of %s\\\\n', 4, 'five')\ncsound.message('100%\\\\n')\nprint('long ' * 300)\nassert not \
        sys.stdout.isatty()\ntry:\n    input()\nexcept (RuntimeError, EOFError):\n    print('nothing to read')\n}}\nendin\n";
    let mut play = play(python, orchestra);
    play.note(1, &[1.0]).cycles(2);
    let said = play.said().to_owned();
    for line in ["hello 3 naïve", "to the errors", "4 of five", "100%", "nothing to read"] {
        assert!(said.lines().any(|said| said.trim() == line), "{line}: {said}");
    }
    assert!(said.contains(&"long ".repeat(299)), "{said}");
}

#[test]
fn it_is_its_own_engines_alone() {
    let Some(python) = python() else { return };
    // One engine leaves its object where the other finds it.
    let mut one = play(python, "pyruni \"import sys; sys.left = csound\"\ninstr 1\nendin\n");
    one.cycles(1);
    let orchestra = "instr 1\n pyruni {{\nimport sys, threading\ncsound.setControlChannel('a', csound.sr())\ntry:\n    \
        sys.left.sr()\nexcept RuntimeError:\n    csound.setControlChannel('b', 1)\nheard = []\ndef ask():\n    try:\n        \
        csound.sr()\n    except RuntimeError:\n        heard.append(1)\n    print('from another thread')\nthread = \
        threading.Thread(target=ask)\nthread.start()\nthread.join()\ncsound.setControlChannel('c', len(heard))\n}}\n k1 pyeval \
        \"1\"\nendin\n";
    let mut other = play(python, orchestra);
    other.note(3, &[1.0]).cycles(3);
    let values = ["a", "b", "c"].map(|name| other.channel(name));
    assert_eq!(values, [48000.0, 1.0, 1.0], "{}", other.said());
    assert_eq!(other.count("from another thread"), 1);
}
