//! File rules: what the process may open, by the folders in which files really are. A link or a `..` leads nowhere else.

use std::io;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus,
    Scope, path_beneath_rules,
};

use super::{Missing, Needs, Places};

/// The rules that are asked for; what came later concerns sockets, which the filter of system calls refuses.
const RULES: ABI = ABI::V7;

/// What the C library reads to find the number of another machine.
const NAMES_OF_HOSTS: [&str; 7] = [
    "/etc/hosts",
    "/etc/host.conf",
    "/etc/resolv.conf",
    "/etc/nsswitch.conf",
    "/etc/gai.conf",
    "/etc/services",
    "/etc/protocols",
];

/// Sets the rules for the calling thread and for those it makes. `[control]`
pub(super) fn restrict(places: &Places<'_>, needs: Needs) -> io::Result<Option<Missing>> {
    let status = rules(places, needs).map_err(io::Error::other)?;
    Ok(match status {
        RulesetStatus::FullyEnforced => None,
        RulesetStatus::PartiallyEnforced => Some(Missing::SomeFileRules),
        RulesetStatus::NotEnforced => Some(Missing::FileRules),
    })
}

fn rules(places: &Places<'_>, needs: Needs) -> Result<RulesetStatus, landlock::RulesetError> {
    let read: BitFlags<AccessFs> = AccessFs::ReadFile | AccessFs::ReadDir;
    let write = read
        | AccessFs::WriteFile
        | AccessFs::RemoveFile
        | AccessFs::RemoveDir
        | AccessFs::MakeReg
        | AccessFs::MakeDir
        | AccessFs::Truncate;
    let mut rules = Ruleset::default().handle_access(AccessFs::from_all(RULES))?;
    if !needs.network {
        rules = rules.handle_access(AccessNet::from_all(RULES))?;
        rules = rules.scope(Scope::AbstractUnixSocket)?;
    }
    let rules = rules.scope(Scope::Signal)?;
    let mut rules = rules.create()?;
    rules = rules.add_rules(path_beneath_rules(places.read, read))?;
    rules = rules.add_rules(path_beneath_rules([places.scratch], write))?;
    // What the C library and Csound read of the system while they play.
    rules = rules.add_rules(path_beneath_rules(
        ["/dev/null", "/dev/urandom"],
        AccessFs::ReadFile | AccessFs::WriteFile,
    ))?;
    if needs.files {
        rules = rules.add_rules(path_beneath_rules(["/"], write))?;
    }
    if needs.network {
        rules = rules.add_rules(path_beneath_rules(NAMES_OF_HOSTS, read))?;
    }
    if needs.programs {
        rules = rules.add_rules(path_beneath_rules(["/etc/ld.so.cache"], read))?;
        let run = read | AccessFs::Execute;
        rules = rules.add_rules(path_beneath_rules(["/bin", "/usr", "/lib", "/lib64", "/opt"], run))?;
    }
    Ok(rules.restrict_self()?.ruleset)
}
