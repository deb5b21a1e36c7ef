//! Which channel of the orchestra goes to which channel of the host, and back.

use serde::{Deserialize, Serialize};

use crate::engine::EngineInfo;

/// Host channels of a plugin, main bus first, then its further buses, all in one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostChannels {
    /// Channels of each input bus.
    pub inputs: Vec<usize>,
    /// Channels of each output bus.
    pub outputs: Vec<usize>,
}

impl HostChannels {
    /// All input channels. [any]
    pub fn input_count(&self) -> usize {
        self.inputs.iter().sum()
    }

    /// All output channels. [any]
    pub fn output_count(&self) -> usize {
        self.outputs.iter().sum()
    }
}

/// For one engine in one plugin: where samples come from. Pairs are (to, from), channels counted from 0.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Route {
    /// (orchestra input, host input)
    pub inputs: Vec<(usize, usize)>,
    /// Which orchestra output each host output sounds; several for one host output are summed.
    pub outputs: Vec<OutputRoute>,
    /// Orchestra outputs that are heard nowhere, for a message.
    pub unheard: Vec<usize>,
}

/// One orchestra output on its way to one host output. Channels count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputRoute {
    /// Host channel.
    pub to: usize,
    /// Orchestra channel.
    pub from: usize,
    /// Something else was routed there before: add to it.
    pub mixed: bool,
}

impl Route {
    /// Connects an engine to a host. [control]
    ///
    /// Channels go one to one in their order; a bus that the document names (`;@in`, `;@out`) goes to the host bus
    /// of the same position. A mono output sounds on both sides. Named outputs for which the host has no bus are
    /// mixed into the main one, so that a kit is heard whole in a stereo plugin.
    pub fn new(info: &EngineInfo, host: &HostChannels) -> Self {
        let mut route = Self::default();
        if info.input_ports.is_empty() {
            route.inputs =
                (0..info.inputs.min(host.input_count())).map(|channel| (channel, channel)).collect();
        } else {
            for (port, bus) in info.input_ports.iter().zip(spans(&host.inputs)) {
                for (offset, channel) in (port.first - 1..port.last).enumerate() {
                    let to = usize::from(channel);
                    if to < info.inputs && offset < bus.len() {
                        route.inputs.push((to, bus.start + offset));
                    }
                }
            }
        }
        if info.output_ports.is_empty() {
            let channels = info.outputs.min(host.output_count());
            (0..channels).for_each(|channel| route.add(channel, channel));
            let main = host.outputs.first().copied().unwrap_or(0);
            if info.outputs == 1 {
                (1..main).for_each(|channel| route.add(channel, 0));
            }
        } else {
            let buses: Vec<_> = spans(&host.outputs).collect();
            for (index, port) in info.output_ports.iter().enumerate() {
                let Some(bus) = buses.get(index).or(buses.first()) else { break };
                let channels: Vec<usize> = (port.first - 1..port.last)
                    .map(usize::from)
                    .filter(|&channel| channel < info.outputs)
                    .collect();
                for (offset, to) in bus.clone().enumerate() {
                    let from = if channels.len() == 1 { channels.first() } else { channels.get(offset) };
                    if let Some(&from) = from {
                        route.add(to, from);
                    }
                }
            }
        }
        route.unheard =
            (0..info.outputs).filter(|from| route.outputs.iter().all(|used| used.from != *from)).collect();
        route
    }

    fn add(&mut self, to: usize, from: usize) {
        let mixed = self.outputs.iter().any(|other| other.to == to);
        self.outputs.push(OutputRoute { to, from, mixed });
    }
}

/// The channels of each bus in the row of all.
fn spans(buses: &[usize]) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
    let mut start = 0;
    buses.iter().map(move |&width| {
        let span = start..start + width;
        start += width;
        span
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Port;
    use crate::engine::NoteInput;

    fn info(inputs: usize, outputs: usize, output_ports: &[(u16, u16)]) -> EngineInfo {
        let port = |&(first, last): &(u16, u16)| Port { name: String::new(), first, last, optional: false };
        EngineInfo {
            name: String::new(),
            rate: 48_000.0,
            ksmps: 16,
            inputs,
            outputs,
            input_ports: Vec::new(),
            output_ports: output_ports.iter().map(port).collect(),
            params: Vec::new(),
            note_input: NoteInput::None,
            latency_frames: 16,
            tail: None,
            exact_starts: true,
            diagnostics: Vec::new(),
        }
    }

    fn outputs(info: &EngineInfo, buses: &[usize]) -> Vec<(usize, usize)> {
        Route::new(info, &HostChannels { inputs: vec![2], outputs: buses.to_vec() })
            .outputs
            .iter()
            .map(|route| (route.to, route.from))
            .collect()
    }

    #[test]
    fn channels_go_in_their_order() {
        assert_eq!(outputs(&info(2, 2, &[]), &[2]), [(0, 0), (1, 1)]);
        assert_eq!(outputs(&info(2, 1, &[]), &[2]), [(0, 0), (1, 0)], "mono sounds on both sides");
        assert_eq!(outputs(&info(2, 4, &[]), &[2, 2]), [(0, 0), (1, 1), (2, 2), (3, 3)]);
        let four = Route::new(&info(2, 4, &[]), &HostChannels { inputs: vec![], outputs: vec![2] });
        assert_eq!(four.unheard, [2, 3]);
    }

    #[test]
    fn named_buses_go_to_the_host_bus_of_their_position_or_into_the_main_one() {
        let kit = info(0, 4, &[(1, 2), (3, 4)]);
        assert_eq!(outputs(&kit, &[2, 2]), [(0, 0), (1, 1), (2, 2), (3, 3)]);
        assert_eq!(outputs(&kit, &[2]), [(0, 0), (1, 1), (0, 2), (1, 3)]);
        let mono = info(0, 3, &[(1, 2), (3, 3)]);
        assert_eq!(outputs(&mono, &[2, 2]), [(0, 0), (1, 1), (2, 2), (3, 2)]);
    }
}
