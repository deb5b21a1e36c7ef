//! The seam to a host that scans: it makes instances only to look at them. A process of its own, because it looks at
//! the whole process.

use std::sync::Arc;

use ksmps::Ksmps;
use ksmps::host_link::NoHost;
use ksmps::making::{self, Making};
use ksmps::products;
use nice_plug::prelude::Plugin;

/// Threads of this process, and files it has open.
fn held() -> [usize; 2] {
    ["/proc/self/task", "/proc/self/fd"].map(|folder| std::fs::read_dir(folder).map_or(0, Iterator::count))
}

#[test]
fn instances_start_no_thread_and_open_no_file() {
    let before = held();
    for _ in 0..10 {
        let instances = products::all().iter().map(|product| {
            let making = Making { product, host: Arc::new(NoHost) };
            making::with(making, Ksmps::default)
        });
        let instances: Vec<_> = instances.collect();
        assert_eq!(instances.len(), 3);
        assert!(instances.iter().all(|instance| instance.params().param_map().len() == 128));
        assert_eq!(held(), before);
    }
}
