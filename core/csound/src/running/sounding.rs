//! The sounding instances and their p-fields, between cycles.
//!
//! All of them are walked through after each cycle: what a step of the walk takes is compiled into the caller's loop.

use std::marker::PhantomData;

use super::Running;
use crate::instances::is_of;
use crate::layout::Active;

/// A sounding instance, as long as it is shown by [`Running::visit_sounding`]. It cannot be kept:
///
/// ```compile_fail,E0521
/// # fn keep(running: &mut ksmps_csound::Running) {
/// let mut kept = None;
/// running.visit_sounding(|sounding| kept = Some(sounding));
/// # }
/// ```
pub struct Sounding<'a>(Active, PhantomData<&'a mut Running>);

impl Sounding<'_> {
    /// p1, with its fraction. `[audio]`
    #[inline]
    pub fn p1(&self) -> f64 {
        self.0.p1()
    }

    /// Writes a p-field; `false` behind the instrument's last. `[audio]`
    pub fn set_pfield(&mut self, index: usize, value: f64) -> bool {
        self.0.set_pfield(index, value)
    }
}

impl Running {
    /// p1 of every sounding instance, in order of evaluation, and whether it is in its release. Empty where the
    /// layout is unknown. `[audio]`
    pub fn sounding(&self) -> impl Iterator<Item = (f64, bool)> + '_ {
        self.active().map(|active| (active.p1(), active.is_releasing()))
    }

    /// Whether sounding instances can be seen at all. `[any]`
    pub fn can_see_instances(&self) -> bool {
        self.raw.layout.is_some()
    }

    /// Shows every sounding instance to `visit`, in order of evaluation; nothing where the layout is unknown. `[audio]`
    pub fn visit_sounding(&mut self, mut visit: impl FnMut(Sounding<'_>)) {
        self.active().for_each(|active| visit(Sounding(active, PhantomData)));
    }

    /// Writes p-field `index` of the instance with exactly this p1; `false` where there is no such instance or no
    /// such p-field. Takes effect in the next cycle, where the instrument reads the p-field at k-rate. `[audio]`
    pub fn set_pfield(&mut self, p1: f64, index: usize, value: f64) -> bool {
        self.find(p1).is_some_and(|active| active.set_pfield(index, value))
    }

    /// Writes p-field `index` of every sounding instance of an instrument. Returns how many there were. `[audio]`
    pub fn set_pfield_of_all(&mut self, instrument: i32, index: usize, value: f64) -> usize {
        self.active()
            .filter(|active| is_of(*active, instrument))
            .filter(|active| active.set_pfield(index, value))
            .count()
    }

    /// Reads p-field `index` of the instance with exactly this p1. `[audio]`
    pub fn pfield(&self, p1: f64, index: usize) -> Option<f64> {
        self.find(p1)?.pfield(index)
    }

    #[inline]
    pub(super) fn active(&self) -> impl Iterator<Item = Active> + '_ {
        let cs = self.raw.cs.as_ptr();
        // SAFETY: live instance owned by this thread, not performing now; the iterator borrows `self`, so nothing
        // that changes the list can run before it ends.
        self.raw.layout.into_iter().flat_map(move |layout| unsafe { layout.active(cs) })
    }

    fn find(&self, p1: f64) -> Option<Active> {
        self.active().find(|active| active.p1().to_bits() == p1.to_bits())
    }
}
