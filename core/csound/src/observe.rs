//! What Csound is doing at this moment, seen from outside the thread that does it: by another thread where it hangs, in a
//! signal handler where it dies.
//!
//! Nothing that is seen has to be whole: the instance may be in the middle of anything. So each piece of it is copied by a
//! function that says where there is no memory, and what comes out is words for a message, nothing else.

use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

use ksmps_data::doing::{Doing, NAME_BYTES, Pass, ShortName};

use crate::layout::seen;
use crate::raw::CSOUND;

/// The instance that was made last, of a build whose layout is known.
static NEWEST: AtomicPtr<CSOUND> = AtomicPtr::new(ptr::null_mut());
/// Who is looking at it now.
static LOOKING: AtomicU32 = AtomicU32::new(0);
/// Instances that are looked through for the one that performs.
const INSTANCES_MAX: usize = 512;

/// How often the opcode that performs is looked for: in a short loop the next one may be called between two copies.
const LOOKS: usize = 16;

/// Copies memory, or says that it is not there.
pub type Peek<'a> = &'a dyn Fn(*const u8, &mut [u8]) -> bool;

/// An instance is there to be looked at. `[control]`
pub(crate) fn begin(cs: *mut CSOUND) {
    NEWEST.store(cs, Ordering::SeqCst);
}

/// An instance is about to go: nobody looks at it from now on. `[control]`
pub(crate) fn end(cs: *mut CSOUND) {
    if NEWEST.compare_exchange(cs, ptr::null_mut(), Ordering::SeqCst, Ordering::SeqCst).is_ok() {
        while LOOKING.load(Ordering::SeqCst) > 0 {
            std::thread::yield_now();
        }
    }
}

/// What the newest instance of this process is doing; `None` where there is none, or nothing of it can be read. It
/// allocates nothing and takes no lock: a signal handler may call it. `[any]`
pub fn doing(peek: Peek<'_>) -> Option<Doing> {
    LOOKING.fetch_add(1, Ordering::SeqCst);
    let cs = NEWEST.load(Ordering::SeqCst);
    let seen = if cs.is_null() { None } else { look(Address(cs.cast()), peek) };
    LOOKING.fetch_sub(1, Ordering::SeqCst);
    seen
}

/// Where something lies, or should.
#[derive(Clone, Copy)]
struct Address(*const u8);

impl Address {
    fn bytes<const N: usize>(self, offset: usize, peek: Peek<'_>) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        (!self.0.is_null() && peek(self.0.wrapping_add(offset), &mut bytes)).then_some(bytes)
    }

    fn follow(self, offset: usize, peek: Peek<'_>) -> Option<Self> {
        let address = usize::from_ne_bytes(self.bytes(offset, peek)?);
        (address != 0).then_some(Self(ptr::without_provenance(address)))
    }

    /// The text at this address.
    fn name(self, peek: Peek<'_>) -> ShortName {
        let mut kept = [0; NAME_BYTES];
        for (at, byte) in kept.iter_mut().enumerate() {
            match self.bytes::<1>(at, peek) {
                Some([read]) if read != 0 => *byte = read,
                _ => break,
            }
        }
        ShortName::new(&kept)
    }
}

fn look(cs: Address, peek: Peek<'_>) -> Option<Doing> {
    let (pass, opcode) = match i32::from_ne_bytes(cs.bytes(seen::MODE, peek)?) {
        1 => (Pass::Init, cs.follow(seen::INIT_OPCODE, peek)),
        2 => (Pass::Performance, (0..LOOKS).find_map(|_| performing(cs, peek))),
        _ => return Some(Doing::NOTHING),
    };
    let mut doing = Doing { pass, ..Doing::NOTHING };
    let Some(opcode) = opcode else { return Some(doing) };
    doing.place = opcode.0.addr() as u64;
    if let Some(text) = opcode.follow(seen::OPCODE_TEXT, peek) {
        let line = text.bytes(seen::TEXT_LINE, peek).map_or(0, u16::from_ne_bytes);
        // Labels have the highest number.
        doing.line = if line == u16::MAX { 0 } else { line.into() };
        doing.opcode = text.follow(seen::TEXT_NAME, peek).map_or(doing.opcode, |name| name.name(peek));
    }
    let Some(instance) = opcode.follow(seen::OPCODE_INSTANCE, peek) else { return Some(doing) };
    doing.instrument = instance.bytes(seen::P1, peek).map_or(0.0, f64::from_ne_bytes) as i32;
    let instrument = instance.follow(seen::INSTRUMENT, peek);
    if let Some(user) = instrument.and_then(|one| one.follow(seen::USER_OPCODE, peek)) {
        doing.inside = user.follow(seen::USER_OPCODE_NAME, peek).map_or(doing.inside, |name| name.name(peek));
    }
    let named =
        cs.follow(seen::INSTRUMENTS, peek).filter(|_| (1..=i32::from(i16::MAX)).contains(&doing.instrument));
    let named = named.and_then(|list| list.follow(doing.instrument as usize * size_of::<usize>(), peek));
    if let Some(name) = named.and_then(|one| one.follow(seen::INSTRUMENT_NAME, peek)) {
        doing.instrument_name = name.name(peek);
    }
    Some(doing)
}

/// The opcode that performs: the one that an instance points at whose name is the one that was called last. Of an instance
/// that has performed it is its last one: so one that has others behind it comes first.
fn performing(cs: Address, peek: Peek<'_>) -> Option<Address> {
    let called: [u8; size_of::<usize>()] = cs.bytes(seen::CALLED, peek)?;
    let first = cs.follow(seen::FIRST_ACTIVE, peek);
    let next = |instance: &Address| instance.follow(seen::NEXT_ACTIVE, peek);
    let mut found = None;
    for instance in std::iter::successors(first, next).take(INSTANCES_MAX) {
        let Some(opcode) = instance.follow(seen::PERFORMED_OPCODE, peek) else { continue };
        let text = opcode.follow(seen::OPCODE_TEXT, peek);
        if text.and_then(|text| text.bytes(seen::TEXT_NAME, peek)) != Some(called) {
            continue;
        }
        found = Some(opcode);
        if opcode.follow(seen::NEXT_PERFORMED, peek).is_some() {
            break;
        }
    }
    found
}
