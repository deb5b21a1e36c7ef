//! The way through a list of events: which events begin in which frames, as its song goes on, jumps and stands.
//!
//! An event begins at the first frame whose position it does not lie behind, and a frame that the song jumps to has, as any
//! other, one frame's length before it. So a song that is played from anywhere has the same events in the same frames.

use super::list::{EventList, Kind};

/// Events that can begin in one cycle; more are left out and counted.
const DUE_MAX: usize = 4096;
/// Positions are exact to this part of a frame: a host's numbers are rounded.
pub(super) const FRAME_TOLERANCE: f64 = 1e-3;

/// How the positions of a song go on: a straight line over the engine's frames.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Course {
    /// The position at `frame`.
    pub position: f64,
    pub frame: u64,
    /// Above 0.
    pub per_frame: f64,
    /// Seconds that a position is long.
    pub seconds: f64,
}

impl Course {
    fn position_at(&self, frame: u64) -> f64 {
        self.position + (frame as f64 - self.frame as f64) * self.per_frame
    }

    /// How many frames behind `frame` a position is reached.
    fn frames_to(&self, position: f64) -> f64 {
        ((position - self.position) / self.per_frame - FRAME_TOLERANCE).ceil()
    }
}

/// An event that begins in the coming cycle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Due {
    /// Its number in the list.
    pub event: usize,
    /// The engine's frame at which it begins.
    pub frame: u64,
    /// What is left of its length, where that is not all of it.
    pub rest: Option<f64>,
    /// Seconds that a position is long.
    pub seconds: f64,
    /// Where its round began.
    pub round: f64,
}

/// Events, and where their song is in them.
#[derive(Debug)]
pub(super) struct Walk {
    pub list: EventList,
    loops: bool,
    /// How many of the events are reached: those that begin behind the end of what repeats are not.
    reached: usize,
    /// `None` where the song stands.
    course: Option<Course>,
    /// The event that comes next.
    next: usize,
    /// The rounds before the present one, where the events repeat.
    rounds: f64,
    /// The first frame that was not looked at.
    walked: u64,
    /// What begins in the coming cycle.
    pub due: Vec<Due>,
    /// Events that found no room.
    pub dropped: u32,
}

impl Walk {
    /// Before the song has begun. `[control]`
    pub fn new(list: EventList, loops: bool) -> Self {
        let due = Vec::with_capacity(DUE_MAX.min(2 * list.len()));
        let reached = if loops { list.first_behind(list.length) } else { list.len() };
        Self { list, loops, reached, course: None, next: 0, rounds: 0.0, walked: 0, due, dropped: 0 }
    }

    /// Whether the song moves. `[audio]`
    pub fn moves(&self) -> bool {
        self.course.is_some()
    }

    /// Whether nothing begins or lasts at or behind a position, but for what is held for ever. `[audio]`
    pub fn is_over(&self, position: f64) -> bool {
        !self.loops && position >= self.list.length
    }

    /// Whether all has begun and nothing lasts any longer, but for what is held for ever. `[audio]`
    pub fn is_done(&self) -> bool {
        let Some(course) = self.course else { return true };
        let all_begun = self.next == self.list.len() && self.due.is_empty();
        all_begun && self.is_over(course.position_at(self.walked))
    }

    /// Finds what begins before the engine's frame `to`. `[audio]`
    pub fn run(&mut self, to: u64) {
        let Some(course) = self.course else { return };
        while let Some(start) = self.next_start() {
            let frames = course.frames_to(start);
            if frames >= to as f64 - course.frame as f64 {
                break;
            }
            // Where a tempo has brought the song beyond it, it begins at once.
            let frame = course.frame.saturating_add_signed(frames as i64).max(self.walked);
            self.begin(Due {
                event: self.next,
                frame,
                rest: None,
                seconds: course.seconds,
                round: self.round(),
            });
            self.next += 1;
        }
        self.walked = to;
    }

    /// Where the present round began.
    fn round(&self) -> f64 {
        self.rounds * self.list.length
    }

    /// Where the next event begins; what repeats begins its next round behind the last one that is reached.
    fn next_start(&mut self) -> Option<f64> {
        if self.next >= self.reached {
            if !self.loops || self.reached == 0 {
                return None;
            }
            self.next = 0;
            self.rounds += 1.0;
        }
        Some(self.round() + self.list.event(self.next).start)
    }

