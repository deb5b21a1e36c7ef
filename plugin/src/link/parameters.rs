//! The host parameters: which there are, where they stand, and the user's hands on them.

use std::collections::BTreeSet;
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
    has_host_menu: bool,
    /// Slots that the host has moved since its song began to move.
    moved: BTreeSet<usize>,
    /// Slots of which the editor knows that they are automated.
    automated: BTreeSet<usize>,
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
            // Other parameters may be in these slots now.
            let automated = std::mem::take(&mut self.automated).into_iter();
            news.extend(automated.map(|slot| News::Automated { slot: slot as u16, automated: false }));
        }
        let has_host_menu = instance.host().has_menu();
        if std::mem::replace(&mut self.has_host_menu, has_host_menu) != has_host_menu {
            news.push(News::HostMenu(has_host_menu));
        }
        self.tell_automated(instance, news);
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

    /// What the host says that it automates; and what it moves while its song moves, until the song stands: most hosts say
    /// nothing.
    fn tell_automated(&mut self, instance: &Instance, news: &mut Vec<News>) {
        let song_moves = instance.song_moves();
        instance.params().take_moved_by_host(|slot| _ = song_moves && self.moved.insert(slot));
        if !song_moves {
            self.moved.clear();
        }
        for slot in 0..SLOTS {
            let automated = instance.params().is_automated(slot) || self.moved.contains(&slot);
            let is_told = self.automated.contains(&slot);
            if automated != is_told {
                news.push(News::Automated { slot: slot as u16, automated });
            }
            match automated {
                true => self.automated.insert(slot),
                false => self.automated.remove(&slot),
            };
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
