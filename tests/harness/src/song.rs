//! A host's song: it plays from frame 0 on, by its tempi.

use ksmps_core::transport::TEMPO_DEFAULT;

use crate::host::HostTransport;

/// A song with its tempi.
#[derive(Debug, Clone, PartialEq)]
pub struct Song {
    /// From a second on, this many quarter notes a minute. The first is from 0 on.
    tempi: Vec<(f64, f64)>,
}

impl Song {
    /// A song of one tempo, in quarter notes a minute. `[any]`
    pub fn steady(tempo: f64) -> Self {
        Self { tempi: vec![(0.0, tempo)] }
    }

    /// From a second on it has another tempo; seconds come in their order. `[any]`
    pub fn change(&mut self, seconds: f64, tempo: f64) {
        self.tempi.retain(|(from, _)| *from < seconds);
        self.tempi.push((seconds, tempo));
    }

    /// Where it is at a frame, at `rate` frames a second. `[any]`
    pub fn at(&self, frame: u64, rate: f64) -> HostTransport {
        let now = frame as f64 / rate;
        let ends = self.tempi.iter().skip(1).map(|(from, _)| *from).chain([f64::INFINITY]);
        let lengths = self.tempi.iter().zip(ends);
        let beats = lengths.map(|((from, tempo), end)| (end.min(now) - from).max(0.0) * tempo / 60.0).sum();
        let tempo =
            self.tempi.iter().rfind(|(from, _)| *from <= now).map_or(TEMPO_DEFAULT, |(_, tempo)| *tempo);
        HostTransport {
            playing: true,
            tempo: Some(tempo),
            signature: Some((4, 4)),
            frames: Some(frame as i64),
            beats: Some(beats),
            ..HostTransport::default()
        }
    }
}

impl Default for Song {
    /// At the tempo of a host that says none. `[any]`
    fn default() -> Self {
        Self::steady(TEMPO_DEFAULT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beats_go_by_the_tempi_before() {
        let mut song = Song::default();
        song.change(1.0, 60.0);
        song.change(3.0, 240.0);
        let places = [0, 500, 1000, 2000, 3000, 3500].map(|frame| {
            let HostTransport { beats, tempo, .. } = song.at(frame, 1000.0);
            (beats.unwrap(), tempo.unwrap())
        });
        let expected = [(0.0, 120.0), (1.0, 120.0), (2.0, 60.0), (3.0, 60.0), (4.0, 240.0), (6.0, 240.0)];
        assert_eq!(places, expected);
    }
}
