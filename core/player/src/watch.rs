//! Who is told that an instance's status has changed: any number of callers, each of whom may leave at any time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;

type Call = Box<dyn FnMut() + Send>;

/// Everybody who is told.
#[derive(Default)]
pub(super) struct Watchers {
    list: Arc<Mutex<Vec<Arc<Watcher>>>>,
}

struct Watcher {
    /// What is called; gone when the watch has ended. Locked while it is called.
    call: Mutex<Option<Call>>,
    /// The thread that calls it now.
    calling: Mutex<Option<ThreadId>>,
}

/// Has somebody told for as long as it lives. When dropping it returns, a call under way has ended, and no other comes;
/// but for a call on the dropping thread itself, which goes on.
#[must_use = "whoever is told is told for as long as this lives"]
pub struct Watch {
    list: Arc<Mutex<Vec<Arc<Watcher>>>>,
    watcher: Arc<Watcher>,
}

impl Watchers {
    /// Tells one more. `[control]`
    pub fn add(&self, call: impl FnMut() + Send + 'static) -> Watch {
        let watcher = Arc::new(Watcher { call: Mutex::new(Some(Box::new(call))), calling: Mutex::new(None) });
        locked(&self.list).push(Arc::clone(&watcher));
        Watch { list: Arc::clone(&self.list), watcher }
    }

    /// Calls everybody, one after the other; the list is free meanwhile. `[control]`
    pub fn tell(&self) {
        let list = locked(&self.list).clone();
        for watcher in list {
            watcher.tell();
        }
    }
}

impl Watcher {
    fn tell(&self) {
        let thread = std::thread::current().id();
        if *locked(&self.calling) == Some(thread) {
            // What is called has caused another change: it is under way.
            return;
        }
        let mut call = locked(&self.call);
        if let Some(call) = &mut *call {
            *locked(&self.calling) = Some(thread);
            let _ended = CallEnded(self);
            call();
        }
    }
}

/// A call has ended, also where it panicked.
struct CallEnded<'a>(&'a Watcher);

impl Drop for CallEnded<'_> {
    fn drop(&mut self) {
        *locked(&self.0.calling) = None;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        locked(&self.list).retain(|watcher| !Arc::ptr_eq(watcher, &self.watcher));
        if *locked(&self.watcher.calling) != Some(std::thread::current().id()) {
            locked(&self.watcher.call).take();
        }
    }
}

fn locked<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn several_are_told_until_they_leave() {
        let watchers = Watchers::default();
        let counts = [AtomicUsize::new(0), AtomicUsize::new(0)].map(Arc::new);
        let watch = |count: &Arc<AtomicUsize>| {
            let count = Arc::clone(count);
            watchers.add(move || _ = count.fetch_add(1, Ordering::Relaxed))
        };
        let [first, second] = [watch(&counts[0]), watch(&counts[1])];
        watchers.tell();
        drop(first);
        watchers.tell();
        drop(second);
        watchers.tell();
        assert_eq!(counts.map(|count| count.load(Ordering::Relaxed)), [1, 2]);
    }

    #[test]
    fn one_who_is_called_may_add_and_drop_others_and_itself() {
        let watchers = Arc::new(Watchers::default());
        let own: Arc<Mutex<Option<Watch>>> = Arc::default();
        let calls = Arc::new(AtomicUsize::new(0));
        let watch = watchers.add({
            let (watchers, own, calls) = (Arc::clone(&watchers), Arc::clone(&own), Arc::clone(&calls));
            move || {
                calls.fetch_add(1, Ordering::Relaxed);
                watchers.tell();
                drop(watchers.add(|| panic!("it is gone")));
                let itself = locked(&own).take();
                drop(itself);
            }
        });
        *locked(&own) = Some(watch);
        watchers.tell();
        watchers.tell();
        assert_eq!(calls.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn a_call_under_way_has_ended_when_the_watch_is_dropped() {
        let watchers = Arc::new(Watchers::default());
        let (begun, told) = mpsc::channel();
        let (go_on, waits) = mpsc::channel::<()>();
        let ended = Arc::new(AtomicBool::new(false));
        let watch = watchers.add({
            let ended = Arc::clone(&ended);
            move || {
                begun.send(()).unwrap();
                waits.recv().unwrap();
                ended.store(true, Ordering::Release);
            }
        });
        let teller = std::thread::spawn({
            let watchers = Arc::clone(&watchers);
            move || watchers.tell()
        });
        told.recv().unwrap();
        let dropper = std::thread::spawn(move || {
            drop(watch);
            ended.load(Ordering::Acquire)
        });
        go_on.send(()).unwrap();
        assert!(dropper.join().unwrap());
        teller.join().unwrap();
    }
}
