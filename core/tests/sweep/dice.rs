//! Numbers at random, the same for a seed.

/// A generator.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d);
        for _ in 0..4 {
            dice.next();
        }
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// One of `count`, from 0.
    pub fn below(&mut self, count: usize) -> usize {
        ((self.next() >> 16) % count as u64) as usize
    }

    /// Yes once in so many times.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub fn of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    /// A time or length up to `seconds`: whole cycles, exact halves and their neighbours, sums of decimals, anything.
    pub fn seconds(&mut self, rate: u32, ksmps: u32, seconds: f64) -> f64 {
        let cycle = f64::from(ksmps) / f64::from(rate);
        let cycles = self.below((seconds / cycle) as usize + 1) as f64;
        match self.below(7) {
            0 => cycles * cycle,
            1 => (cycles + 0.5) * f64::from(ksmps) / f64::from(rate),
            2 => ((cycles + 0.5) * cycle).next_down(),
            3 => ((cycles + 0.5) * cycle).next_up(),
            4 | 5 => {
                let tenths = (seconds * 10.0) as usize + 1;
                self.below(tenths) as f64 * 0.1 + self.below(10) as f64 * 0.01
            }
            _ => self.between(0.0, seconds),
        }
    }
}
