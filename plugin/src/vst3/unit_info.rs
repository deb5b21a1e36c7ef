//! Units and programs, as a host asks for them: each group of the document's parameters a unit, and one list of programs,
//! which the root has.

use std::sync::Arc;

use vst3::Steinberg::Vst::{
    CString, IUnitInfo, IUnitInfoVtbl, ProgramListID, ProgramListInfo, String128, UnitID, UnitInfo,
    kNoProgramListId, kRootUnitId,
};
use vst3::Steinberg::{int32, kInternalError, kInvalidArgument, kResultFalse, kResultOk, tresult};

use super::object::{query_interface, table};
use super::programs::{LIST, LIST_NAME, List};
use super::text::write_text;
use super::units::Units;
use crate::guard::guarded;
use crate::instance::Instance;

/// The framework's table with ours.
pub(super) fn functions(original: IUnitInfoVtbl) -> IUnitInfoVtbl {
    let mut table = IUnitInfoVtbl {
        getUnitCount: get_unit_count,
        getUnitInfo: get_unit_info,
        getProgramListCount: get_program_list_count,
        getProgramListInfo: get_program_list_info,
        getProgramName: get_program_name,
        getProgramInfo: get_program_info,
        hasProgramPitchNames: has_program_pitch_names,
        selectUnit: select_unit,
        ..original
    };
    table.base.queryInterface = query_interface::<IUnitInfoVtbl>;
    table
}

/// The instance behind an object of ours.
///
/// # Safety
/// `this` is an object of ours that lives.
unsafe fn instance(this: *mut IUnitInfo) -> Option<Arc<Instance>> {
    // SAFETY: The caller answers for the object.
    unsafe { table((*this).vtbl).shared.link.instance() }
}

/// Its programs.
///
/// # Safety
/// As for [`instance`].
unsafe fn programs(this: *mut IUnitInfo) -> Option<Arc<List>> {
    // SAFETY: The caller answers for the object.
    unsafe { Some(table((*this).vtbl).shared.link.programs().list(&*instance(this)?)) }
}

unsafe extern "system" fn get_unit_count(this: *mut IUnitInfo) -> int32 {
    guarded(0, || {
        // SAFETY: The host calls this for an object of ours.
        let instance = unsafe { instance(this) };
        instance.map_or(0, |instance| Units::of(&instance.params().list()).all().len() as int32)
    })
}

unsafe extern "system" fn get_unit_info(this: *mut IUnitInfo, index: int32, info: *mut UnitInfo) -> tresult {
    guarded(kInternalError, || {
        // SAFETY: As above; the host gives a place for the record.
        let (instance, info) = unsafe { (instance(this), info.as_mut()) };
        let units = instance.map(|instance| Units::of(&instance.params().list()));
        let unit = units.as_ref().and_then(|units| units.all().get(usize::try_from(index).ok()?));
        let (Some(unit), Some(info)) = (unit, info) else { return kInvalidArgument };
        info.id = unit.id;
        info.parentUnitId = unit.parent;
        write_text(&mut info.name, &unit.name);
        info.programListId = if unit.id == kRootUnitId { LIST } else { kNoProgramListId };
        kResultOk
    })
}

unsafe extern "system" fn get_program_list_count(_: *mut IUnitInfo) -> int32 {
    guarded(0, || 1)
}

unsafe extern "system" fn get_program_list_info(
    this: *mut IUnitInfo,
    index: int32,
    info: *mut ProgramListInfo,
) -> tresult {
    guarded(kInternalError, || {
        // SAFETY: As above; the host gives a place for the record.
        let (list, info) = unsafe { (programs(this).filter(|_| index == 0), info.as_mut()) };
        let (Some(list), Some(info)) = (list, info) else { return kInvalidArgument };
        info.id = LIST;
        write_text(&mut info.name, LIST_NAME);
        info.programCount = list.len() as int32;
        kResultOk
    })
}

unsafe extern "system" fn get_program_name(
    this: *mut IUnitInfo,
    id: ProgramListID,
    program: int32,
    name: *mut String128,
) -> tresult {
    guarded(kInternalError, || {
        // SAFETY: As above; the host gives a place for the text.
        let (list, place) = unsafe { (programs(this).filter(|_| id == LIST), name.as_mut()) };
        let name = list.and_then(|list| list.name(usize::try_from(program).ok()?));
        let (Some(name), Some(place)) = (name, place) else { return kInvalidArgument };
        write_text(place, &name);
        kResultOk
    })
}

/// Nothing is said of a program but its name.
unsafe extern "system" fn get_program_info(
    _: *mut IUnitInfo,
    _id: ProgramListID,
    _program: int32,
    _attribute: CString,
    _value: *mut String128,
) -> tresult {
    guarded(kInternalError, || kResultFalse)
}

unsafe extern "system" fn has_program_pitch_names(
    _: *mut IUnitInfo,
    _id: ProgramListID,
    _program: int32,
) -> tresult {
    guarded(kInternalError, || kResultFalse)
}

/// A host may look at a unit; nothing is shown for it here.
unsafe extern "system" fn select_unit(_: *mut IUnitInfo, _id: UnitID) -> tresult {
    guarded(kInternalError, || kResultFalse)
}
