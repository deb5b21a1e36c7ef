//! The host's transport in control channels, under the names that Cabbage's users know.

use ksmps_csound::{ChannelId, Running};
use ksmps_data::transport::{Song, TRANSPORT_CHANNELS, Transport};

/// The channels a document asks for, and the song they tell of.
pub(super) struct HostSong {
    channels: [Option<ChannelId>; TRANSPORT_CHANNELS.len()],
    /// Whether the document asks for any.
    is_wanted: bool,
    song: Option<Song>,
    /// The song as it was at the first frame of the coming cycle, where the host has said something else since.
    at_cycle: Option<Song>,
    /// What was written last.
    written: [f64; TRANSPORT_CHANNELS.len()],
    rate: f64,
}

impl HostSong {
    /// Binds the channels whose names stand in the orchestra; a document that names none is left alone. `[control]`
    pub fn bind(running: &mut Running, orchestra: &str) -> Self {
        let rate = running.rate();
        let channels = TRANSPORT_CHANNELS.map(|name| {
            let named = orchestra.contains(&format!("\"{name}\""));
            named.then(|| running.control_channel(name)).flatten()
        });
        Self {
            channels,
            is_wanted: channels.iter().any(Option::is_some),
            song: None,
            at_cycle: None,
            written: [0.0; TRANSPORT_CHANNELS.len()],
            rate,
        }
    }

    /// The host's transport at a frame of the cycle that starts at `cycle`. `[audio]`
    pub fn update(&mut self, transport: Transport, cycle: u64, frame: u64) {
        match &mut self.song {
            _ if !self.is_wanted => {}
            Some(song) => {
                if frame > cycle {
                    self.at_cycle.get_or_insert(*song);
                }
                song.update(transport, frame);
            }
            None => self.song = Some(Song::new(transport, frame, self.rate)),
        }
    }

    /// Writes the channels for the cycle that starts at `frame`; whether any is another than before. `[audio]`
    pub fn advance(&mut self, running: &mut Running, frame: u64) -> bool {
        let Some(song) = self.at_cycle.take().or(self.song) else { return false };
        let (transport, position) = (song.transport(), song.position_at(frame));
        // In the order of `TRANSPORT_CHANNELS`.
        let values = [
            transport.tempo,
            position.beats,
            song.bars_at(frame),
            song.seconds_at(frame),
            position.frames as f64,
            f64::from(u8::from(transport.playing)),
            f64::from(u8::from(transport.recording)),
            f64::from(u8::from(transport.looping)),
            f64::from(transport.signature.0),
            f64::from(transport.signature.1),
        ];
        let mut has_moved = false;
        for ((channel, value), written) in self.channels.iter().zip(values).zip(&mut self.written) {
            if let Some(channel) = channel {
                running.set_channel(*channel, value);
                has_moved |= value != std::mem::replace(written, value);
            }
        }
        has_moved
    }
}
