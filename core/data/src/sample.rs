//! What a sample may be that a host gets.

/// A sample as a host gets it, whatever was mixed before: 0 where it is no number or infinite, and 0 with its sign where it is
/// too small for a normal float. Done on the bits, without a branch. `[audio]`
#[must_use]
#[inline]
pub fn for_host(sample: f32) -> f32 {
    const SIGN: u32 = 0x8000_0000;
    const EXPONENT: u32 = 0x7f80_0000;
    let bits = sample.to_bits();
    let exponent = bits & EXPONENT;
    let kept = if exponent > 0 { u32::MAX } else { SIGN };
    let kept = if exponent == EXPONENT { 0 } else { kept };
    f32::from_bits(bits & kept)
}

#[cfg(test)]
mod tests {
    use super::for_host;

    #[test]
    fn what_is_a_normal_number_is_the_same_and_nothing_else_leaves() {
        for sample in [0.0, -0.0, 1.0, -0.25, 3e38, f32::MIN_POSITIVE, -f32::MIN_POSITIVE] {
            assert_eq!(for_host(sample).to_bits(), sample.to_bits(), "{sample:e}");
        }
        for (sample, expected) in [(1e-40, 0.0), (-1e-40, -0.0_f32)] {
            assert_eq!(for_host(sample).to_bits(), expected.to_bits(), "{sample:e}");
        }
        for sample in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(for_host(sample).to_bits(), 0, "{sample}");
        }
    }
}
