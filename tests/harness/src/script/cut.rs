//! How a host cuts time into blocks: evenly, at random, or at given frames.

use std::fmt;
use std::iter;
use std::ops::Range;
use std::str::FromStr;

use ksmps_core::random::Random;

/// Longest block of a [`Cut::Random`] whose text names none.
const RANDOM_MAX_DEFAULT: usize = 1024;

/// Where blocks end. As text: `64`, `random:SEED`, `random:SEED:MAX`, `at:10,75,80`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cut {
    /// Blocks of this many frames, at least 1; the last may be shorter.
    Fixed(usize),
    /// Blocks of 1..=max frames, the same for the same seed.
    Random {
        /// Where the numbers start.
        seed: u64,
        /// Longest block, at least 1.
        max: usize,
    },
    /// Blocks begin at these frames (and at 0), in any order; the last goes to the end.
    Bounds(Vec<u64>),
}

impl Cut {
    /// The blocks of `frames` frames, none of them empty. `[any]`
    pub fn blocks(&self, frames: u64) -> impl Iterator<Item = Range<u64>> + use<> {
        let mut next_end = self.ends(frames);
        let mut start = 0;
        iter::from_fn(move || {
            let end = (start < frames).then(|| next_end(start).min(frames))?;
            let block = start..end;
            start = end;
            Some(block)
        })
    }

    /// The longest block that [`Cut::blocks`] gives for `frames` frames at most. `[any]`
    pub fn block_max(&self, frames: u64) -> usize {
        let max = match self {
            Self::Fixed(length) => *length as u64,
            Self::Random { max, .. } => *max as u64,
            Self::Bounds(_) => self.blocks(frames).map(|block| block.end - block.start).max().unwrap_or(1),
        };
        max.max(1) as usize
    }

    /// Gives the end of the block that begins at a frame, which is always behind it.
    fn ends(&self, frames: u64) -> Box<dyn FnMut(u64) -> u64> {
        match self {
            Self::Fixed(length) => {
                let length = (*length).max(1) as u64;
                Box::new(move |start| start + length)
            }
            Self::Random { seed, max } => {
                let mut random = Random::new(*seed);
                let max = (*max).max(1) as u64;
                Box::new(move |start| start + 1 + random.below(max))
            }
            Self::Bounds(bounds) => {
                let mut bounds = bounds.clone();
                bounds.sort_unstable();
                Box::new(move |start| bounds.iter().copied().find(|bound| *bound > start).unwrap_or(frames))
            }
        }
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(length) => write!(f, "{length}"),
            Self::Random { seed, max } => write!(f, "random:{seed}:{max}"),
            Self::Bounds(bounds) => {
                let bounds: Vec<String> = bounds.iter().map(u64::to_string).collect();
                write!(f, "at:{}", bounds.join(","))
            }
        }
    }
}

/// A text that is no [`Cut`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no way to cut blocks; write a length (64), random:SEED, random:SEED:MAX or at:FRAME,FRAME")]
pub struct CutError(String);

impl FromStr for Cut {
    type Err = CutError;

    fn from_str(text: &str) -> Result<Self, CutError> {
        parse(text.trim()).ok_or_else(|| CutError(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<Cut> {
    let length = |text: &str| text.parse::<usize>().ok().filter(|length| *length > 0);
    match text.split_once(':') {
        None => Some(Cut::Fixed(length(text)?)),
        Some(("random", rest)) => {
            let (seed, max) = match rest.split_once(':') {
                Some((seed, max)) => (seed, length(max)?),
                None => (rest, RANDOM_MAX_DEFAULT),
            };
            Some(Cut::Random { seed: seed.parse().ok()?, max })
        }
        Some(("at", rest)) => {
            rest.split(',').map(|frame| frame.trim().parse().ok()).collect::<Option<_>>().map(Cut::Bounds)
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cut_covers_the_whole_without_gaps_or_empty_blocks() {
        let cuts = [
            Cut::Fixed(0),
            Cut::Fixed(1),
            Cut::Fixed(64),
            Cut::Fixed(5000),
            Cut::Random { seed: 1, max: 300 },
            Cut::Bounds(vec![75, 10, 10, 0, 9999]),
        ];
        for cut in cuts {
            let mut at = 0;
            for block in cut.blocks(1000) {
                assert_eq!(block.start, at, "{cut}");
                assert!(block.end > block.start && (block.end - block.start) as usize <= cut.block_max(1000));
                at = block.end;
            }
            assert_eq!(at, 1000, "{cut}");
            assert_eq!(cut.blocks(0).count(), 0, "{cut}");
        }
    }

    #[test]
    fn a_seed_gives_the_same_blocks_again_and_another_gives_others() {
        let blocks = |seed| Cut::Random { seed, max: 100 }.blocks(1000).collect::<Vec<_>>();
        assert_eq!(blocks(7), blocks(7));
        assert_ne!(blocks(7), blocks(8));
    }

    #[test]
    fn text_and_cut_agree() {
        let table = [
            ("64", Cut::Fixed(64)),
            ("random:42:17", Cut::Random { seed: 42, max: 17 }),
            ("at:10,75", Cut::Bounds(vec![10, 75])),
        ];
        for (text, cut) in table {
            assert_eq!(text.parse(), Ok(cut.clone()));
            assert_eq!(cut.to_string(), text);
        }
        assert_eq!("random:42".parse(), Ok(Cut::Random { seed: 42, max: RANDOM_MAX_DEFAULT }));
        for text in ["", "0", "-1", "sixty", "random", "random:x", "random:1:0", "at:", "at:1,x", "near:1"] {
            assert_eq!(text.parse::<Cut>(), Err(CutError(text.to_owned())));
        }
    }
}
