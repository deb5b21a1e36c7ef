//! Note expressions: which there are, their texts, and which of them the controllers of an MPE keyboard move.
//!
//! The framework knows six of VST3's, mixes two of them up, loses those of a note when 32 others have begun since, and
//! has no texts. So its table is exchanged, and the events are read here, before the framework sees the block. Pressure
//! per note has an event of its own in VST3; here it is an expression, too, so that a host can record and draw it.

use vst3::Steinberg::Vst::Event_::EventTypes_::kNoteExpressionValueEvent;
use vst3::Steinberg::Vst::NoteExpressionTypeIDs_::{
    kBrightnessTypeID, kCustomStart, kExpressionTypeID, kInvalidTypeID, kPanTypeID, kTuningTypeID,
    kVibratoTypeID, kVolumeTypeID,
};
use vst3::Steinberg::Vst::NoteExpressionTypeInfo_::NoteExpressionTypeFlags_::{kIsAbsolute, kIsBipolar};
use vst3::Steinberg::Vst::PhysicalUITypeIDs_::{kPUIPressure, kPUIXMovement, kPUIYMovement};
use vst3::Steinberg::Vst::{
    Event as HostEvent, IEventList, IEventListTrait, INoteExpressionController,
    INoteExpressionControllerVtbl, INoteExpressionPhysicalUIMapping, INoteExpressionPhysicalUIMappingTrait,
    NoteExpressionTypeID, NoteExpressionTypeInfo, NoteExpressionValue, NoteExpressionValueDescription,
    PhysicalUIMapList, PhysicalUITypeID, String128, TChar, kNoParamId, kNoParentUnitId,
};
use vst3::Steinberg::{int16, int32, kInternalError, kInvalidArgument, kResultFalse, kResultOk, tresult};
use vst3::{Class, ComRef};

use ksmps_core::event::{Event, EventKind, Expression, NoteSelector};

use super::object::query_interface;
use super::text::{read_text, write_text};
use crate::guard::guarded;
use crate::host_block::HostBlock;

/// A note expression as a host sees it.
struct Kind {
    id: NoteExpressionTypeID,
    title: &'static str,
    expression: Expression,
    /// Where it is without an event, as the host counts: 0 to 1.
    default: f64,
    is_bipolar: bool,
}

/// Pressure per note, which VST3 has no number for.
const PRESSURE: NoteExpressionTypeID = kCustomStart as NoteExpressionTypeID;
/// The greatest gain of the volume.
const GAIN_MAX: f64 = 4.0;
/// Semitones from the lowest to the highest tuning.
const TUNING_SEMITONES: f64 = 240.0;

const KINDS: [Kind; 7] = [
    kind(kVolumeTypeID as NoteExpressionTypeID, "Volume", Expression::Volume, 1.0 / GAIN_MAX),
    Kind { is_bipolar: true, ..kind(kPanTypeID as NoteExpressionTypeID, "Pan", Expression::Pan, 0.5) },
    Kind {
        is_bipolar: true,
        ..kind(kTuningTypeID as NoteExpressionTypeID, "Tuning", Expression::Tuning, 0.5)
    },
    kind(kVibratoTypeID as NoteExpressionTypeID, "Vibrato", Expression::Vibrato, 0.0),
    kind(kExpressionTypeID as NoteExpressionTypeID, "Expression", Expression::Expression, 1.0),
    kind(kBrightnessTypeID as NoteExpressionTypeID, "Brightness", Expression::Brightness, 0.5),
    kind(PRESSURE, "Pressure", Expression::Pressure, 0.0),
];

const fn kind(id: NoteExpressionTypeID, title: &'static str, expression: Expression, default: f64) -> Kind {
    Kind { id, title, expression, default, is_bipolar: false }
}

fn of_id(id: NoteExpressionTypeID) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.id == id)
}

impl Kind {
    /// A value as the core has it, of one as the host counts.
    fn value(&self, normalized: f64) -> f64 {
        match self.expression {
            Expression::Volume => normalized * GAIN_MAX,
            Expression::Pan => normalized * 2.0 - 1.0,
            Expression::Tuning => (normalized - 0.5) * TUNING_SEMITONES,
            _ => normalized,
        }
    }

    /// A value as the host counts, of one as the core has it.
    fn normalized(&self, value: f64) -> f64 {
        let normalized = match self.expression {
            Expression::Volume => value / GAIN_MAX,
            Expression::Pan => (value + 1.0) / 2.0,
            Expression::Tuning => value / TUNING_SEMITONES + 0.5,
            _ => value,
        };
        normalized.clamp(0.0, 1.0)
    }

