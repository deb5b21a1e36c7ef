//! What an instance can do at a moment, as a type.

use std::fmt;
use std::marker::PhantomData;

use ksmps_data::verbs::Failure;

use super::instance::Instance;
use super::remote::Remote;

/// An instance of Csound in a state. It belongs to one thread at a time, and may move between threads.
pub struct Csound<S: State> {
    pub(super) instance: Box<Instance>,
    state: PhantomData<fn() -> S>,
}

/// Options are set; nothing is compiled.
#[derive(Debug)]
pub enum Configuring {}
/// Something is compiled; options can still be set.
#[derive(Debug)]
pub enum Compiled {}
/// Started: it performs.
#[derive(Debug)]
pub enum Performing {}
/// Cleaned up: files and devices are closed. It only says what it knows, until it is reset.
#[derive(Debug)]
pub enum Finished {}

/// A state of an instance.
pub trait State: sealed::Sealed {}
/// A state before the end, in which there are instruments or may come some.
pub trait Live: State {}
/// A state before the start, in which options count.
pub trait BeforeStart: Live {}

impl State for Configuring {}
impl State for Compiled {}
impl State for Performing {}
impl State for Finished {}
impl Live for Configuring {}
impl Live for Compiled {}
impl Live for Performing {}
impl BeforeStart for Configuring {}
impl BeforeStart for Compiled {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Configuring {}
    impl Sealed for super::Compiled {}
    impl Sealed for super::Performing {}
    impl Sealed for super::Finished {}
}

/// A step that was not made: why, and the instance as it was before. Where Csound left the call in its middle, or had read
/// half of a command line, the instance is as new.
pub struct Refused<S: State> {
    /// Why. What Csound printed of it is in the messages.
    pub failure: Failure,
    /// The instance, which can be tried again.
    pub csound: Csound<S>,
}

impl Csound<Configuring> {
    /// A fresh instance with nothing set. Takes some 100 ms the first time in a process, 1 ms later. `[control]`
    ///
    /// # Errors
    /// [`Failure::Library`] where there is no Csound that can be used, [`Failure::Unavailable`] where it lacks functions of
    /// version 6.
    pub fn create() -> Result<Self, Failure> {
        Ok(Self::of(Box::new(Instance::create()?)))
    }
}

impl<S: State> Csound<S> {
    pub(super) fn of(instance: Box<Instance>) -> Self {
        Self { instance, state: PhantomData }
    }

    /// The instance in another state.
    pub(super) fn into_state<T: State>(self) -> Csound<T> {
        Csound::of(self.instance)
    }

    /// The step was not made.
    pub(super) fn refused<T: State>(mut self, failure: Failure) -> Refused<T> {
        if failure == Failure::Jumped {
            self.instance.renew_or_keep();
        }
        Refused { failure, csound: self.into_state() }
    }

    /// An instance as new, with the callbacks, host data and messages of this one; options and opcodes are gone.
    /// `[control]`
    ///
    /// # Errors
    /// As [`Csound::create`], with the instance as it is.
    pub fn reset(mut self) -> Result<Csound<Configuring>, Refused<S>> {
        match self.instance.renew() {
            Ok(()) => Ok(self.into_state()),
            Err(failure) => Err(Refused { failure, csound: self }),
        }
    }

    /// What other threads reach it by. `[any]`
    pub fn remote(&self) -> Remote {
        self.instance.remote.clone()
    }
}

impl<S: State> fmt::Debug for Csound<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = std::any::type_name::<S>().rsplit("::").next().unwrap_or_default();
        f.debug_struct("Csound").field("state", &state).finish_non_exhaustive()
    }
}

impl<S: State> fmt::Debug for Refused<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Refused").field(&self.failure).finish()
    }
}

impl<S: State> fmt::Display for Refused<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.failure.fmt(f)
    }
}

impl<S: State> std::error::Error for Refused<S> {}