    /// The song goes on as it went, by another line from here on. `[audio]`
    pub fn steer(&mut self, course: Course) {
        self.course = Some(course);
    }

    /// The song begins to move at `frame`, or has jumped there; notes that last beyond that place enter where that is wished,
    /// and changes do. `[audio]`
    pub fn land(&mut self, course: Course, frame: u64, enters: bool) {
        let position = course.position_at(frame);
        self.rounds = match self.loops {
            true => (position / self.list.length).floor().max(0.0),
            false => 0.0,
        };
        let (round, seconds) = (self.round(), course.seconds);
        let here = position - round;
        self.next = self.list.first_behind(here - course.per_frame * (1.0 - FRAME_TOLERANCE));
        (self.course, self.walked) = (Some(course), frame);
        let mut from = 0;
        let looks = enters || self.list.has_changes;
        while looks && let Some(event) = self.list.next_over(from, self.next, here) {
            from = event + 1;
            if enters || matches!(self.list.event(event).kind, Kind::Change(_)) {
                let rest = Some(self.list.rest(event, here));
                self.begin(Due { event, frame, rest, seconds, round });
            }
        }
    }

    /// The song stands. `[audio]`
    pub fn stand(&mut self) {
        self.course = None;
    }

    /// Takes back the notes that have begun since the last cycle: they end before they are heard. `[audio]`
    pub fn break_off(&mut self) {
        let Self { due, list, .. } = self;
        due.retain(|due| {
            let event = list.event(due.event);
            event.end <= event.start
        });
    }