    fn text(&self, normalized: f64) -> String {
        let value = self.value(normalized.clamp(0.0, 1.0));
        match self.expression {
            Expression::Volume if value <= 0.0 => "-inf dB".to_owned(),
            Expression::Volume => format!("{:.1} dB", rounded(20.0 * value.log10(), 10.0)),
            Expression::Tuning => format!("{:+.2} semitones", rounded(value, 100.0)),
            Expression::Pan => match (value * 100.0).round() {
                0.0 => "center".to_owned(),
                left if left < 0.0 => format!("{}% left", -left),
                right => format!("{right}% right"),
            },
            _ => format!("{:.1} %", value * 100.0),
        }
    }

    /// What a text means: a number with or without its unit.
    fn parse(&self, text: &str) -> Option<f64> {
        let text = text.trim().to_lowercase();
        if self.expression == Expression::Pan && matches!(text.as_str(), "center" | "centre" | "c") {
            return Some(0.5);
        }
        if self.expression == Expression::Volume && text.starts_with("-inf") {
            return Some(0.0);
        }
        let end = text.find(|c: char| !(c.is_ascii_digit() || "+-.".contains(c))).unwrap_or(text.len());
        let number: f64 = text[..end].parse().ok()?;
        let value = match self.expression {
            Expression::Volume => 10.0_f64.powf(number / 20.0),
            Expression::Tuning => number,
            Expression::Pan if text.ends_with("left") => -number / 100.0,
            _ => number / 100.0,
        };
        value.is_finite().then(|| self.normalized(value))
    }
}

/// A number with as many digits as its text, without a sign at zero.
fn rounded(number: f64, digits: f64) -> f64 {
    (number * digits).round() / digits + 0.0
}

/// Notes the expressions of a block for the audio side. `[audio]`
///
/// # Safety
/// `events` is null or the host's list of events, valid during the call.
pub(super) unsafe fn note_expressions(block: &mut HostBlock, events: *mut IEventList, frames: int32) {
    // SAFETY: The caller answers for the list.
    let Some(events) = (unsafe { ComRef::from_raw(events) }) else { return };
    let last = u32::try_from(frames.saturating_sub(1)).unwrap_or(0);
    // SAFETY: As above; a record of zeros is a valid one, which the host fills.
    unsafe {
        let mut event: HostEvent = std::mem::zeroed();
        for index in 0..events.getEventCount() {
            if events.getEvent(index, &mut event) != kResultOk
                || event.r#type != kNoteExpressionValueEvent as u16
            {
                continue;
            }
            let moved = event.__field0.noteExpressionValue;
            let Some(kind) = of_id(moved.typeId) else { continue };
            if moved.noteId < 0 || !moved.value.is_finite() {
                continue;
            }
            let notes = NoteSelector { id: Some(moved.noteId), ..NoteSelector::ALL };
            let value = kind.value(moved.value.clamp(0.0, 1.0));
            let frame = u32::try_from(event.sampleOffset).unwrap_or(0).min(last);
            block.express(Event {
                frame,
                kind: EventKind::Expression { notes, expression: kind.expression, value },
            });
        }
    }
}

/// The framework's table of note expressions, with our own.
pub(super) fn functions(original: INoteExpressionControllerVtbl) -> INoteExpressionControllerVtbl {
    let mut table = INoteExpressionControllerVtbl {
        getNoteExpressionCount: count,
        getNoteExpressionInfo: info,
        getNoteExpressionStringByValue: string_by_value,
        getNoteExpressionValueByString: value_by_string,
        ..original
    };
    table.base.queryInterface = query_interface::<INoteExpressionControllerVtbl>;
    table
}

unsafe extern "system" fn count(_: *mut INoteExpressionController, bus: int32, _channel: int16) -> int32 {
    guarded(0, || if bus == 0 { KINDS.len() as int32 } else { 0 })
}

unsafe extern "system" fn info(
    _: *mut INoteExpressionController,
    bus: int32,
    _channel: int16,
    index: int32,
    info: *mut NoteExpressionTypeInfo,
) -> tresult {
    guarded(kInternalError, || {
        let kind = usize::try_from(index).ok().and_then(|index| KINDS.get(index)).filter(|_| bus == 0);
        // SAFETY: The host gives a place for the record.
        let (Some(kind), Some(info)) = (kind, unsafe { info.as_mut() }) else { return kInvalidArgument };
        // SAFETY: A record of zeros is a valid one.
        *info = unsafe { std::mem::zeroed() };
        info.typeId = kind.id;
        write_text(&mut info.title, kind.title);
        write_text(&mut info.shortTitle, kind.title);
        // The unit stands in the text, as with parameters.
        info.unitId = kNoParentUnitId;
        info.valueDesc = NoteExpressionValueDescription {
            defaultValue: kind.default,
            minimum: 0.0,
            maximum: 1.0,
            stepCount: 0,
        };
        info.associatedParameterId = kNoParamId;
        let bipolar = if kind.is_bipolar { kIsBipolar } else { 0 };
        info.flags = (kIsAbsolute | bipolar) as int32;
        kResultOk
    })
}

