//! When the next frame is to be drawn: no earlier than somebody wants it, and not too soon after the last one.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Frames per second at most.
pub const FRAMES_PER_SECOND_MAX: u32 = 30;

/// Time between the beginnings of two frames at least. A little less than their time at the full rate: the window system
/// rounds the next frame up to one of the screen's, which would otherwise come one too late.
const FRAME_MIN: Duration = Duration::from_millis(1000 / FRAMES_PER_SECOND_MAX as u64 - 2);

/// How late the window system's call for a frame may be.
const OVERDUE: Duration = Duration::from_millis(100);

/// How often content is asked for news.
pub(crate) const NEWS_INTERVAL: Duration = Duration::from_millis(1000 / FRAMES_PER_SECOND_MAX as u64);

/// When somebody wants the next frame. Any thread may ask for one.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    due: Mutex<Option<Instant>>,
}

impl Schedule {
    /// Asks for a frame after a while; the earliest time that was asked for holds. `[any]`
    pub fn request(&self, after: Duration) {
        // A frame that is never wanted has no time.
        let Some(at) = Instant::now().checked_add(after) else { return };
        let mut due = self.lock();
        *due = Some(due.map_or(at, |before| before.min(at)));
    }

    /// How long until a frame is to begin, zero where it is late; `None` where nobody wants one. `[any]`
    pub fn wait(&self, last_frame: Option<Instant>, now: Instant) -> Option<Duration> {
        let earliest = last_frame.map_or(now, |last| last + FRAME_MIN);
        (*self.lock()).map(|due| due.max(earliest).saturating_duration_since(now))
    }

    /// Whether a frame is wanted by now, which is then taken for drawn. `[any]`
    pub fn take(&self, now: Instant) -> bool {
        // What is due within a millisecond is not worth another round.
        self.lock().take_if(|due| *due <= now + Duration::from_millis(1)).is_some()
    }

    /// Whether a frame has been wanted for so long that nobody will call for it. `[any]`
    pub fn is_overdue(&self, now: Instant) -> bool {
        self.lock().is_some_and(|due| due + OVERDUE <= now)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_wish_holds() {
        let schedule = Schedule::default();
        let now = Instant::now();
        assert_eq!(schedule.wait(None, now), None);
        schedule.request(Duration::MAX);
        assert_eq!(schedule.wait(None, now), None);
        schedule.request(Duration::from_secs(100));
        schedule.request(Duration::ZERO);
        schedule.request(Duration::from_secs(50));
        let later = Instant::now();
        assert_eq!(schedule.wait(None, later), Some(Duration::ZERO));
        assert!(schedule.take(later));
        assert!(!schedule.take(later), "a wish is one frame");
    }

    #[test]
    fn a_frame_that_nobody_calls_for_is_overdue() {
        let schedule = Schedule::default();
        assert!(!schedule.is_overdue(Instant::now()));
        schedule.request(Duration::ZERO);
        assert!(!schedule.is_overdue(Instant::now().checked_sub(OVERDUE).unwrap()));
        assert!(schedule.is_overdue(Instant::now() + OVERDUE));
    }

    #[test]
    fn a_frame_keeps_its_distance_from_the_last() {
        let schedule = Schedule::default();
        schedule.request(Duration::ZERO);
        let now = Instant::now();
        assert_eq!(schedule.wait(Some(now), now), Some(FRAME_MIN));
        assert_eq!(schedule.wait(now.checked_sub(FRAME_MIN), now), Some(Duration::ZERO));
    }
}
