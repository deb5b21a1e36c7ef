//! Hints of control channels, for user interfaces.

use super::{ChannelFailure, channel_name};
use crate::host::instance::{Instance, c_text};
use crate::host::state::{Csound, State};
use crate::raw::controlChannelHints_t;
use crate::running::ChannelKind;

/// What a control channel's values mean to a user interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HintBehaviour {
    /// Whole numbers.
    Integer,
    /// Evenly.
    Linear,
    /// By ratios; the least and the greatest have the same sign.
    Exponential,
}

/// Hints of a control channel for a user interface. Csound does nothing with them.
#[derive(Debug, Clone, PartialEq)]
pub struct ControlChannelHints {
    /// How values are spread.
    pub behaviour: HintBehaviour,
    /// The value to begin with; Csound does not write it to the channel.
    pub default: f64,
    /// The least.
    pub min: f64,
    /// The greatest.
    pub max: f64,
    /// Where a widget stands, from the left, in pixels.
    pub x: i32,
    /// From the top.
    pub y: i32,
    /// How wide it is.
    pub width: i32,
    /// How high it is.
    pub height: i32,
    /// Anything else; `None` where there is nothing.
    pub attributes: Option<String>,
}

impl<S: State> Csound<S> {
    /// A channel's hints; `None` where it has none. `[control]`
    ///
    /// # Errors
    /// [`ChannelFailure::Missing`] and [`ChannelFailure::Kind`].
    pub fn control_channel_hints(&self, name: &str) -> Result<Option<ControlChannelHints>, ChannelFailure> {
        self.expect_control(name)?;
        let name = channel_name(name)?;
        let mut hints = controlChannelHints_t::default();
        let (more, cs) = (self.instance.more, self.instance.cs());
        // SAFETY: live instance; Csound writes the structure, whose attributes are null or a C string of its own.
        unsafe {
            // It also answers with an error where there are none.
            if (more.control_channel_hints)(cs, name.as_ptr(), &mut hints) != 0 {
                return Ok(None);
            }
            let behaviour = match hints.behav {
                1 => HintBehaviour::Integer,
                2 => HintBehaviour::Linear,
                3 => HintBehaviour::Exponential,
                _ => return Ok(None),
            };
            Ok(Some(ControlChannelHints {
                behaviour,
                default: hints.dflt,
                min: hints.min,
                max: hints.max,
                x: hints.x,
                y: hints.y,
                width: hints.width,
                height: hints.height,
                attributes: Instance::text(hints.attributes),
            }))
        }
    }

    /// Hints are for control channels that there are.
    fn expect_control(&self, name: &str) -> Result<(), ChannelFailure> {
        match self.channel_kind(name) {
            Some(ChannelKind::Control) => Ok(()),
            Some(kind) => Err(ChannelFailure::Kind(kind)),
            None => Err(ChannelFailure::Missing),
        }
    }

    /// Gives a control channel hints, or takes them away. `[control]`
    ///
    /// # Errors
    /// [`ChannelFailure::Missing`] and [`ChannelFailure::Kind`], and [`ChannelFailure::Values`] for hints that make no
    /// sense.
    pub fn set_control_channel_hints(
        &mut self,
        name: &str,
        hints: Option<&ControlChannelHints>,
    ) -> Result<(), ChannelFailure> {
        self.expect_control(name)?;
        let attributes = hints.and_then(|hints| hints.attributes.as_deref()).map(c_text).transpose();
        let attributes = attributes.map_err(|_| ChannelFailure::Values)?;
        let raw = hints.map_or_else(controlChannelHints_t::default, |hints| controlChannelHints_t {
            behav: match hints.behaviour {
                HintBehaviour::Integer => 1,
                HintBehaviour::Linear => 2,
                HintBehaviour::Exponential => 3,
            },
            dflt: hints.default,
            min: hints.min,
            max: hints.max,
            x: hints.x,
            y: hints.y,
            width: hints.width,
            height: hints.height,
            attributes: attributes.as_ref().map_or(std::ptr::null_mut(), |text| text.as_ptr().cast_mut()),
        });
        let name = channel_name(name)?;
        let (more, cs) = (self.instance.more, self.instance.cs());
        // SAFETY: live instance owned by this thread; Csound copies the attributes.
        let answer = unsafe { (more.set_control_channel_hints)(cs, name.as_ptr(), raw) };
        if answer == 0 { Ok(()) } else { Err(ChannelFailure::Values) }
    }
}
