//! x
use super::{scan::Scan, Section};
use crate::diagnostic::Diagnostic;
pub(super) fn check(_: &Section, _: &Scan, _: Option<(&Section, &Scan)>, _: &mut Vec<Diagnostic>) {}