    fn begin(&mut self, due: Due) {
        if self.due.len() < self.due.capacity() {
            self.due.push(due);
        } else {
            self.dropped += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::list::{Measure, Unit};
    use super::super::sorted;
    use super::*;
    use ksmps_data::random::Random;

    const KSMPS: u64 = 16;

    fn walk(notes: &[(f64, f64)], loops: bool) -> Walk {
        let lines: String =
            notes.iter().map(|(start, length)| format!("i 1 {start} {start} {length} {length}\n")).collect();
        let score = sorted::read(format!("w 0 60\n{lines}e\n").as_bytes());
        let measure = Measure { unit: Unit::Beats, rate: 100.0, tempo: None };
        Walk::new(EventList::of_score(&score, measure, &mut |_| None).0, loops)
    }

    /// A hundred frames a beat.
    fn course(position: f64, frame: u64) -> Course {
        Course { position, frame, per_frame: 0.01, seconds: 1.0 }
    }

    /// What begins until a frame, cycle by cycle, with runs in between where a host's blocks begin.
    fn begun(walk: &mut Walk, frames: std::ops::Range<u64>, block: u64) -> Vec<(usize, u64, Option<f64>)> {
        let mut begun = Vec::new();
        for frame in frames {
            if frame % block == 0 {
                walk.run(frame);
            }
            if frame % KSMPS == KSMPS - 1 {
                walk.run(frame + 1);
                begun.extend(walk.due.drain(..).map(|due| (due.event, due.frame, due.rest)));
            }
        }
        begun
    }

    #[test]
    fn events_begin_at_their_frames_however_the_blocks_are_cut() {
        let notes = [(0.0, 0.5), (0.005, 1.0), (0.5, 1.0), (0.5, 2.0), (1.23, 0.1)];
        for block in [1, 7, 16, 17, 64, 1000] {
            let mut walk = walk(&notes, false);
            walk.land(course(0.0, 0), 0, false);
            let expected = [(0, 0), (1, 1), (2, 50), (3, 50), (4, 123)].map(|(event, at)| (event, at, None));
            assert_eq!(begun(&mut walk, 0..320, block), expected, "blocks of {block}");
        }
    }

    #[test]
    fn played_from_anywhere_the_same_events_begin_in_the_same_frames() {
        let mut random = Random::new(9);
        let mut notes: Vec<(f64, f64)> = (0..60).map(|_| (random.unit() * 8.0, random.unit())).collect();
        notes.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut whole = walk(&notes, false);
        whole.land(course(0.0, 0), 0, false);
        let whole = begun(&mut whole, 0..800, 64);
        assert_eq!(whole.len(), 60);
        for from in (0..800).step_by(16) {
            let mut part = walk(&notes, false);
            part.land(course(from as f64 * 0.01, 0), 0, false);
            let heard: Vec<_> = begun(&mut part, 0..800, 64)
                .into_iter()
                .map(|(event, at, rest)| (event, at + from, rest))
                .collect();
            let expected: Vec<_> = whole.iter().copied().filter(|(_, at, _)| *at >= from).collect();
            assert_eq!(heard, expected, "from {from}");
        }
    }

    #[test]
    fn a_jump_goes_on_from_its_place_and_what_lasts_enters_where_that_is_wished() {
        let notes = [(0.0, 3.0), (0.1, 0.1), (1.0, 0.5), (2.0, 0.0)];
        for (enters, first) in [(false, &[][..]), (true, &[(0, 20, Some(1.75)), (2, 20, Some(0.25))])] {
            let mut walk = walk(&notes, false);
            walk.land(course(0.0, 0), 0, enters);
            assert_eq!(begun(&mut walk, 0..16, 16), [(0, 0, None), (1, 10, None)]);
            walk.run(20);
            walk.break_off();
            walk.land(course(1.25, 20), 20, enters);
            let heard = begun(&mut walk, 20..128, 16);
            assert_eq!(heard, [first, &[(3, 95, None)]].concat());
            // Back to a place between the events.
            walk.land(course(0.995, 128), 128, false);
            assert_eq!(begun(&mut walk, 128..144, 16), [(2, 129, None)]);
        }
    }

    #[test]
    fn a_loop_ends_before_the_frame_that_it_begins_at() {
        let notes = [(0.0, 0.1), (1.99, 0.1), (2.0, 0.1)];
        // The host jumps back where it reaches beat 2: at a frame, or between two.
        for past in [0.0, 0.003, 0.0099] {
            let mut walk = walk(&notes, false);
            walk.land(course(0.0, 0), 0, false);
            let first = begun(&mut walk, 0..192, 16);
            walk.run(200);
            walk.land(course(past, 200), 200, false);
            let second = begun(&mut walk, 192..400, 16);
            assert_eq!(first, [(0, 0, None)]);
            assert_eq!(second[..2], [(1, 199, None), (0, 200, None)], "{past}");
        }
    }

    #[test]
    fn what_began_in_a_cycle_that_breaks_off_is_taken_back_but_for_what_has_no_length() {
        let mut walk = walk(&[(0.01, 1.0), (0.02, 0.0), (0.5, 1.0)], false);
        walk.land(course(0.0, 0), 0, false);
        walk.run(10);
        walk.break_off();
        walk.stand();
        assert_eq!(begun(&mut walk, 10..100, 16), [(1, 2, None)]);
    }

    #[test]
    fn a_score_that_repeats_has_its_rounds_at_all_positions() {
        let notes = [(0.0, 0.1), (0.6, 0.4)];
        let mut walk = walk(&notes, true);
        walk.land(course(-0.5, 0), 0, false);
        let frames: Vec<u64> = begun(&mut walk, 0..320, 16).into_iter().map(|(_, at, _)| at).collect();
        assert_eq!(frames, [50, 110, 150, 210, 250, 310]);
        walk.land(course(7.7, 320), 320, true);
        let first = begun(&mut walk, 320..352, 16);
        assert_eq!(first.len(), 2, "{first:?}");
        assert!((first[0].2.unwrap() - 0.3).abs() < 1e-9 && first[1] == (0, 350, None), "{first:?}");
    }

    #[test]
    fn another_tempo_leaves_nothing_out_and_begins_nothing_twice() {
        let notes: Vec<(f64, f64)> = (0..40).map(|beat| (f64::from(beat) * 0.1, 0.05)).collect();
        let mut walk = walk(&notes, false);
        walk.land(course(0.0, 0), 0, false);
        let mut heard = begun(&mut walk, 0..96, 16);
        // The host is a little beyond, and then a little before, where the song had come by itself.
        walk.steer(Course { per_frame: 0.02, ..course(1.05, 96) });
        heard.extend(begun(&mut walk, 96..144, 16));
        walk.steer(course(1.99, 144));
        heard.extend(begun(&mut walk, 144..400, 16));
        let events: Vec<usize> = heard.iter().map(|(event, ..)| *event).collect();
        assert_eq!(events, (0..40).collect::<Vec<_>>());
        assert!(heard.is_sorted_by_key(|(_, at, _)| *at));
    }
}
