//! The plugins of this library: one row of a table each, read at run time.
//!
//! Nothing of a product is a type: the framework's plugin is one type for all of them (`crate::plugin`), and what a
//! host is shown comes from the row. So a product more is one row more, written here or added with [`add`] before a
//! host has asked for the list. Ids and class ids are in hosts' projects: once released they stay.

use std::num::NonZeroU32;
use std::sync::{Mutex, OnceLock, PoisonError};

use nice_plug::prelude::{AudioIOLayout, PortNames, new_nonzero_u32};

/// What one of the plugins is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Name in the host's list.
    pub name: &'static str,
    /// One sentence for the host's list.
    pub description: &'static str,
    /// Id in CLAP.
    pub clap_id: &'static str,
    /// Class id in VST3, as it is written on Linux and macOS.
    pub vst3_id: [u8; 16],
    /// Words by which CLAP hosts sort plugins, CLAP's own.
    pub clap_features: &'static [&'static str],
    /// Words by which VST3 hosts sort plugins, VST3's own, with `|` between them.
    pub vst3_categories: &'static str,
    /// Inputs and outputs.
    pub layout: Layout,
    /// The document of a fresh instance.
    pub document: &'static str,
}

impl Product {
    /// The class id in VST3 as hosts of this system write it, so that projects go from one system to another. `[any]`
    pub fn vst3_class_id(&self) -> [u8; 16] {
        let [a, b, c, d, e, f, g, h, rest @ ..] = self.vst3_id;
        let [i, j, k, l, m, n, o, p] = rest;
        if cfg!(target_os = "windows") {
            // The first three numbers of a GUID have their low bytes first.
            [d, c, b, a, f, e, h, g, i, j, k, l, m, n, o, p]
        } else {
            self.vst3_id
        }
    }
}

/// The buses a product can have. The framework wants to know all of them when the library is compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// One stereo output.
    StereoOut,
    /// Eight stereo outputs.
    EightStereoOuts,
    /// A stereo input, a stereo sidechain, a stereo output; a host may have other widths of it.
    StereoEffect,
}

/// Where the effects of other widths begin in [`Layout::ALL`].
const OTHER_EFFECTS: usize = 3;

impl Layout {
    /// Every layout as the framework describes it: those of the enum in its order, then effects of other widths. Within a
    /// layout all buses of one direction are of one width: the framework compares the wrong buses of a VST3 host where
    /// they differ. So the framework has a sidechain wider than the host's (`crate::process::channels`), of which the rest
    /// stays unused.
    pub const ALL: &'static [AudioIOLayout] = &[
        STEREO_OUT,
        EIGHT_STEREO_OUTS,
        effect(&[STEREO]),
        effect(&[new_nonzero_u32(1)]),
        effect(&[new_nonzero_u32(4)]),
        effect(&[new_nonzero_u32(6)]),
        effect(&[new_nonzero_u32(8)]),
        effect(&[new_nonzero_u32(16)]),
    ];

    /// Its place in [`Self::ALL`]. `[any]`
    pub fn index(self) -> usize {
        self as usize
    }

    /// The places in [`Self::ALL`] of those that a host may choose from, its own first. `[any]`
    pub fn choices(self) -> impl Iterator<Item = usize> {
        let others = if self == Self::StereoEffect { OTHER_EFFECTS..Self::ALL.len() } else { 0..0 };
        [self.index()].into_iter().chain(others)
    }

    /// Its buses, unless the host chooses others. `[any]`
    pub fn buses(self) -> &'static AudioIOLayout {
        &Self::ALL[self.index()]
    }
}

const STEREO: NonZeroU32 = new_nonzero_u32(2);

const STEREO_OUT: AudioIOLayout = AudioIOLayout {
    main_output_channels: Some(STEREO),
    names: PortNames {
        // The framework names the main output after the main input.
        main_input: Some("Main"),
        ..PortNames::const_default()
    },
    ..AudioIOLayout::const_default()
};

const EIGHT_STEREO_OUTS: AudioIOLayout = AudioIOLayout {
    main_output_channels: Some(STEREO),
    aux_output_ports: &[STEREO; 7],
    names: PortNames {
        layout: Some("8 stereo outputs"),
        main_input: Some("Main"),
        aux_outputs: &["Out 3-4", "Out 5-6", "Out 7-8", "Out 9-10", "Out 11-12", "Out 13-14", "Out 15-16"],
        ..PortNames::const_default()
    },
    ..AudioIOLayout::const_default()
};

