//! The document's groups of parameters as VST3's units: a tree under a root that is always there.
//!
//! The framework's own units are those of the moment at which the object was made, when nothing is known of groups. These
//! are made anew whenever the host asks, of the parameters as they are.

use ksmps_core::params::SLOTS;
use vst3::Steinberg::Vst::{UnitID, kNoParentUnitId, kRootUnitId};

use crate::param_list::ParamList;

/// The name of the root.
const ROOT: &str = "Ksmps";
/// What separates a group from one inside it.
const INSIDE: char = '/';

/// A unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    /// Its number.
    pub id: UnitID,
    /// The unit that it is in.
    pub parent: UnitID,
    /// What the host shows.
    pub name: String,
}

/// The units of a document: those of its groups in the order of their first parameters, under the root.
pub(super) struct Units {
    units: Vec<Unit>,
    /// The whole names of the groups, behind the root.
    groups: Vec<String>,
}

impl Units {
    /// The units of these parameters. `[control]`
    pub fn of(list: &ParamList) -> Self {
        let root = Unit { id: kRootUnitId, parent: kNoParentUnitId, name: ROOT.to_owned() };
        let mut units = Self { units: vec![root], groups: Vec::new() };
        for param in (0..SLOTS).filter_map(|slot| list.param(slot)) {
            units.add(&param.group);
        }
        units
    }

    /// All of them, the root first. `[control]`
    pub fn all(&self) -> &[Unit] {
        &self.units
    }

    /// The unit of a group. `[control]`
    pub fn of_group(&self, group: &str) -> UnitID {
        let group = trimmed(group);
        let found = self.groups.iter().position(|known| *known == group);
        found.map_or(kRootUnitId, |at| at as UnitID + 1)
    }

    /// Adds a group, and before it those that it is in.
    fn add(&mut self, group: &str) {
        let group = trimmed(group);
        if group.is_empty() || self.groups.contains(&group) {
            return;
        }
        let (outer, name) = group.rsplit_once(INSIDE).unwrap_or(("", &group));
        self.add(outer);
        let parent = self.of_group(outer);
        self.units.push(Unit { id: self.units.len() as UnitID, parent, name: name.to_owned() });
        self.groups.push(group);
    }
}

/// A group without empty names in it.
fn trimmed(group: &str) -> String {
    let names: Vec<&str> = group.split(INSIDE).map(str::trim).filter(|name| !name.is_empty()).collect();
    names.join("/")
}

#[cfg(test)]
mod tests {
    use ksmps_core::params::Param;

    use super::*;

    #[test]
    fn each_group_is_a_unit_and_the_tree_is_never_empty() {
        let param =
            |slot: usize, group: &str| (slot, Param { group: group.to_owned(), ..Param::channel("a") });
        let empty = Units::of(&ParamList::new(&[]));
        assert_eq!(empty.all(), [Unit { id: 0, parent: -1, name: "Ksmps".to_owned() }]);
        let groups = ["Filter", "", "Voice/Envelope", "Filter", "/Voice/ ", "Voice/Pitch"];
        let params: Vec<_> = groups.iter().enumerate().map(|(slot, group)| param(slot, group)).collect();
        let units = Units::of(&ParamList::new(&params));
        let seen: Vec<_> =
            units.all()[1..].iter().map(|unit| (unit.id, unit.parent, unit.name.as_str())).collect();
        assert_eq!(seen, [(1, 0, "Filter"), (2, 0, "Voice"), (3, 2, "Envelope"), (4, 2, "Pitch")]);
        assert_eq!(groups.map(|group| units.of_group(group)), [1, 0, 3, 1, 2, 4]);
        assert_eq!(units.of_group("nowhere"), 0);
    }
}
