//! The three plugins: what differs between them, and nothing else.
//!
//! Ids and class ids are in hosts' projects: once released they stay.

use std::num::NonZeroU32;

use nice_plug::prelude::{AudioIOLayout, ClapFeature, PortNames, Vst3SubCategory, new_nonzero_u32};

use crate::plugin::Ksmps;

/// An instrument with one stereo output.
pub type Instrument = Ksmps<InstrumentKind>;
/// An instrument with eight stereo outputs.
pub type MultiOut = Ksmps<MultiOutKind>;
/// An effect with a stereo sidechain, which takes notes too.
pub type Effect = Ksmps<EffectKind>;

/// What one of the plugins is.
pub trait Kind: 'static {
    /// Name in the host's list.
    const NAME: &'static str;
    /// One sentence for the host's list.
    const DESCRIPTION: &'static str;
    /// Id in CLAP.
    const CLAP_ID: &'static str;
    /// Class id in VST3.
    const VST3_ID: [u8; 16];
    /// Words by which CLAP hosts sort plugins.
    const CLAP_FEATURES: &'static [ClapFeature];
    /// Words by which VST3 hosts sort plugins.
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory];
    /// Inputs and outputs.
    const LAYOUT: AudioIOLayout;
    /// The document of a fresh instance.
    const DOCUMENT: &'static str;
}

const STEREO: NonZeroU32 = new_nonzero_u32(2);

/// See [`Instrument`].
pub struct InstrumentKind;

impl Kind for InstrumentKind {
    const NAME: &'static str = "Ksmps Instrument";
    const DESCRIPTION: &'static str = "Plays a Csound document from notes";
    const CLAP_ID: &'static str = "org.ksmps.instrument";
    const VST3_ID: [u8; 16] = *b"KsmpsInstrument1";
    const CLAP_FEATURES: &'static [ClapFeature] =
        &[ClapFeature::Instrument, ClapFeature::Synthesizer, ClapFeature::Stereo];
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] =
        &[Vst3SubCategory::Instrument, Vst3SubCategory::Synth];
    const LAYOUT: AudioIOLayout = AudioIOLayout {
        main_output_channels: Some(STEREO),
        names: PortNames {
            // The framework names the main output after the main input.
            main_input: Some("Main"),
            ..PortNames::const_default()
        },
        ..AudioIOLayout::const_default()
    };
    const DOCUMENT: &'static str = include_str!("../../instruments/drift/drift.csd");
}

/// See [`MultiOut`].
pub struct MultiOutKind;

impl Kind for MultiOutKind {
    const NAME: &'static str = "Ksmps Multi-out";
    const DESCRIPTION: &'static str = "Plays a Csound document from notes, with eight stereo outputs";
    const CLAP_ID: &'static str = "org.ksmps.multi-out";
    const VST3_ID: [u8; 16] = *b"KsmpsMultiOut001";
    const CLAP_FEATURES: &'static [ClapFeature] =
        &[ClapFeature::Instrument, ClapFeature::Synthesizer, ClapFeature::DrumMachine, ClapFeature::Stereo];
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] =
        &[Vst3SubCategory::Instrument, Vst3SubCategory::Synth];
    const LAYOUT: AudioIOLayout = AudioIOLayout {
        main_output_channels: Some(STEREO),
        aux_output_ports: &[STEREO; 7],
        names: PortNames {
            layout: Some("8 stereo outputs"),
            main_input: Some("Main"),
            aux_outputs: &[
                "Out 3-4",
                "Out 5-6",
                "Out 7-8",
                "Out 9-10",
                "Out 11-12",
                "Out 13-14",
                "Out 15-16",
            ],
            ..PortNames::const_default()
        },
        ..AudioIOLayout::const_default()
    };
    const DOCUMENT: &'static str = InstrumentKind::DOCUMENT;
}

/// See [`Effect`].
pub struct EffectKind;

impl Kind for EffectKind {
    const NAME: &'static str = "Ksmps Effect";
    const DESCRIPTION: &'static str = "Sends sound through a Csound document";
    const CLAP_ID: &'static str = "org.ksmps.effect";
    const VST3_ID: [u8; 16] = *b"KsmpsEffect00001";
    const CLAP_FEATURES: &'static [ClapFeature] =
        &[ClapFeature::AudioEffect, ClapFeature::MultiEffects, ClapFeature::Stereo];
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] = &[Vst3SubCategory::Fx];
    const LAYOUT: AudioIOLayout = AudioIOLayout {
        main_input_channels: Some(STEREO),
        main_output_channels: Some(STEREO),
        aux_input_ports: &[STEREO],
        names: PortNames { aux_inputs: &["Sidechain"], ..PortNames::const_default() },
        ..AudioIOLayout::const_default()
    };
    const DOCUMENT: &'static str = include_str!("../../instruments/echo/echo.csd");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pinned<K: Kind>(name: &str, clap_id: &str, vst3_id: &[u8], inputs: &[usize], outputs: &[usize]) {
        assert_eq!((K::NAME, K::CLAP_ID, &K::VST3_ID[..]), (name, clap_id, vst3_id));
        let channels = crate::process::channels(&K::LAYOUT);
        assert_eq!((&channels.inputs[..], &channels.outputs[..]), (inputs, outputs), "{name}");
        assert!(channels.input_count().max(channels.output_count()) <= crate::process::CHANNELS_MAX);
        assert!(!K::DOCUMENT.is_empty());
    }

    #[test]
    fn ids_and_channels_stay() {
        pinned::<InstrumentKind>("Ksmps Instrument", "org.ksmps.instrument", b"KsmpsInstrument1", &[], &[2]);
        pinned::<MultiOutKind>("Ksmps Multi-out", "org.ksmps.multi-out", b"KsmpsMultiOut001", &[], &[2; 8]);
        pinned::<EffectKind>("Ksmps Effect", "org.ksmps.effect", b"KsmpsEffect00001", &[2, 2], &[2]);
    }
}
