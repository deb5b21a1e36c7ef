//! Opcodes of the host's.

use std::sync::atomic::{AtomicUsize, Ordering};

use ksmps_csound::host::{Arguments, InputRate, Opcode, OpcodeFailure, OutputRate};

use super::{compiled, peak, silent};

static VALUES: AtomicUsize = AtomicUsize::new(0);

/// `aout, ksum blend ain, kgain, ioffset`: with a sum over the note.
struct Blend {
    offset: f64,
    sum: f64,
}

impl Opcode for Blend {
    const NAME: &'static str = "blend_test";
    const OUTPUTS: &'static [OutputRate] = &[OutputRate::Audio, OutputRate::Control];
    const INPUTS: &'static [InputRate] = &[InputRate::Audio, InputRate::Control, InputRate::Init];

    fn init(arguments: &mut Arguments<'_>) -> Result<Self, String> {
        VALUES.fetch_add(1, Ordering::SeqCst);
        assert_eq!(arguments.sr(), 48000.0);
        Ok(Self { offset: arguments.number(2), sum: 0.0 })
    }

    fn perform(&mut self, arguments: &mut Arguments<'_>) -> Result<(), String> {
        let (output, input, gain) = (arguments.audio_output(0), arguments.audio(0), arguments.number(1));
        for frame in arguments.frames() {
            output[frame].set(input[frame].get() * gain + self.offset);
            self.sum += 1.0;
        }
        arguments.set_number(1, self.sum);
        // What there is none of.
        assert!(
            arguments.audio(1).is_empty()
                && arguments.audio_output(1).is_empty()
                && arguments.text(0).is_empty()
        );
        Ok(())
    }
}

impl Drop for Blend {
    fn drop(&mut self) {
        VALUES.fetch_sub(1, Ordering::SeqCst);
    }
}

/// `iletters letters_test Stext`: with an init pass alone.
struct Letters;

impl Opcode for Letters {
    const NAME: &'static str = "letters_test";
    const OUTPUTS: &'static [OutputRate] = &[OutputRate::Init];
    const INPUTS: &'static [InputRate] = &[InputRate::Text];
    const PERFORMS: bool = false;

    fn init(arguments: &mut Arguments<'_>) -> Result<Self, String> {
        let text = arguments.text(0);
        arguments.set_number(0, text.chars().count() as f64);
        if text.is_empty() { Err("a text without letters".to_owned()) } else { Ok(Self) }
    }
}

pub fn an_opcode_is_written_in_rust() {
    let mut csound = silent();
    called!(csound.append_opcode::<Blend>()).expect("its name is free");
    csound.append_opcode::<Letters>().expect("its name is free");
    csound.set_host_implemented_audio_io(true, 0);
    // In place: the output is the input.
    let orchestra = "sr = 48000\nksmps = 4\nnchnls = 1\n0dbfs = 1\ninstr 1\n a1 init 0.5\n a1 = a(0.5)\n a1, k1 blend_test a1, 0.5, 0.125\n\
                     chnset(k1, \"sum\")\n out(a1)\nendin\ninstr 2\n chnset(letters_test(\"four\"), \"letters\")\nendin\n";
    let mut csound = csound.compile_orc(orchestra).expect("it compiles");
    csound.read_score("i 1 0 0.001\ni 2 0 1\n").expect("it is read");
    let mut csound = csound.start().expect("it starts");
    // In its first cycle the number becomes audio in steps.
    csound.perform_ksmps();
    assert_eq!(csound.control_channel("sum"), Ok(4.0));
    csound.perform_ksmps();
    assert_eq!(csound.spout(), [0.375; 4]);
    assert_eq!(csound.control_channel("sum"), Ok(8.0));
    assert_eq!(csound.control_channel("letters"), Ok(4.0));
    assert_eq!(VALUES.load(Ordering::SeqCst), 1);
    for _ in 0..20 {
        csound.perform_ksmps();
    }
    assert_eq!(csound.control_channel("sum"), Ok(48.0), "the length of the note");
    assert_eq!(VALUES.load(Ordering::SeqCst), 0, "its value is gone with the note");
    // One that sounds while the instance goes.
    csound.input_message("i 1 0 100").expect("it is understood");
    csound.perform_ksmps();
    assert_eq!(VALUES.load(Ordering::SeqCst), 1);
    drop(csound);
    assert_eq!(VALUES.load(Ordering::SeqCst), 0);
}

/// `failing_test kwhen`
struct Failing;

impl Opcode for Failing {
    const NAME: &'static str = "failing_test";
    const OUTPUTS: &'static [OutputRate] = &[];
    const INPUTS: &'static [InputRate] = &[InputRate::Control];

    fn init(_: &mut Arguments<'_>) -> Result<Self, String> {
        Ok(Self)
    }

    fn perform(&mut self, arguments: &mut Arguments<'_>) -> Result<(), String> {
        match arguments.number(0) {
            1.0 => Err("it was told to".to_owned()),
            2.0 => panic!("this panic is a part of a test"),
            _ => Ok(()),
        }
    }
}

struct Misnamed;

impl Opcode for Misnamed {
    const NAME: &'static str = "mis named";
    const OUTPUTS: &'static [OutputRate] = &[];
    const INPUTS: &'static [InputRate] = &[];

    fn init(_: &mut Arguments<'_>) -> Result<Self, String> {
        Ok(Self)
    }
}

pub fn opcodes_fail_in_words() {
    let mut csound = silent();
    csound.append_opcode::<Failing>().expect("its name is free");
    csound.append_opcode::<Letters>().expect("its name is free");
    assert_eq!(csound.append_opcode::<Misnamed>(), Err(OpcodeFailure::Name("mis named".to_owned())));
    csound.create_message_buffer(false);
    csound.set_host_implemented_audio_io(true, 0);
    let orchestra = "0dbfs = 1\ninstr 1\n failing_test p4\n out(a(0.5))\nendin\ninstr 2\n ilen = letters_test(\"\")\n out(a(0.5))\nendin\n";
    let mut csound = csound.compile_orc(orchestra).expect("it compiles").start().expect("it starts");
    for (note, expected) in [
        ("i 1 0 1 1", "it was told to"),
        ("i 1 0 1 2", "the opcode panicked"),
        ("i 2 0 1", "a text without letters"),
    ] {
        csound.input_message(note).expect("it is understood");
        csound.perform_ksmps();
        csound.perform_ksmps();
        assert_eq!(peak(&csound), 0.0, "{note}: the note has ended");
        let said: String =
            std::iter::from_fn(|| csound.pop_first_message()).map(|message| message.text).collect();
        assert!(said.contains(expected), "{note}: {said}");
    }
    csound.input_message("i 1 0 1 0").expect("it is understood");
    csound.perform_ksmps();
    assert_eq!(peak(&csound), 0.5, "nothing else ended");
    drop(compiled("instr 1\nendin\n"));
}
