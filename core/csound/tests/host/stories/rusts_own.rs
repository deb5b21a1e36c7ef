//! What Csound's API has because C has not: the same things of Rust's.

use std::process::Command;
use std::sync::{Arc, Barrier, Condvar, Mutex, PoisonError};
use std::time::Duration;
use std::{mem, thread};

pub fn rust_has_threads_and_locks() {
    let here = called!(thread::current()).id();
    let working = called!(thread::spawn(|| thread::current().id()));
    assert_ne!(called!(working.join()).expect("it does not panic"), here);
    called!(thread::sleep(Duration::from_millis(1)));

    // A notice, and a wait for it with and without an end.
    let notice = Arc::new((called!(Mutex::new(false)), called!(Condvar::new())));
    let (is_there, changed) = (&notice.0, &notice.1);
    let waited =
        called!(changed.wait_timeout(is_there.lock().expect("nobody panicked"), Duration::from_millis(1)));
    assert!(waited.expect("nobody panicked").1.timed_out(), "nobody has notified");
    let other = Arc::clone(&notice);
    let notifying = thread::spawn(move || {
        let (is_there, changed) = (&other.0, &other.1);
        *is_there.lock().unwrap_or_else(PoisonError::into_inner) = true;
        called!(changed.notify_one());
    });
    let mut guard = called!(is_there.lock()).expect("nobody panicked");
    while !*guard {
        guard = called!(changed.wait(guard)).expect("nobody panicked");
    }
    assert!(called!(is_there.try_lock()).is_err(), "it is held here");
    called!(mem::drop(guard));
    assert!(is_there.try_lock().is_ok());
    notifying.join().expect("it does not panic");

    let barrier = Arc::new(called!(Barrier::new(2)));
    let other = Arc::clone(&barrier);
    let waiting = thread::spawn(move || other.wait().is_leader());
    let barrier = &*barrier;
    let leads = called!(barrier.wait()).is_leader();
    assert_ne!(leads, waiting.join().expect("it does not panic"), "one of the two leads");
}

#[expect(unsafe_code, reason = "opening a library and calling what is in it cannot be checked by anybody")]
pub fn rust_has_libraries_and_commands() {
    use libloading::Library;

    let file = ksmps_csound::used().expect("Csound is installed").file;
    // SAFETY: Csound's own file, which is open already; the function takes nothing.
    let version = unsafe {
        let library = called!(Library::new(file)).expect("it can be opened");
        let version = {
            let version = called!(library.get::<unsafe extern "C" fn() -> i32>(b"csoundGetVersion\0"));
            version.expect("it has one")()
        };
        called!(library.close()).expect("it is only counted");
        version
    };
    assert_eq!(version / 1000, 6);

    let mut waits = Command::new("true");
    assert!(called!(waits.status()).expect("it is there").success());
    let mut goes_on = Command::new("true");
    let mut child = called!(goes_on.spawn()).expect("it is there");
    assert!(child.wait().expect("it ends").success());
}