unsafe extern "system" fn string_by_value(
    _: *mut INoteExpressionController,
    bus: int32,
    _channel: int16,
    id: NoteExpressionTypeID,
    value: NoteExpressionValue,
    string: *mut String128,
) -> tresult {
    guarded(kInternalError, || {
        // SAFETY: The host gives a place for the text.
        match (of_id(id).filter(|_| bus == 0), unsafe { string.as_mut() }) {
            (Some(kind), Some(string)) => {
                write_text(string, &kind.text(value));
                kResultOk
            }
            _ => kInvalidArgument,
        }
    })
}

unsafe extern "system" fn value_by_string(
    _: *mut INoteExpressionController,
    bus: int32,
    _channel: int16,
    id: NoteExpressionTypeID,
    string: *const TChar,
    value: *mut NoteExpressionValue,
) -> tresult {
    guarded(kInternalError, || {
        // SAFETY: The host gives a text that ends with a zero, and a place for the value.
        let (text, value) = unsafe { (read_text(string), value.as_mut()) };
        let (Some(kind), Some(text), Some(value)) = (of_id(id).filter(|_| bus == 0), text, value) else {
            return kInvalidArgument;
        };
        match kind.parse(&text) {
            Some(normalized) => {
                *value = normalized;
                kResultOk
            }
            None => kResultFalse,
        }
    })
}

/// What the framework's object lacks: which expressions an MPE keyboard's controllers move. A host asks the object for
/// this interface and gets this.
pub(super) struct PhysicalMapping;

impl Class for PhysicalMapping {
    type Interfaces = (INoteExpressionPhysicalUIMapping,);
}

impl INoteExpressionPhysicalUIMappingTrait for PhysicalMapping {
    unsafe fn getPhysicalUIMapping(
        &self,
        bus: int32,
        _channel: int16,
        list: *mut PhysicalUIMapList,
    ) -> tresult {
        guarded(kInternalError, || {
            // SAFETY: The host gives its own list.
            let Some(list) = (unsafe { list.as_mut() }) else { return kInvalidArgument };
            if bus != 0 || (list.count > 0 && list.map.is_null()) {
                return kInvalidArgument;
            }
            for index in 0..list.count as usize {
                // SAFETY: The host says that there are so many.
                let entry = unsafe { &mut *list.map.add(index) };
                let physical = entry.physicalUITypeID;
                entry.noteExpressionTypeID = if physical == kPUIXMovement as PhysicalUITypeID {
                    kTuningTypeID as NoteExpressionTypeID
                } else if physical == kPUIYMovement as PhysicalUITypeID {
                    kBrightnessTypeID as NoteExpressionTypeID
                } else if physical == kPUIPressure as PhysicalUITypeID {
                    PRESSURE
                } else {
                    kInvalidTypeID as NoteExpressionTypeID
                };
            }
            kResultOk
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of(expression: Expression) -> &'static Kind {
        KINDS.iter().find(|kind| kind.expression == expression).expect("it is in the table")
    }

    #[test]
    fn values_are_those_of_the_core() {
        let table = [
            (Expression::Volume, 0.25, 1.0),
            (Expression::Pan, 0.0, -1.0),
            (Expression::Tuning, 0.5 + 2.0 / 240.0, 2.0),
            (Expression::Vibrato, 0.75, 0.75),
            (Expression::Expression, 0.75, 0.75),
            (Expression::Brightness, 0.125, 0.125),
            (Expression::Pressure, 1.0, 1.0),
        ];
        for (expression, normalized, value) in table {
            let kind = kind_of(expression);
            assert!((kind.value(normalized) - value).abs() < 1e-9, "{expression:?}");
            assert!((kind.normalized(value) - normalized).abs() < 1e-9, "{expression:?}");
        }
    }

    #[test]
    fn every_text_reads_back() {
        for kind in &KINDS {
            for step in 0..=1000 {
                let text = kind.text(f64::from(step) / 1000.0);
                let read = kind.parse(&text).unwrap_or_else(|| panic!("{}: {text}", kind.title));
                assert_eq!(kind.text(read), text, "{}", kind.title);
            }
            assert_eq!(kind.parse("loud"), None);
        }
    }

    #[test]
    fn texts_with_and_without_a_unit() {
        let table = [
            (Expression::Volume, "0 dB", 0.25),
            (Expression::Volume, "-inf", 0.0),
            (Expression::Pan, "100% left", 0.0),
            (Expression::Pan, "C", 0.5),
            (Expression::Tuning, "-12", 0.45),
            (Expression::Tuning, "+12.00 semitones", 0.55),
            (Expression::Brightness, "50 %", 0.5),
        ];
        for (expression, text, normalized) in table {
            let read = kind_of(expression).parse(text);
            assert!(read.is_some_and(|read| (read - normalized).abs() < 1e-9), "{text}: {read:?}");
        }
    }
}