/// An effect whose buses are all as wide as its sidechain.
const fn effect(sidechain: &'static [NonZeroU32; 1]) -> AudioIOLayout {
    AudioIOLayout {
        main_input_channels: Some(sidechain[0]),
        main_output_channels: Some(sidechain[0]),
        aux_input_ports: sidechain,
        names: PortNames { aux_inputs: &["Sidechain"], ..PortNames::const_default() },
        ..AudioIOLayout::const_default()
    }
}

/// The document of fresh instruments.
const INSTRUMENT_DOCUMENT: &str = include_str!("../../instruments/drift/drift.csd");

/// The document of fresh effects.
const EFFECT_DOCUMENT: &str = include_str!("../../instruments/echo/echo.csd");

/// The documents of the factory library.
pub const FACTORY: [&str; 8] = [
    INSTRUMENT_DOCUMENT,
    include_str!("../../instruments/bell/bell.csd"),
    include_str!("../../instruments/tine/tine.csd"),
    include_str!("../../instruments/glass-keys/glass-keys.csd"),
    include_str!("../../instruments/kit-and-piece/kit-and-piece.csd"),
    EFFECT_DOCUMENT,
    include_str!("../../instruments/hall/hall.csd"),
    include_str!("../../instruments/ducking-smear/ducking-smear.csd"),
];

/// The products that are always there.
pub static BUILT_IN: [Product; 3] = [
    Product {
        name: "Ksmps Instrument",
        description: "Plays a Csound document from notes",
        clap_id: "org.ksmps.instrument",
        vst3_id: *b"KsmpsInstrument1",
        clap_features: &["instrument", "synthesizer", "stereo"],
        vst3_categories: "Instrument|Synth",
        layout: Layout::StereoOut,
        document: INSTRUMENT_DOCUMENT,
    },
    Product {
        name: "Ksmps Multi-out",
        description: "Plays a Csound document from notes, with eight stereo outputs",
        clap_id: "org.ksmps.multi-out",
        vst3_id: *b"KsmpsMultiOut001",
        clap_features: &["instrument", "synthesizer", "drum-machine", "stereo"],
        vst3_categories: "Instrument|Synth",
        layout: Layout::EightStereoOuts,
        document: INSTRUMENT_DOCUMENT,
    },
    Product {
        name: "Ksmps Effect",
        description: "Sends sound through a Csound document",
        clap_id: "org.ksmps.effect",
        vst3_id: *b"KsmpsEffect00001",
        clap_features: &["audio-effect", "multi-effects", "stereo"],
        vst3_categories: "Fx",
        layout: Layout::StereoEffect,
        document: EFFECT_DOCUMENT,
    },
];

/// Rows that were added before the table was read.
static ADDED: Mutex<Vec<&'static Product>> = Mutex::new(Vec::new());
/// The table, from the first time that it was read.
static TABLE: OnceLock<Vec<&'static Product>> = OnceLock::new();

/// Why a product was not added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProductError {
    /// A host keeps the list that it has read.
    #[error(
        "`{0}` comes too late: a host has read the list of plugins already; add it when the library is loaded"
    )]
    TooLate(String),
    /// Hosts know a product by its ids.
    #[error("`{0}` has the name or an id of another product; give it its own")]
    Taken(String),
    /// CLAP's texts end at a zero.
    #[error("`{0}` has a zero byte in one of its texts; take it out")]
    ZeroByte(String),
}

/// Adds a product to the table. It stays until the process ends, as everything that a host was shown does. `[control]`
///
/// # Errors
/// Where a host has read the table already, and where the product cannot be told from another.
pub fn add(product: Product) -> Result<(), ProductError> {
    let mut added = ADDED.lock().unwrap_or_else(PoisonError::into_inner);
    let name = || product.name.to_owned();
    if TABLE.get().is_some() {
        return Err(ProductError::TooLate(name()));
    }
    let texts = [product.name, product.description, product.clap_id];
    if texts.iter().chain(product.clap_features).any(|text| text.contains('\0')) {
        return Err(ProductError::ZeroByte(name()));
    }
    let is_same = |other: &Product| {
        other.name == product.name || other.clap_id == product.clap_id || other.vst3_id == product.vst3_id
    };
    if BUILT_IN.iter().chain(added.iter().copied()).any(is_same) {
        return Err(ProductError::Taken(name()));
    }
    added.push(Box::leak(Box::new(product)));
    Ok(())
}

