//! The audio side of the CLAP host. Allocates while it warms up, then no more.

use std::iter::{Enumerate, Map};
use std::marker::PhantomData;
use std::mem;
use std::slice;
use std::sync::Arc;

use clack_extensions::tail::{PluginTail, TailLength};
use clack_host::prelude::*;

use super::events;
use super::handlers::{Handlers, as_audio_thread};
use crate::host::{Block, Buses, Counters, HostError, Processing, Reports, Tail, Unused};

/// An activated CLAP plugin.
pub(super) struct ClapProcessing {
    processor: PluginAudioProcessor<Handlers>,
    rate: f64,
    buses: Buses,
    unused: Unused,
    ids: Vec<ClapId>,
    counters: Arc<Counters>,
    input_ports: AudioPorts,
    output_ports: AudioPorts,
    /// A copy of the block's input: a plugin may write there.
    inputs: Vec<Vec<f32>>,
    events_in: EventBuffer,
    events_out: EventBuffer,
    frame: u64,
}

impl ClapProcessing {
    pub fn new(
        stopped: StoppedPluginAudioProcessor<Handlers>,
        rate: f64,
        buses: &Buses,
        unused: Unused,
        ids: Vec<ClapId>,
        counters: Arc<Counters>,
    ) -> Self {
        Self {
            processor: stopped.into(),
            rate,
            input_ports: AudioPorts::with_capacity(buses.input_channels(), buses.inputs.len()),
            output_ports: AudioPorts::with_capacity(buses.output_channels(), buses.outputs.len()),
            inputs: vec![Vec::new(); buses.input_channels()],
            buses: buses.clone(),
            unused,
            ids,
            counters,
            events_in: EventBuffer::new(),
            events_out: EventBuffer::new(),
            frame: 0,
        }
    }
}

impl Processing for ClapProcessing {
    fn rate(&self) -> f64 {
        self.rate
    }

    fn process(&mut self, block: &mut Block<'_>) -> Result<Reports, HostError> {
        assert_eq!(block.inputs.len(), self.inputs.len(), "input channels");
        assert_eq!(block.outputs.len(), self.buses.output_channels(), "output channels");
        assert!(block.outputs.iter().all(|channel| channel.len() == block.frames), "length of the outputs");
        for (copy, input) in self.inputs.iter_mut().zip(block.inputs) {
            copy.clear();
            copy.extend_from_slice(&input[..block.frames]);
        }
        self.events_in.clear();
        self.events_out.clear();
        for event in block.events {
            if !events::push(event, &self.ids, &mut self.events_in) {
                Counters::count(&self.counters.unsent);
            }
        }
        let transport = block.transport.as_ref().map(|transport| events::transport(transport, self.rate));
        let processor = &mut self.processor;
        let started = as_audio_thread(|| processor.ensure_processing_started())
            .map_err(|error| HostError::refused(format!("to start processing: {error}")))?;
        let inputs = self.input_ports.with_input_buffers(Ports {
            rest: &mut self.inputs,
            counts: self.buses.inputs.iter().enumerate(),
            unused: &self.unused[0],
            wrap: |channel: &mut Vec<f32>| InputChannel::variable(channel),
            no_doubles: PhantomData,
        });
        let mut outputs = self.output_ports.with_output_buffers(Ports {
            rest: block.outputs,
            counts: self.buses.outputs.iter().enumerate(),
            unused: &self.unused[1],
            wrap: |channel: &mut &mut [f32]| &mut **channel,
            no_doubles: PhantomData,
        });
        let events_in = self.events_in.as_input();
        let mut events_out = self.events_out.as_output();
        let frame = Some(self.frame);
        as_audio_thread(|| {
            started.process(&inputs, &mut outputs, &events_in, &mut events_out, frame, transport.as_ref())
        })
        .map_err(|error| HostError::refused(format!("to process: {error}")))?;
        self.frame += block.frames as u64;
        events::note_moves(&self.events_out, &self.counters);
        Ok(events::reports(&self.events_out))
    }

    fn reset(&mut self) {
        as_audio_thread(|| self.processor.reset());
    }

    fn tail(&mut self) -> Tail {
        let plugin = self.processor.plugin_handle();
        let Some(extension) = plugin.get_extension::<PluginTail>() else { return Tail::Frames(0) };
        match as_audio_thread(|| extension.get(&plugin)) {
            TailLength::Finite(frames) => Tail::Frames(frames),
            TailLength::Infinite => Tail::Infinite,
        }
    }
}

impl Drop for ClapProcessing {
    /// Stops processing, as CLAP wants it before deactivation.
    fn drop(&mut self) {
        as_audio_thread(|| {
            self.processor.ensure_processing_stopped();
        });
    }
}

/// Deals channels out to ports without allocating.
struct Ports<'a, T, C, D> {
    /// Channels that no port has yet.
    rest: &'a mut [T],
    /// Channels of each port.
    counts: Enumerate<slice::Iter<'a, usize>>,
    /// Ports without buffers.
    unused: &'a [usize],
    /// Makes a port's channel of one of ours.
    wrap: fn(&'a mut T) -> C,
    /// The type of a 64-bit channel, of which there are none.
    no_doubles: PhantomData<D>,
}

impl<'a, T, C, D> Iterator for Ports<'a, T, C, D> {
    type Item = AudioPortBuffer<Map<slice::IterMut<'a, T>, fn(&'a mut T) -> C>, [D; 0]>;

    fn next(&mut self) -> Option<Self::Item> {
        let (port, count) = self.counts.next()?;
        let (channels, rest) = mem::take(&mut self.rest).split_at_mut(*count);
        self.rest = rest;
        let channels = if self.unused.contains(&port) { &mut [] } else { channels };
        Some(AudioPortBuffer {
            channels: AudioPortBufferType::F32(channels.iter_mut().map(self.wrap)),
            latency: 0,
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.counts.size_hint()
    }
}

impl<T, C, D> ExactSizeIterator for Ports<'_, T, C, D> {}
