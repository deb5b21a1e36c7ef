//! Modulation of the notes of a key or a channel. The framework knows notes by the host's ids alone, and would take it for
//! modulation of the whole parameter: it gets the block's events without it, and the audio side gets it by
//! [`crate::host_block`].

use std::ffi::c_void;
use std::ptr;

use clap_sys::events::{
    CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_PARAM_MOD, clap_event_header, clap_event_param_mod,
    clap_input_events,
};
use clap_sys::id::clap_id;
use ksmps_core::event::{Event, EventKind, NoteSelector};

use super::object::Object;
use super::process::events;
use crate::guard::guarded;
use crate::instance::Instance;

/// Events of one block that are hidden at most; the framework sees the others.
const HIDDEN_MAX: usize = 4096;
/// A space of events that nobody knows.
const UNKNOWN_SPACE: u16 = u16::MAX;

/// What a modulation of notes by key or channel means; `None` for one by id, of the whole parameter, or of a parameter that
/// is no slot. `[audio]`
pub(super) fn event(
    modulation: &clap_event_param_mod,
    slot: impl Fn(clap_id) -> Option<u16>,
) -> Option<Event> {
    let channel = u8::try_from(modulation.channel).ok();
    let key = u8::try_from(modulation.key).ok();
    if modulation.note_id != -1 || (channel, key) == (None, None) {
        return None;
    }
    let notes = NoteSelector { id: None, channel, key };
    let kind = EventKind::Modulation { notes, slot: slot(modulation.param_id)?, offset: modulation.amount };
    Some(Event { frame: modulation.header.time, kind })
}

/// The same of a host's event; `None` for one of another kind. `[audio]`
///
/// # Safety
/// `header` is that of a host's event.
pub(super) unsafe fn of_header(
    header: *const clap_event_header,
    slot: impl Fn(clap_id) -> Option<u16>,
) -> Option<Event> {
    // SAFETY: The caller answers for the event; one of this kind is such a record.
    unsafe {
        let is_modulation =
            ((*header).space_id, (*header).type_) == (CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_PARAM_MOD);
        if is_modulation { event(&*header.cast::<clap_event_param_mod>(), slot) } else { None }
    }
}

/// The slot of each of the host's numbers, where its parameter is one of notes. `[any]`
pub(super) fn slots(object: &Object, instance: &Instance) -> impl Fn(clap_id) -> Option<u16> {
    |id| {
        let slot = object.link.param_ids().iter().position(|known| *known == id)?;
        instance.params().is_per_note(slot).then_some(slot as u16)
    }
}

/// A block's events without those that are hidden.
pub(super) struct HiddenEvents {
    list: clap_input_events,
    host: *const clap_input_events,
    /// What stands in the place of each, after its index in the host's list, in the order of the indices.
    hidden: Vec<(u32, clap_event_header)>,
}

impl HiddenEvents {
    /// With room for a block. `[control]`
    pub fn new() -> Self {
        let list = clap_input_events { ctx: ptr::null_mut(), size: Some(size), get: Some(get) };
        Self { list, host: ptr::null(), hidden: Vec::with_capacity(HIDDEN_MAX) }
    }

    /// A block begins: nothing is hidden. `[audio]`
    pub fn clear(&mut self) {
        self.hidden.clear();
    }

    /// Hides the event behind this header; later calls have higher indices. `false` where there is no room. `[audio]`
    pub fn hide(&mut self, index: u32, header: &clap_event_header) -> bool {
        let has_room = self.hidden.len() < self.hidden.capacity();
        if has_room {
            self.hidden.push((index, clap_event_header { space_id: UNKNOWN_SPACE, ..*header }));
        }
        has_room
    }

    /// Hides all modulation of notes in a list that comes while nothing is processed: there is no note for it. `[control]`, or
    /// `[audio]` between blocks
    ///
    /// # Safety
    /// `host` is null or a host's list, valid during the call.
    pub unsafe fn hide_modulation(
        &mut self,
        host: *const clap_input_events,
        slot: impl Fn(clap_id) -> Option<u16>,
    ) {
        self.clear();
        // SAFETY: the caller answers for the list.
        unsafe {
            for (index, header) in events(host) {
                if of_header(header, &slot).is_some() {
                    self.hide(index, &*header);
                }
            }
        }
    }

    /// The host's list without what is hidden, for as long as neither this nor the list is moved or changed. `[audio]`
    pub fn without(&mut self, host: *const clap_input_events) -> *const clap_input_events {
        if self.hidden.is_empty() {
            return host;
        }
        let this = ptr::from_mut(self);
        // SAFETY: it is what is borrowed here, and what is given out comes from the same pointer as the list's context.
        unsafe {
            (*this).host = host;
            (*this).list.ctx = this.cast::<c_void>();
            &raw const (*this).list
        }
    }
}

