//! An event of a session, as it is asked for.

use crate::args::ArgValue;

/// An event as it is asked for.
///
/// ```
/// # use ksmps_data::sched::Sched;
/// let event = Sched::new("synth").at(0.5).dur(2.0).with("kfreq", 440.0).priority(2);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Sched {
    /// The template's name.
    pub template: String,
    /// When it starts, in seconds of the session.
    pub start: f64,
    /// Seconds it lasts; negative for one without an end.
    pub dur: f64,
    /// Where it is evaluated: 1 is the first priority, -1 the last.
    pub priority: i32,
    /// p-fields from p5 on.
    pub list: Vec<ArgValue>,
    /// Arguments by their names.
    pub named: Vec<(String, ArgValue)>,
}

impl Sched {
    /// An event at the beginning that has no end, at priority 1.
    pub fn new(template: impl Into<String>) -> Self {
        let (list, named) = (Vec::new(), Vec::new());
        Self { template: template.into(), start: 0.0, dur: -1.0, priority: 1, list, named }
    }

    /// When it starts, in seconds of the session.
    pub fn at(self, seconds: f64) -> Self {
        Self { start: seconds, ..self }
    }

    /// Seconds it lasts; negative for one without an end.
    pub fn dur(self, seconds: f64) -> Self {
        Self { dur: seconds, ..self }
    }

    /// Which priority it is evaluated at: 1 is the first, -1 the last.
    pub fn priority(self, priority: i32) -> Self {
        Self { priority, ..self }
    }

    /// p-fields from p5 on. What is left out has its default. Not together with [`Sched::with`].
    pub fn args(self, args: impl IntoIterator<Item = impl Into<ArgValue>>) -> Self {
        Self { list: args.into_iter().map(Into::into).collect(), ..self }
    }

    /// An argument by its name, its alias, or as `p6`.
    pub fn with(mut self, name: impl Into<String>, value: impl Into<ArgValue>) -> Self {
        self.named.push((name.into(), value.into()));
        self
    }
}
