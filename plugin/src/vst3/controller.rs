//! The parameters of a VST3 object, its host's handler and its editor: the framework's functions, with the document's names,
//! groups and defaults, and one parameter more, which chooses a program.

use std::ffi::CStr;
use std::ptr;

use ksmps_core::params::SLOTS;
use vst3::Steinberg::Vst::ViewType::kEditor;
use vst3::Steinberg::Vst::{
    IComponentHandler, IEditController, IEditControllerVtbl, ParamID, ParamValue, ParameterInfo,
    ParameterInfo_::ParameterFlags_, String128, TChar,
};
use vst3::Steinberg::{
    FIDString, IPlugView, int32, kInternalError, kInvalidArgument, kResultFalse, kResultOk, tresult,
};
use vst3::{ComPtr, ComRef};

use super::link::Vst3Link;
use super::object::{query_interface, table};
use super::programs::PARAM;
use super::text::{read_text, write_text};
use super::units::Units;
use super::view;
use crate::guard::guarded;

/// The first parameter that is a controller: the slots and the bypass come before.
const FIRST_CONTROLLER: usize = SLOTS + 1;
/// Controllers of each channel for which VST3 has parameters: 128, channel pressure, pitch bend.
const CONTROLLERS: usize = 130;

/// The framework's table with ours.
pub(super) fn functions(original: IEditControllerVtbl) -> IEditControllerVtbl {
    let mut table = IEditControllerVtbl {
        getParameterCount: get_parameter_count,
        getParameterInfo: get_parameter_info,
        getParamStringByValue: get_param_string_by_value,
        getParamValueByString: get_param_value_by_string,
        getParamNormalized: get_param_normalized,
        setParamNormalized: set_param_normalized,
        setComponentHandler: set_component_handler,
        createView: create_view,
        ..original
    };
    table.base.base.queryInterface = query_interface::<IEditControllerVtbl>;
    table
}

/// The editor, as a host asks for it by name.
unsafe extern "system" fn create_view(this: *mut IEditController, name: FIDString) -> *mut IPlugView {
    guarded(ptr::null_mut(), || {
        // SAFETY: The host calls this for an object of ours and gives a C string; the other is a constant.
        unsafe {
            if name.is_null() || CStr::from_ptr(name) != CStr::from_ptr(kEditor) {
                return ptr::null_mut();
            }
            view::create(&table((*this).vtbl).shared.link).map_or(ptr::null_mut(), ComPtr::into_raw)
        }
    })
}

unsafe extern "system" fn set_component_handler(
    this: *mut IEditController,
    handler: *mut IComponentHandler,
) -> tresult {
    guarded(kInternalError, || {
        // SAFETY: As above; a handler that is not null is one.
        unsafe {
            let table = table((*this).vtbl);
            table.shared.link.set_handler(ComRef::from_raw(handler).map(|handler| handler.to_com_ptr()));
            ((*table.original).setComponentHandler)(this, handler)
        }
    })
}

/// Hosts call this often, which makes it an occasion to say that the project has changed, and to carry out a program that
/// came with a block. What the orchestra wrote is shown first.
unsafe extern "system" fn get_param_normalized(this: *mut IEditController, id: ParamID) -> ParamValue {
    guarded(0.0, || {
        // SAFETY: As above.
        unsafe {
            let table = table((*this).vtbl);
            let link = &table.shared.link;
            link.serve_programs();
            link.tell_dirty();
            link.show_written();
            match link.instance().filter(|_| id == PARAM) {
                Some(instance) => link.programs().value(&instance),
                None => {
                    let last = table.shared.set.value(id);
                    last.unwrap_or_else(|| ((*table.original).getParamNormalized)(this, id))
                }
            }
        }
    })
}

unsafe extern "system" fn set_param_normalized(
    this: *mut IEditController,
    id: ParamID,
    value: ParamValue,
) -> tresult {
    guarded(kInternalError, || {
        // SAFETY: As above.
        unsafe {
            let table = table((*this).vtbl);
            let link = &table.shared.link;
            let Some(instance) = link.instance().filter(|_| id == PARAM) else {
                let result = ((*table.original).setParamNormalized)(this, id, value);
                // What the framework has taken at once needs no remembering.
                match ((*table.original).getParamNormalized)(this, id) as f32 == value as f32 {
                    true => table.shared.set.clear(),
                    false => table.shared.set.set(id, value),
                }
                return result;
            };
            if link.programs().choose(&instance, value) {
                link.tell_on_own_thread();
            }
            kResultOk
        }
    })
}

