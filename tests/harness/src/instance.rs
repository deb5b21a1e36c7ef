//! An instance of a plugin in a host: opened, given a document, activated and played in a few lines.
//!
//! This is what tests and the command line speak; it knows no format and no sound, only the order of things.

use std::path::Path;

use ksmps_core::player::Place;

use crate::script::{Script, Setting};

use crate::bounce::{Plan, Sound, bounce};
use crate::host::{Format, HostError, Hosted, ParamInfo, Processing, Setup};
use crate::state::{State, StateError};

/// An instance with what is known about it.
pub struct Instance {
    hosted: Box<dyn Hosted>,
    processing: Option<Box<dyn Processing>>,
    format: Format,
}

/// Why an instance did not do something.
#[derive(Debug, thiserror::Error)]
pub enum InstanceError {
    /// The host or the plugin could not.
    #[error(transparent)]
    Host(#[from] HostError),
    /// The state is not what this harness knows.
    #[error(transparent)]
    State(#[from] StateError),
    /// The document has no parameter of that name, or it does not take that value.
    #[error("`{}` cannot be set to `{}`; there are: {}", .setting.name, .setting.value, .names.join(", "))]
    Setting {
        /// What was to be set.
        setting: Setting,
        /// The names that there are.
        names: Vec<String>,
    },
}

impl Instance {
    /// Opens a plugin by id or name. `[control]`
    ///
    /// # Errors
    /// See [`Format::open`].
    pub fn open(format: Format, path: &Path, name: &str) -> Result<Self, InstanceError> {
        Ok(Self { hosted: format.open(path, name)?, processing: None, format })
    }

    /// The host's side of the instance. `[control]`
    pub fn hosted(&mut self) -> &mut dyn Hosted {
        &mut *self.hosted
    }

    /// The instance's state, opened. `[control]`
    ///
    /// # Errors
    /// Where the plugin does not save, or saves what cannot be read.
    pub fn state(&mut self) -> Result<State, InstanceError> {
        Ok(State::read(self.format, &self.hosted.save()?)?)
    }

    /// Gives the instance a state. `[control]`
    ///
    /// # Errors
    /// Where the plugin refuses it.
    pub fn set_state(&mut self, state: &State) -> Result<(), InstanceError> {
        Ok(self.hosted.load(&state.write(self.format))?)
    }

    /// Says where the project of the instance is to play. `[control]`
    ///
    /// # Errors
    /// See [`Instance::state`] and [`Instance::set_state`].
    pub fn set_place(&mut self, place: Place) -> Result<(), InstanceError> {
        let mut state = self.state()?;
        state.set_place(place);
        self.set_state(&state)
    }

    /// Gives the instance a document, as a project would. `[control]`
    ///
    /// # Errors
    /// See [`Instance::state`] and [`Instance::set_state`].
    pub fn load(&mut self, document: &str, origin: Option<&Path>) -> Result<(), InstanceError> {
        let mut state = self.state()?;
        state.set_document(document, origin);
        self.set_state(&state)
    }

    /// Activates for a bounce, or activates again. `[control]`
    ///
    /// # Errors
    /// See [`Hosted::activate`].
    pub fn activate(&mut self, rate: f64, block_max: usize) -> Result<(), InstanceError> {
        self.activate_for(Setup { rate, block_max, offline: true })
    }

    /// Activates, or activates again. `[control]`
    ///
    /// # Errors
    /// See [`Hosted::activate`].
    pub fn activate_for(&mut self, setup: Setup) -> Result<(), InstanceError> {
        self.deactivate()?;
        self.processing = Some(self.hosted.activate(setup)?);
        self.hosted.idle();
        Ok(())
    }

    /// Deactivates, if it is active. `[control]`
    ///
    /// # Errors
    /// See [`Hosted::deactivate`].
    pub fn deactivate(&mut self) -> Result<(), InstanceError> {
        if let Some(processing) = self.processing.take() {
            self.hosted.deactivate(processing)?;
        }
        Ok(())
    }

    /// The audio side. `[control]`
    ///
    /// # Panics
    /// Where the instance is not active.
    pub fn processing(&mut self) -> &mut dyn Processing {
        // PANIC: as documented.
        &mut **self.processing.as_mut().expect("the instance is active")
    }

    /// Makes the instance as new, as a host does before a bounce. `[control]`
    pub fn reset(&mut self) {
        self.processing().reset();
    }

    /// Plays a plan. `[control]`
    ///
    /// # Errors
    /// Where a parameter is not known, or the plugin fails to process.
    pub fn play(&mut self, plan: &Plan) -> Result<Sound, InstanceError> {
        Ok(self.play_while(plan, |_| ())?.0)
    }

    /// Plays a plan on the audio thread while `meanwhile` has the main thread. `[control]`
    ///
    /// # Errors
    /// See [`Instance::play`].
    pub fn play_while<T>(
        &mut self,
        plan: &Plan,
        meanwhile: impl FnOnce(&mut dyn Hosted) -> T,
    ) -> Result<(Sound, T), InstanceError> {
        let mut plan = plan.clone();
        self.bind(&mut plan.script)?;
        let buses = self.hosted.buses().clone();
        // PANIC: as documented at `processing`.
        let processing = &mut **self.processing.as_mut().expect("the instance is active");
        let hosted = &mut *self.hosted;
        let result = bounce(processing, &buses, &plan, || meanwhile(hosted))?;
        self.hosted.idle();
        Ok(result)
    }

    /// Plays a plan with the plugin's latency taken off. `[control]`
    ///
    /// # Errors
    /// See [`Instance::play`].
    pub fn play_aligned(&mut self, plan: &Plan) -> Result<Sound, InstanceError> {
        let skip = self.hosted.latency_frames().into();
        self.play(&Plan { skip, ..plan.clone() })
    }

    /// The slot and the host's parameter that hold a document's parameter. `[control]`
    ///
    /// # Errors
    /// See [`Instance::state`].
    pub fn param(&mut self, name: &str) -> Result<Option<(u16, ParamInfo)>, InstanceError> {
        let slot = self.state()?.slot(name);
        Ok(slot.and_then(|slot| Some((slot, self.hosted.params().into_iter().nth(slot.into())?))))
    }

    /// Finds the slots of what a script sets by name. `[control]`
    ///
    /// # Errors
    /// See [`Instance::state`], and [`InstanceError::Setting`].
    pub fn bind(&mut self, script: &mut Script) -> Result<(), InstanceError> {
        if script.settings().is_empty() {
            return Ok(());
        }
        let state = self.state()?;
        let params = self.hosted.params();
        let hosted = &mut self.hosted;
        let find = |name: &str, value: &str| {
            let slot = state.slot(name)?;
            let param = params.get(usize::from(slot))?;
            Some((slot, hosted.param_value(param.id, value)?))
        };
        script.bind(find).map_err(|setting| InstanceError::Setting { setting, names: state.names() })
    }
}

impl Drop for Instance {
    /// Deactivates before the instance goes.
    fn drop(&mut self) {
        // An instance that does not let itself be deactivated goes as it is.
        let _ = self.deactivate();
    }
}
