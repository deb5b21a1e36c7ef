//! The floating-point state that Csound wants, for as long as a call lasts.
//!
//! The csound command line runs with denormals flushed to zero; without that, two of 202 measured documents
//! sounded different. A host's thread may be set otherwise and gets its own state back.

/// Flushes denormals to zero until dropped.
pub(crate) struct FlushDenormals {
    before: State,
}

#[cfg(target_arch = "x86_64")]
type State = u32;
#[cfg(target_arch = "aarch64")]
type State = u64;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
type State = ();

impl FlushDenormals {
    /// Sets the state of this thread. `[any]`
    pub fn new() -> Self {
        let before = current();
        set(flushing(before));
        Self { before }
    }
}

impl Drop for FlushDenormals {
    fn drop(&mut self) {
        set(self.before);
    }
}

/// Computes with denormals, as programs do, until dropped: for code that is not Csound's.
pub(crate) struct KeepDenormals {
    before: State,
}

impl KeepDenormals {
    /// Sets the state of this thread. `[any]`
    pub fn new() -> Self {
        let before = current();
        set(keeping(before));
        Self { before }
    }
}

impl Drop for KeepDenormals {
    fn drop(&mut self) {
        set(self.before);
    }
}

/// The thread's present control and status bits; tests compare them. `[any]`
#[cfg(target_arch = "x86_64")]
pub(crate) fn current() -> State {
    let mut bits: u32 = 0;
    // SAFETY: stores MXCSR into a local of its size.
    unsafe { std::arch::asm!("stmxcsr [{}]", in(reg) &raw mut bits, options(nostack, preserves_flags)) };
    bits
}

#[cfg(target_arch = "x86_64")]
fn set(bits: State) {
    // SAFETY: only FTZ and DAZ differ from what the thread had; neither is reserved on x86-64.
    unsafe {
        std::arch::asm!("ldmxcsr [{}]", in(reg) &raw const bits, options(nostack, readonly, preserves_flags))
    };
}

#[cfg(target_arch = "x86_64")]
fn flushing(bits: State) -> State {
    const FTZ: u32 = 0x8000;
    const DAZ: u32 = 0x0040;
    bits | FTZ | DAZ
}

#[cfg(target_arch = "x86_64")]
fn keeping(bits: State) -> State {
    bits & !flushing(0)
}

#[cfg(target_arch = "aarch64")]
pub(crate) fn current() -> State {
    let bits: u64;
    // SAFETY: reads FPCR.
    unsafe { std::arch::asm!("mrs {}, fpcr", out(reg) bits, options(nomem, nostack, preserves_flags)) };
    bits
}

#[cfg(target_arch = "aarch64")]
fn set(bits: State) {
    // SAFETY: only FZ differs from what the thread had.
    unsafe { std::arch::asm!("msr fpcr, {}", in(reg) bits, options(nomem, nostack, preserves_flags)) };
}

#[cfg(target_arch = "aarch64")]
fn flushing(bits: State) -> State {
    bits | 1 << 24
}

#[cfg(target_arch = "aarch64")]
fn keeping(bits: State) -> State {
    bits & !flushing(0)
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(crate) fn current() -> State {}
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn set(_: State) {}
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn flushing(bits: State) -> State {
    bits
}
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn keeping(bits: State) -> State {
    bits
}
