//! The limiter of the `--limiter` option. The csound command line applies it where it writes its file, so a host
//! that reads Csound's output buffer has to apply it itself; the formula is that of Csound 6.18 (`libsnd.c`), to the bit.

/// Bends samples towards a level that they never pass.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limiter {
    limit: f64,
    inverse: f64,
    gain: f64,
}

impl Limiter {
    /// A limiter at `level` of full scale; `None` for levels that Csound ignores: 0, above 1, below 0. [any]
    pub fn new(level: f64, zero_dbfs: f64) -> Option<Self> {
        let limit = level * zero_dbfs;
        (level > 0.0 && level <= 1.0).then(|| Self { limit, inverse: 1.0 / limit, gain: 1.0 / 1.0_f64.tanh() })
    }

    /// A sample in units of 0dbfs. [audio]
    pub fn apply(&self, sample: f64) -> f64 {
        if sample >= self.limit {
            self.limit
        } else if sample <= -self.limit {
            -self.limit
        } else {
            self.limit * self.gain * (sample * self.inverse).tanh()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_passes_its_level_and_bends_before() {
        let limiter = Limiter::new(0.5, 2.0).unwrap();
        assert_eq!([limiter.apply(9.0), limiter.apply(-1.0), limiter.apply(0.0)], [1.0, -1.0, 0.0]);
        assert!((limiter.apply(0.999_999) - 1.0).abs() < 1e-5);
        assert!(limiter.apply(0.5) > 0.5);
        assert_eq!([Limiter::new(0.0, 1.0), Limiter::new(1.5, 1.0)], [None, None]);
    }
}
