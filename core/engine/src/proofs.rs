//! The proofs that Csound is laid out as it should be: made once in a process, or taken over from another process of the same
//! machine that has made them of the same file.

use std::path::PathBuf;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::self_test;

/// A file of Csound whose layout was proven: its place, its length in bytes, when it was written. A process on the same machine
/// whose Csound is this file needs no proof of its own; it is some 8 ms sooner with its first engine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvenFile {
    file: PathBuf,
    length: u64,
    written: SystemTime,
}

/// Makes the proofs that notes can be started on their frames, that cycles can go by and that variables can be seen, which the
/// first build would make. `[control]`
pub fn prove_layouts() {
    // Whoever builds says what came of it.
    let _ = (self_test::exact_starts(), self_test::passing(), ksmps_csound::prove_variables());
}

/// Takes over what another process has proven; does nothing where this process's Csound is another file. `[control]`
pub fn take_as_proven(proven: &ProvenFile) {
    if file_in_use().as_ref() == Some(proven) {
        self_test::take_as_proven();
        ksmps_csound::take_variables_as_proven();
    }
}

/// The file of Csound that this process uses, where every proof succeeds. `[control]`
pub fn proven_file() -> Option<ProvenFile> {
    let proofs = (self_test::exact_starts(), self_test::passing(), ksmps_csound::prove_variables());
    let succeed = proofs.0.is_ok() && proofs.1.is_ok() && proofs.2.is_ok();
    if succeed { file_in_use() } else { None }
}

fn file_in_use() -> Option<ProvenFile> {
    let file = ksmps_csound::used().ok()?.file;
    let about = file.metadata().ok()?;
    Some(ProvenFile { file, length: about.len(), written: about.modified().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_of_one_file() {
        let proven = proven_file().expect("this machine's Csound is one whose layout is known");
        assert_eq!(file_in_use().as_ref(), Some(&proven));
        let of_another = [
            ProvenFile { length: proven.length + 1, ..proven.clone() },
            ProvenFile { written: SystemTime::UNIX_EPOCH, ..proven.clone() },
            ProvenFile { file: "/elsewhere/libcsound64.so".into(), ..proven.clone() },
        ];
        assert!(of_another.iter().all(|of_another| file_in_use().as_ref() != Some(of_another)));
    }
}
