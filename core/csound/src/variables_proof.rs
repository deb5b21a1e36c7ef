//! The proof, made once in a process, that variables lie where the layout says.
//!
//! An instance of Csound with variables of all kinds plays two cycles. What is seen of them through the offsets is compared
//! with what Csound's debugger says of the same instance, with Csound's own search by name, and with the values that the
//! text gives them.

use std::ffi::{CStr, c_void};
use std::sync::OnceLock;

use crate::layout::{Active, Layout, Pool, Value, VariableEntry};
use crate::preparing::Preparing;
use crate::raw::{CSOUND, DebugInstance, Debugger};
use crate::running::{Performed, Running};
use crate::variables::VariablesProven;

/// Its values of cycle n, from 1: `kproof` n/4, `aproof` the same, `apulse` 1/2 on the first frame of all, `kudo` n/2,
/// `gkproof` n/4 + 1.
const ORCHESTRA: &str = "ksmps = 16\nnchnls = 1\n0dbfs = 1\n\
    gkproof init 0\n gkproofs[] fillarray 1.5, 2.5\n gSproof = \"global\"\n\
    opcode KsmpsSeen, k, k\n kin xin\n kinner = kin*2\n xout kinner\nendop\n\
    instr 1\n iproof = 0.125\n kproof init 0\n kproof += 0.25\n Sproof = \"text\"\n kproofs[] fillarray 3, 4, 5\n \
    aproof upsamp kproof\n apulse mpulse 0.5, 0\n fproof pvsanal aproof, 64, 16, 64, 1\n kudo KsmpsSeen kproof\n \
    gkproof = kproof + 1\nendin\n";
const FRAMES: usize = 16;

/// What was found in this process, or what another one has found of the same file.
static PROOF: OnceLock<Result<(), String>> = OnceLock::new();

/// Takes it as shown that variables lie where the layout says, unless this process has looked by itself. Only for the file of
/// Csound of which another process has shown it. `[control]`
pub fn take_variables_as_proven() {
    PROOF.get_or_init(|| Ok(()));
}

/// Whether variables lie where they should; the error says what was seen instead. The first call takes some
/// milliseconds. `[control]`
///
/// # Errors
/// Why variables cannot be seen, in words.
pub fn prove_variables() -> Result<VariablesProven, String> {
    let proof = PROOF.get_or_init(|| {
        let failed = |what| format!("variables cannot be watched: {what} in the start-up test");
        let mut running = start().map_err(|_| failed("the test orchestra did not start"))?;
        for cycle in 1..=2 {
            if running.perform() != Performed::Cycle {
                return Err(failed("Csound did not perform"));
            }
            Test::of(&running).and_then(|test| test.all(f64::from(cycle))).map_err(failed)?;
        }
        Ok(())
    });
    proof.clone().map(|()| VariablesProven(()))
}

fn start() -> Result<Running, crate::Failure> {
    let mut preparing = Preparing::create()?;
    preparing.option("--sample-rate=48000")?;
    preparing.compile(ORCHESTRA)?;
    preparing.read_score("i 1 0 1\n")?;
    preparing.start()
}

/// One instance of the test orchestra after a cycle.
struct Test<'a> {
    layout: Layout,
    debugger: &'a Debugger,
    cs: *mut CSOUND,
    active: Active,
    pool: Pool,
    globals: Pool,
}

/// What was wrong.
type Checked = Result<(), &'static str>;

fn check(holds: bool, what: &'static str) -> Checked {
    if holds { Ok(()) } else { Err(what) }
}