unsafe extern "system" fn get_param_string_by_value(
    this: *mut IEditController,
    id: ParamID,
    value: ParamValue,
    string: *mut String128,
) -> tresult {
    guarded(kInternalError, || {
        // SAFETY: As above; the host gives a place for the text.
        unsafe {
            let table = table((*this).vtbl);
            let link = &table.shared.link;
            let (Some(instance), Some(place)) = (link.instance().filter(|_| id == PARAM), string.as_mut())
            else {
                return ((*table.original).getParamStringByValue)(this, id, value, string);
            };
            let list = link.programs().list(&instance);
            write_text(place, &list.name(list.program(value)).unwrap_or_default());
            kResultOk
        }
    })
}

unsafe extern "system" fn get_param_value_by_string(
    this: *mut IEditController,
    id: ParamID,
    string: *mut TChar,
    value: *mut ParamValue,
) -> tresult {
    guarded(kInternalError, || {
        // SAFETY: As above; the host gives a text that ends with a zero, and a place for the value.
        unsafe {
            let table = table((*this).vtbl);
            let link = &table.shared.link;
            let (Some(instance), Some(place)) = (link.instance().filter(|_| id == PARAM), value.as_mut())
            else {
                return ((*table.original).getParamValueByString)(this, id, string, value);
            };
            let list = link.programs().list(&instance);
            match read_text(string).and_then(|name| list.by_name(&name)) {
                Some(program) => {
                    *place = list.normalized(program);
                    kResultOk
                }
                None => kResultFalse,
            }
        }
    })
}

/// The framework's, and the program behind them.
unsafe extern "system" fn get_parameter_count(this: *mut IEditController) -> int32 {
    guarded(0, || {
        // SAFETY: As above.
        unsafe { ((*table((*this).vtbl).original).getParameterCount)(this) + 1 }
    })
}

unsafe extern "system" fn get_parameter_info(
    this: *mut IEditController,
    index: int32,
    info: *mut ParameterInfo,
) -> tresult {
    guarded(kInternalError, || {
        // SAFETY: As above; the host gives a place for the record.
        let (link, is_program, place) = unsafe {
            let table = table((*this).vtbl);
            let count = ((*table.original).getParameterCount)(this);
            // The framework's own function panics for the index that is just one too high.
            if index > count
                || (index < count && ((*table.original).getParameterInfo)(this, index, info) != kResultOk)
            {
                return kInvalidArgument;
            }
            (&table.shared.link, index == count, info.as_mut())
        };
        let (Some(place), Ok(index)) = (place, usize::try_from(index)) else { return kInvalidArgument };
        match link.instance() {
            Some(instance) if is_program => link.programs().describe(&instance, place),
            _ => describe(link, index, place),
        }
        kResultOk
    })
}

/// What the framework cannot know: the document's side of a slot. And a name by which hosts know what they need not
/// show.
fn describe(link: &Vst3Link, index: usize, info: &mut ParameterInfo) {
    if let Some(controller) = index.checked_sub(FIRST_CONTROLLER) {
        set_title(info, &controller_title(controller));
        return;
    }
    // The bypass is as the framework says.
    if index >= SLOTS {
        return;
    }
    let Some(instance) = link.instance() else { return };
    let list = instance.params().list();
    let param = list.param(index);
    if param.is_none_or(|param| param.hidden) {
        info.flags |= ParameterFlags_::kIsHidden as int32;
    }
    if let Some(param) = param {
        set_title(info, &param.label);
        info.unitId = Units::of(&list).of_group(&param.group);
        info.defaultNormalizedValue = param.default.map_or(0.0, |default| param.normalized(default));
    }
    link.note_title(index, param.map_or("", |param| &param.label));
}

fn controller_title(controller: usize) -> String {
    let channel = controller / CONTROLLERS + 1;
    match controller % CONTROLLERS {
        128 => format!("MIDI CC pressure, channel {channel}"),
        129 => format!("MIDI CC pitch bend, channel {channel}"),
        number => format!("MIDI CC {number}, channel {channel}"),
    }
}

fn set_title(info: &mut ParameterInfo, title: &str) {
    for place in [&mut info.title, &mut info.shortTitle] {
        write_text(place, title);
    }
}
