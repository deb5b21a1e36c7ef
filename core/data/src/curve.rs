//! The shapes in which a line goes from one breakpoint to the next.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// No curve of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no mode {0:?}; modes are linear, cos, smooth, smoother, expon(x), floor")]
pub struct UnknownCurve(pub String);

/// How a line goes from one breakpoint to the next. `d` runs from 0 to 1 between them.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub enum Curve {
    /// d
    #[default]
    Linear,
    /// (1 - cos πd) / 2
    Cos,
    /// 3d² - 2d³
    Smooth,
    /// 6d⁵ - 15d⁴ + 10d³
    Smoother,
    /// dˣ
    Expon(f64),
    /// The left value until the next breakpoint.
    Floor,
}

impl Curve {
    /// How much of the way is done, 0..=1. `[audio]`
    pub fn at(self, d: f64) -> f64 {
        match self {
            Self::Linear => d,
            Self::Cos => (1.0 - (d * std::f64::consts::PI).cos()) * 0.5,
            Self::Smooth => d * d * (3.0 - 2.0 * d),
            Self::Smoother => d * d * d * (d * (d * 6.0 - 15.0) + 10.0),
            Self::Expon(exponent) => d.powf(exponent),
            Self::Floor => 0.0,
        }
    }
}

impl FromStr for Curve {
    type Err = UnknownCurve;

    /// `linear`, `cos`, `smooth`, `smoother`, `floor`, `expon(x)`; `exp(x)`, `expon=x` and `exp=x` say the same.
    fn from_str(text: &str) -> Result<Self, UnknownCurve> {
        let unknown = || UnknownCurve(text.to_owned());
        match text.trim() {
            "linear" => return Ok(Self::Linear),
            "cos" => return Ok(Self::Cos),
            "smooth" => return Ok(Self::Smooth),
            "smoother" => return Ok(Self::Smoother),
            "floor" => return Ok(Self::Floor),
            _ => {}
        }
        let rest = text
            .trim()
            .strip_prefix("expon")
            .or_else(|| text.trim().strip_prefix("exp"))
            .ok_or_else(unknown)?;
        let exponent = match rest.strip_prefix('=') {
            Some(exponent) => exponent,
            None => rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).ok_or_else(unknown)?,
        };
        let exponent: f64 = exponent.trim().parse().map_err(|_| unknown())?;
        if exponent.is_finite() && exponent > 0.0 { Ok(Self::Expon(exponent)) } else { Err(unknown()) }
    }
}

impl fmt::Display for Curve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Linear => f.write_str("linear"),
            Self::Cos => f.write_str("cos"),
            Self::Smooth => f.write_str("smooth"),
            Self::Smoother => f.write_str("smoother"),
            Self::Expon(exponent) => write!(f, "expon({exponent})"),
            Self::Floor => f.write_str("floor"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_understood_and_nothing_else() {
        for (text, curve) in [
            ("linear", Curve::Linear),
            ("cos", Curve::Cos),
            ("smooth", Curve::Smooth),
            ("smoother", Curve::Smoother),
            ("floor", Curve::Floor),
            ("expon(2)", Curve::Expon(2.0)),
            ("exp=0.5", Curve::Expon(0.5)),
            ("expon=2", Curve::Expon(2.0)),
        ] {
            assert_eq!(text.parse::<Curve>().unwrap(), curve);
            assert_eq!(curve.to_string().parse::<Curve>().unwrap(), curve);
        }
        for text in ["nonsense", "expon", "expon()", "exp=", "expon(-1)", "exp=nan"] {
            assert!(matches!(text.parse::<Curve>(), Err(UnknownCurve(_))), "{text}");
        }
    }

    #[test]
    fn a_quarter_of_the_way() {
        for (curve, value) in [
            (Curve::Linear, 0.25),
            (Curve::Cos, 0.146_446_609_406_726_24),
            (Curve::Smooth, 0.15625),
            (Curve::Smoother, 0.103_515_625),
            (Curve::Expon(2.0), 0.0625),
            (Curve::Floor, 0.0),
        ] {
            assert!((curve.at(0.25) - value).abs() < 1e-15, "{curve}");
        }
    }
}