/// # Safety
/// `list` is that of a [`HiddenEvents`] which has been given a host's.
unsafe fn of<'a>(list: *const clap_input_events) -> &'a HiddenEvents {
    // SAFETY: The caller answers for the list; its context is what it stands in.
    unsafe { &*(*list).ctx.cast::<HiddenEvents>() }
}

unsafe extern "C" fn size(list: *const clap_input_events) -> u32 {
    guarded(0, || {
        // SAFETY: The framework calls this for the list that it was given, while the host's is valid.
        unsafe {
            let host = of(list).host;
            (*host).size.map_or(0, |size| size(host))
        }
    })
}

unsafe extern "C" fn get(list: *const clap_input_events, index: u32) -> *const clap_event_header {
    guarded(ptr::null(), || {
        // SAFETY: As above.
        unsafe {
            let this = of(list);
            match this.hidden.binary_search_by_key(&index, |(hidden, _)| *hidden) {
                Ok(place) => &raw const this.hidden[place].1,
                Err(_) => (*this.host).get.map_or(ptr::null(), |get| get(this.host, index)),
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modulation(time: u32, [note_id, channel, key]: [i32; 3]) -> clap_event_param_mod {
        clap_event_param_mod {
            header: clap_event_header {
                size: size_of::<clap_event_param_mod>() as u32,
                time,
                space_id: CLAP_CORE_EVENT_SPACE_ID,
                type_: CLAP_EVENT_PARAM_MOD,
                flags: 0,
            },
            param_id: 7,
            cookie: ptr::null_mut(),
            note_id,
            port_index: -1,
            channel: channel as i16,
            key: key as i16,
            amount: 0.25,
        }
    }

    #[test]
    fn what_names_a_key_or_a_channel_and_no_id_is_modulation_of_notes() {
        let slot = |id| (id == 7).then_some(3);
        for (notes, expected) in [
            ([-1, -1, -1], None),
            ([5, 2, 60], None),
            ([5, -1, -1], None),
            ([-1, -1, 60], Some((None, Some(60)))),
            ([-1, 2, -1], Some((Some(2), None))),
            ([-1, 2, 60], Some((Some(2), Some(60)))),
        ] {
            let expected = expected.map(|(channel, key)| Event {
                frame: 9,
                kind: EventKind::Modulation {
                    notes: NoteSelector { id: None, channel, key },
                    slot: 3,
                    offset: 0.25,
                },
            });
            assert_eq!(event(&modulation(9, notes), slot), expected, "{notes:?}");
        }
        assert_eq!(event(&modulation(9, [-1, 0, 0]), |_| None), None);
    }

    unsafe extern "C" fn three(_: *const clap_input_events) -> u32 {
        3
    }

    unsafe extern "C" fn one_of_three(
        list: *const clap_input_events,
        index: u32,
    ) -> *const clap_event_header {
        // SAFETY: The context is three events.
        unsafe { &raw const (*(*list).ctx.cast::<clap_event_param_mod>().add(index as usize)).header }
    }

    #[test]
    fn hidden_events_keep_their_time_and_the_others_are_the_hosts() {
        let events = [0, 5, 5].map(|time| modulation(time, [-1, -1, 60]));
        let ctx = ptr::from_ref(&events).cast_mut().cast();
        let host = clap_input_events { ctx, size: Some(three), get: Some(one_of_three) };
        let mut hidden = HiddenEvents::new();
        assert_eq!(hidden.without(&host), &raw const host, "nothing is hidden");
        assert!(hidden.hide(1, &events[1].header));
        let list = hidden.without(&host);
        // SAFETY: Both lists live here.
        unsafe {
            assert_eq!(size(list), 3);
            let spaces: Vec<_> =
                (0..3).map(|index| ((*get(list, index)).time, (*get(list, index)).space_id)).collect();
            assert_eq!(
                spaces,
                [(0, CLAP_CORE_EVENT_SPACE_ID), (5, UNKNOWN_SPACE), (5, CLAP_CORE_EVENT_SPACE_ID)]
            );
            assert_eq!(get(list, 2), &raw const events[2].header);
        }
        // SAFETY: The list lives here.
        unsafe { hidden.hide_modulation(&host, |_| Some(0)) };
        assert_eq!(hidden.hidden.len(), 3);
        // SAFETY: As above.
        unsafe { hidden.hide_modulation(&host, |_| None) };
        assert_eq!(hidden.hidden.len(), 0, "another parameter's modulation goes on");
        hidden.clear();
        let fits = (0..=HIDDEN_MAX as u32).filter(|index| hidden.hide(*index, &events[0].header)).count();
        assert!(fits >= HIDDEN_MAX && fits == hidden.hidden.capacity());
    }
}
