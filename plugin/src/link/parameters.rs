//! The host parameters: which there are, where they stand, and the user's hands on them.

use std::sync::Arc;

use ksmps_core::params::SLOTS;
use ksmps_editor::model::News;

use crate::host_link::ParamEdit;
use crate::instance::Instance;
use crate::param_list::ParamList;

/// What the editor knows of the parameters.
#[derive(Default)]
pub(super) struct Parameters {
    list: Option<Arc<ParamList>>,
    /// Value and modulation of each slot, as they were told.
    shown: Vec<(f32, f32)>,
}

impl Parameters {
    /// Tells what is otherwise. `[control]`
    pub fn tell(&mut self, instance: &Instance, news: &mut Vec<News>) {
        let list = instance.params().list();
        if self.list.as_ref().is_none_or(|known| !Arc::ptr_eq(known, &list)) {
            self.shown = vec![(f32::NAN, f32::NAN); SLOTS];
            let mut params: Vec<_> =
                slots(&list).filter_map(|slot| Some((slot as u16, list.param(slot)?.clone()))).collect();
            params.sort_by_key(|(slot, param)| (param.line, *slot));
            let controllers: Vec<_> = params.iter().map(|(slot, param)| (*slot, param.cc)).collect();
            news.push(News::Parameters(params));
            news.extend(
                controllers.into_iter().map(|(slot, controller)| News::Controller { slot, controller }),
            );
            self.list = Some(Arc::clone(&list));
        }
        for slot in slots(&list) {
            let now = (instance.params().shown(slot), instance.params().modulation(slot));
            let before = std::mem::replace(&mut self.shown[slot], now);
            if before.0.to_bits() != now.0.to_bits() {
                news.push(News::Value { slot: slot as u16, base: now.0.into() });
            }
            if before.1.to_bits() != now.1.to_bits() {
                news.push(News::Modulation { slot: slot as u16, offset: now.1.into() });
            }
        }
    }

    /// The user takes hold of a parameter. `[control]`
    pub fn begin(&self, instance: &Instance, slot: u16) {
        instance.edit(slot.into(), ParamEdit::Begin);
    }

    /// The user moves a parameter. `[control]`
    pub fn set(&self, instance: &Instance, slot: u16, normalized: f64) {
        if usize::from(slot) < SLOTS && normalized.is_finite() {
            instance.edit(slot.into(), ParamEdit::Value(normalized.clamp(0.0, 1.0)));
        }
    }

    /// The user lets go of a parameter. `[control]`
    pub fn end(&self, instance: &Instance, slot: u16) {
        instance.edit(slot.into(), ParamEdit::End);
    }
}

/// The slots that hold a parameter which is shown.
fn slots(list: &ParamList) -> impl Iterator<Item = usize> + '_ {
    (0..SLOTS).filter(|slot| list.param(*slot).is_some_and(|param| !param.hidden))
}
