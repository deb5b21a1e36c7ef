//! Which channel of the orchestra goes to which channel of the host, and back.

use serde::{Deserialize, Serialize};

use crate::EngineInfo;

/// Host channels of a plugin, main bus first, then its further buses, all in one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostChannels {
    /// Channels of each input bus.
    pub inputs: Vec<usize>,
    /// Channels of each output bus.
    pub outputs: Vec<usize>,
}

impl HostChannels {
    /// All input channels. `[any]`
    pub fn input_count(&self) -> usize {
        self.inputs.iter().sum()
    }

    /// All output channels. `[any]`
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
    /// Inputs that the document names and needs, and for which the host has no bus.
    pub missing_inputs: Vec<String>,
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
    /// Connects an engine to a host. `[control]`
    ///
    /// Channels go one to one in their order; a bus that the document names (`;@in`, `;@out`) goes to the host bus
    /// of the same position. A mono output sounds on both sides. Named outputs for which the host has no bus are
    /// mixed into the main one, so that a kit is heard whole in a stereo plugin.
    pub fn new(info: &EngineInfo, host: &HostChannels) -> Self {
        let mut route = Self::default();
        if info.input_buses.is_empty() {
            // A mono input is heard on both sides.
            let is_mono = host.inputs.first() == Some(&1) && info.inputs > 1;
            let from = (0..usize::from(is_mono)).chain(0..host.input_count());
            route.inputs = (0..info.inputs).zip(from).collect();
        } else {
            let buses: Vec<_> = spans(&host.inputs).collect();
            for (index, named) in info.input_buses.iter().enumerate() {
                let Some(bus) = buses.get(index).filter(|bus| !bus.is_empty()) else {
                    route.missing_inputs.extend((!named.optional).then(|| named.name.clone()));
                    continue;
                };
                for (offset, channel) in (named.first - 1..named.last).enumerate() {
                    let to = usize::from(channel);
                    let from = if bus.len() == 1 { 0 } else { offset };
                    if to < info.inputs && from < bus.len() {
                        route.inputs.push((to, bus.start + from));
                    }
                }
            }
        }
        if info.output_buses.is_empty() {
            let channels = info.outputs.min(host.output_count());
            (0..channels).for_each(|channel| route.add(channel, channel));
            let main = host.outputs.first().copied().unwrap_or(0);
            if info.outputs == 1 {
                (1..main).for_each(|channel| route.add(channel, 0));
            }
        } else {
            let buses: Vec<_> = spans(&host.outputs).collect();
            for (index, named) in info.output_buses.iter().enumerate() {
                let Some(bus) = buses.get(index).or(buses.first()) else { break };
                let channels: Vec<usize> = (named.first - 1..named.last)
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
    use crate::NoteInput;
    use ksmps_document::ChannelRange;

    fn info(inputs: usize, outputs: usize, output_buses: &[(u16, u16)]) -> EngineInfo {
        let named =
            |&(first, last): &(u16, u16)| ChannelRange { name: String::new(), first, last, optional: false };
        EngineInfo {
            about: Default::default(),
            rate: 48_000.0,
            ksmps: 16,
            inputs,
            outputs,
            input_buses: Vec::new(),
            output_buses: output_buses.iter().map(named).collect(),
            named_numbers: Vec::new(),
            params: Vec::new(),
            note_input: NoteInput::None,
            refused_note: None,
            latency_frames: 16,
            tail: None,
            exact_starts: true,
            made: Vec::new(),
            kept: Default::default(),
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

    fn inputs(info: &EngineInfo, buses: &[usize]) -> Vec<(usize, usize)> {
        Route::new(info, &HostChannels { inputs: buses.to_vec(), outputs: vec![2] }).inputs
    }

    #[test]
    fn a_mono_input_is_heard_on_both_sides() {
        assert_eq!(inputs(&info(2, 2, &[]), &[1]), [(0, 0), (1, 0)]);
        assert_eq!(inputs(&info(1, 2, &[]), &[1]), [(0, 0)]);
        assert_eq!(inputs(&info(4, 2, &[]), &[1, 2]), [(0, 0), (1, 0), (2, 1), (3, 2)]);
        assert_eq!(inputs(&info(4, 2, &[]), &[2, 2]), [(0, 0), (1, 1), (2, 2), (3, 3)]);
        let bus = |first, last| ChannelRange { name: "Key".to_owned(), first, last, optional: false };
        let named = EngineInfo { input_buses: vec![bus(1, 2), bus(3, 4)], ..info(4, 2, &[]) };
        assert_eq!(inputs(&named, &[1, 1]), [(0, 0), (1, 0), (2, 1), (3, 1)]);
    }

    #[test]
    fn an_optional_input_may_be_missing_and_another_one_is_named() {
        let bus = |name: &str, optional| ChannelRange { name: name.to_owned(), first: 3, last: 4, optional };
        let main = ChannelRange { first: 1, last: 2, ..bus("Main", false) };
        for (optional, missing) in [(true, vec![]), (false, vec!["Key".to_owned()])] {
            let named =
                EngineInfo { input_buses: vec![main.clone(), bus("Key", optional)], ..info(4, 2, &[]) };
            let route = Route::new(&named, &HostChannels { inputs: vec![2], outputs: vec![2] });
            assert_eq!((route.inputs.len(), route.missing_inputs), (2, missing));
        }
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