/// All products, in the order in which hosts see them. From the first call on the table stays as it is. `[control]`
pub fn all() -> &'static [&'static Product] {
    TABLE.get_or_init(|| {
        let added = ADDED.lock().unwrap_or_else(PoisonError::into_inner);
        BUILT_IN.iter().chain(added.iter().copied()).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::{CHANNELS_MAX, channels};

    #[test]
    fn ids_and_channels_stay() {
        let rows = BUILT_IN.each_ref().map(|product| {
            let channels = channels(product.layout.buses());
            assert!(channels.input_count().max(channels.output_count()) <= CHANNELS_MAX);
            assert!(!product.document.is_empty());
            (product.name, product.clap_id, &product.vst3_id, channels.inputs, channels.outputs)
        });
        let expected = [
            ("Ksmps Instrument", "org.ksmps.instrument", b"KsmpsInstrument1", vec![], vec![2]),
            ("Ksmps Multi-out", "org.ksmps.multi-out", b"KsmpsMultiOut001", vec![], vec![2; 8]),
            ("Ksmps Effect", "org.ksmps.effect", b"KsmpsEffect00001", vec![2, 2], vec![2]),
        ];
        assert_eq!(rows, expected);
    }

    #[test]
    fn the_framework_can_tell_all_layouts_apart() {
        let all: Vec<_> = Layout::ALL.iter().map(channels).collect();
        for (index, layout) in all.iter().enumerate() {
            assert_eq!(all.iter().position(|other| other == layout), Some(index));
            assert!(layout.input_count().max(layout.output_count()) <= CHANNELS_MAX);
        }
        for layout in Layout::ALL {
            let is_alike = |main: Option<NonZeroU32>, others: &[NonZeroU32]| {
                main.is_none_or(|main| others.iter().all(|other| *other == main))
            };
            assert!(is_alike(layout.main_input_channels, layout.aux_input_ports));
            assert!(is_alike(layout.main_output_channels, layout.aux_output_ports));
        }
    }

    #[test]
    fn an_effect_has_other_widths_and_an_instrument_has_not() {
        let widths = |layout: Layout| -> Vec<_> {
            layout
                .choices()
                .map(|index| channels(&Layout::ALL[index]))
                .map(|host| (host.inputs, host.outputs))
                .collect()
        };
        assert_eq!(widths(Layout::StereoOut), [(vec![], vec![2])]);
        assert_eq!(widths(Layout::EightStereoOuts), [(vec![], vec![2; 8])]);
        let effects = [2, 1, 4, 6, 8, 16].map(|width: usize| (vec![width, width.min(2)], vec![width]));
        assert_eq!(widths(Layout::StereoEffect), effects);
    }

    #[test]
    fn a_product_is_added_until_a_host_has_read_the_table() {
        let mine = Product {
            name: "Mine",
            description: "",
            clap_id: "mine",
            vst3_id: [7; 16],
            clap_features: &["instrument"],
            vst3_categories: "Instrument",
            layout: Layout::StereoOut,
            document: "instr 1\nendin",
        };
        let taken = [
            Product { name: "Ksmps Effect", ..mine.clone() },
            Product { clap_id: "org.ksmps.effect", ..mine.clone() },
            Product { vst3_id: *b"KsmpsEffect00001", ..mine.clone() },
        ];
        for product in taken {
            assert_eq!(add(product.clone()), Err(ProductError::Taken(product.name.to_owned())));
        }
        let cut = Product { description: "a\0b", ..mine.clone() };
        assert_eq!(add(cut), Err(ProductError::ZeroByte("Mine".to_owned())));
        assert_eq!(add(mine.clone()), Ok(()));
        assert_eq!(all().len(), 4);
        assert_eq!(all()[3], &mine);
        assert_eq!(add(mine), Err(ProductError::TooLate("Mine".to_owned())));
    }
}
