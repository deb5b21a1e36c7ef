//! Whether two renderings are the same, and where they part.

/// Where and how far two sounds differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// The first frame that differs in any channel; the end of the shorter one where only the lengths differ.
    pub first_frame: usize,
    /// The largest absolute difference of two samples; infinite where only one of them is a number.
    pub largest: f32,
}

/// What differs between two sounds; `None` if every sample of every channel is equal (NaN equals NaN, the two
/// zeros are equal). Missing channels and frames are differences of their own, not silence.
pub fn difference(a: &[Vec<f32>], b: &[Vec<f32>]) -> Option<Difference> {
    let mut found: Option<Difference> = None;
    let mut note = |frame: usize, distance: f32| {
        let so_far = found.get_or_insert(Difference { first_frame: frame, largest: 0.0 });
        so_far.first_frame = so_far.first_frame.min(frame);
        so_far.largest = so_far.largest.max(distance);
    };
    if a.len() != b.len() {
        note(0, f32::INFINITY);
    }
    for (a, b) in a.iter().zip(b) {
        if a.len() != b.len() {
            note(a.len().min(b.len()), 0.0);
        }
        for (frame, (x, y)) in a.iter().zip(b).enumerate() {
            if x != y && !(x.is_nan() && y.is_nan()) {
                let distance = (x - y).abs();
                note(frame, if distance.is_nan() { f32::INFINITY } else { distance });
            }
        }
    }
    found
}

/// A short fingerprint of all samples (FNV-1a over their bits, 16 hexadecimal digits): equal for bit-identical
/// sounds on every machine.
pub fn hash(channels: &[Vec<f32>]) -> String {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    let mut eat = |byte: u8| state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    for channel in channels {
        (channel.len() as u64).to_le_bytes().into_iter().for_each(&mut eat);
        channel.iter().flat_map(|x| x.to_bits().to_le_bytes()).for_each(&mut eat);
    }
    format!("{state:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences() {
        let a = vec![vec![0.0, 0.5, f32::NAN], vec![0.0, 0.0, 0.0]];
        let with = |channel: usize, frame: usize, value: f32| {
            let mut b = a.clone();
            b[channel][frame] = value;
            b
        };
        let at = |first_frame, largest| Some(Difference { first_frame, largest });
        assert_eq!(difference(&a, &a), None);
        assert_eq!(difference(&a, &with(0, 0, -0.0)), None);
        assert_eq!(difference(&a, &with(1, 1, 0.25)), at(1, 0.25));
        assert_eq!(difference(&a, &with(0, 2, 0.0)), at(2, f32::INFINITY));
        assert_eq!(difference(&a, &[a[0].clone(), vec![0.0]]), at(1, 0.0));
        assert_eq!(difference(&a, &a[..1]), at(0, f32::INFINITY));
    }

    #[test]
    fn a_hash_sees_every_bit_and_every_border() {
        let a = hash(&[vec![0.0, 0.5], vec![0.25]]);
        assert_eq!(a, hash(&[vec![0.0, 0.5], vec![0.25]]));
        for other in
            [vec![vec![-0.0, 0.5], vec![0.25]], vec![vec![0.0], vec![0.5, 0.25]], vec![vec![0.0, 0.5]]]
        {
            assert_ne!(a, hash(&other));
        }
        assert_eq!(hash(&[]), "cbf29ce484222325");
    }
}