impl<'a> Test<'a> {
    fn of(running: &'a Running) -> Result<Self, &'static str> {
        let (layout, cs) = running.parts().ok_or("this build of Csound is not one whose layout is known")?;
        let debugger = layout.api().debugger.as_ref().ok_or("Csound's debugger was not found")?;
        // SAFETY: a live instance that does not perform now, owned by this thread.
        let (mut active, globals) = unsafe { (layout.active(cs), layout.globals(cs)) };
        let active = active.next().ok_or("no instance sounded")?;
        let pool = active.pool().ok_or("an instance had no variables")?;
        let globals = globals.ok_or("there were no global variables")?;
        Ok(Self { layout, debugger, cs, active, pool, globals })
    }

    fn all(&self, cycle: f64) -> Checked {
        // SAFETY: a live instance whose orchestra has compiled instrument 1.
        let text = unsafe { self.layout.instrument_text(self.cs, 1) };
        check(text == self.active.text(), "an instance had another text than its instrument")?;
        self.debugged()?;
        self.counted(self.pool)?;
        self.counted(self.globals)?;
        self.values(cycle)?;
        self.called(cycle)
    }

    /// What the debugger says of the instance and of its variables.
    fn debugged(&self) -> Checked {
        // SAFETY: a live instance that does not perform now; what the debugger gives is freed before anything else runs.
        unsafe {
            let head = (self.debugger.instances)(self.cs);
            let own = self.active.address().cast_const().cast::<c_void>();
            let mut at = head;
            while !at.is_null() && (*at).instance != own {
                at = (*at).next;
            }
            let checked =
                if at.is_null() { Err("the debugger saw other instances") } else { self.agrees(at) };
            (self.debugger.free_instances)(self.cs, head);
            checked
        }
    }

    /// # Safety
    /// `seen` is what the debugger gave for the instance.
    unsafe fn agrees(&self, seen: *mut DebugInstance) -> Checked {
        // SAFETY: the caller says so; variables are freed before anything else runs.
        unsafe {
            check(
                (*seen).variables == self.active.variables().cast(),
                "an instance's variables were elsewhere",
            )?;
            check((*seen).cycles == self.active.cycles(), "an instance's cycles were elsewhere")?;
            check((*seen).pfields[0].to_bits() == self.active.p1().to_bits(), "p1 was elsewhere")?;
            let head = (self.debugger.variables)(self.cs, seen);
            let mut at = head;
            let agrees = self.pool.entries().all(|entry| {
                let Some(variable) = at.as_ref() else { return false };
                at = variable.next;
                let place = entry.place_from(self.active.variables()).cast_const().cast();
                let is_number =
                    matches!(entry.value_in(self.active), Some(Value::Number(_) | Value::Sound(_)));
                variable.name == entry.name()
                    && variable.type_name == entry.type_name()
                    && (!is_number || variable.data == place)
            });
            let agrees = agrees && at.is_null();
            (self.debugger.free_variables)(self.cs, head);
            check(agrees, "a variable was not where the debugger says")
        }
    }

    /// A pool has as many variables as it says, each is found by its name, and each has its type before its value.
    fn counted(&self, pool: Pool) -> Checked {
        check(pool.entries().count() == pool.count(), "variables were not as many as they should")?;
        for entry in pool.entries() {
            // SAFETY: a live instance and a pool of its own; names are C strings.
            let (found, other) = unsafe {
                let name = CStr::from_ptr(entry.name());
                let other = (self.debugger.find_variable)(self.cs, pool.address().cast(), name.as_ptr());
                (self.layout.variable(self.cs, pool, name), other)
            };
            check(found == Some(entry) && entry.is_at(other), "a variable was not found by its name")?;
            let place = match pool == self.globals {
                true => entry.global_place(),
                false => entry.place_from(self.active.variables()),
            };
            // SAFETY: a place of this entry in a live instance.
            let is_typed = place.is_null() || unsafe { entry.has_its_type(place) };
            check(is_typed, "a variable's value was not of its type")?;
        }
        Ok(())
    }

    /// Variables of all kinds hold what the text gives them.
    fn values(&self, cycle: f64) -> Checked {
        let value = |name| self.entry(self.pool, name).and_then(|entry| entry.value_in(self.active));
        let global = |name| self.entry(self.globals, name).and_then(VariableEntry::global_value);
        let held = [
            (number(value(c"iproof")), 0.125),
            (number(value(c"kproof")), cycle / 4.0),
            (number(value(c"kudo")), cycle / 2.0),
            (number(global(c"gkproof")), cycle / 4.0 + 1.0),
            (number(global(c"ksmps")), FRAMES as f64),
        ];
        check(
            held.iter().all(|(seen, expected)| *seen == Some(*expected)),
            "a variable held another number",
        )?;
        let pulse = |frame| f64::from(u8::from(frame == 0 && cycle == 1.0)) / 2.0;
        check(sound_is(value(c"aproof"), |_| cycle / 4.0), "a variable held another sound")?;
        check(sound_is(value(c"apulse"), pulse), "a variable held another sound")?;
        let others =
            [value(c"Sproof"), value(c"kproofs"), value(c"fproof"), global(c"gSproof"), global(c"gkproofs")];
        check(
            others.iter().all(|other| *other == Some(Value::Other)),
            "a text or an array was taken for a number",
        )?;
        check(
            value(c"gkproof").is_none() && global(c"kproof").is_none(),
            "a variable was found where it is not",
        )
    }

    /// The opcode that the instrument calls.
    fn called(&self, cycle: f64) -> Checked {
        let callee = self.active.callees().next().ok_or("a call was not seen")?;
        let is_its_own = callee.is_of_opcode(c"KsmpsSeen") && !self.active.is_of_opcode(c"KsmpsSeen");
        check(is_its_own, "a call was of another opcode")?;
        check(self.active.caller_of_newest_callee() == Some(self.active), "a call was another instance's")?;
        let inner = callee.pool().and_then(|pool| self.entry(pool, c"kinner"));
        let inner = number(inner.and_then(|entry| entry.value_in(callee)));
        check(inner == Some(cycle / 2.0), "a variable of an opcode held another number")
    }

    fn entry(&self, pool: Pool, name: &CStr) -> Option<VariableEntry> {
        // SAFETY: a live instance owned by this thread, and a pool of its own.
        unsafe { self.layout.variable(self.cs, pool, name) }
    }
}

fn number(value: Option<Value>) -> Option<f64> {
    match value {
        // SAFETY: a number of a live instance, with its type before it.
        Some(Value::Number(place)) => Some(unsafe { place.read() }),
        _ => None,
    }
}

fn sound_is(value: Option<Value>, expected: impl Fn(usize) -> f64) -> bool {
    let Some(Value::Sound(place)) = value else { return false };
    // SAFETY: a sound of a live instance with cycles of so many frames, with its type before it.
    let samples = unsafe { std::slice::from_raw_parts(place, FRAMES) };
    samples.iter().enumerate().all(|(frame, sample)| *sample == expected(frame))
}
