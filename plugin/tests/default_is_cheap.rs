//! The seam to a host that scans: it makes instances only to look at them. A process of its own, because it looks at
//! the whole process.
#![cfg(target_os = "linux")]

use std::sync::Arc;

use ksmps::Ksmps;
use ksmps::host_link::NoHost;
use ksmps::making::{self, Making};
use ksmps::products;
use nice_plug::prelude::Plugin;

/// Threads of this process, files it has open, and pieces of Csound's library in its memory.
fn held() -> [usize; 3] {
    let count = |folder| std::fs::read_dir(folder).expect("Linux says what a process has").count();
    let maps = std::fs::read_to_string("/proc/self/maps").expect("Linux says what is mapped");
    [count("/proc/self/task"), count("/proc/self/fd"), maps.matches("libcsound64").count()]
}

#[test]
fn instances_start_no_thread_open_no_file_and_load_no_csound() {
    let before = held();
    assert_eq!(before[2], 0, "Csound is opened when an engine is built, not before");
    for _ in 0..10 {
        let instances = products::all().iter().map(|product| {
            let making = Making { product, host: Arc::new(NoHost) };
            making::with(making, Ksmps::default)
        });
        let instances: Vec<_> = instances.collect();
        assert_eq!(instances.len(), 3);
        assert!(instances.iter().all(|instance| instance.params().param_map().len() == 129));
        assert_eq!(held(), before);
    }
}
