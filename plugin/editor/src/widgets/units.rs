//! Values as people write them: `1.24 kHz`, `-6 dB`, `1k2`.

use ksmps_data::params::Param;

/// A value as a control shows it: a label of a list, on or off, or a number of about three digits with its unit. `[any]`
pub fn text(param: &Param, normalized: f64) -> String {
    let plain = param.plain(normalized);
    if is_switch(param) && param.labels.is_empty() {
        return if plain > param.min { "on" } else { "off" }.to_owned();
    }
    if let Some(label) = param.labels.get((plain - param.min).round().max(0.0) as usize) {
        return label.clone();
    }
    let (value, unit) = match param.unit.as_str() {
        "Hz" if plain.abs() >= 999.5 => (plain / 1000.0, "kHz"),
        "ms" if plain.abs() >= 999.5 => (plain / 1000.0, "s"),
        "s" if plain.abs() < 0.0995 && plain != 0.0 => (plain * 1000.0, "ms"),
        unit => (plain, unit),
    };
    let digits = match value.abs() {
        _ if param.step >= 1.0 && unit == param.unit => 0,
        size if size < 9.995 => 2,
        size if size < 99.95 => 1,
        _ => 0,
    };
    // A minus before nothing but zeros says nothing.
    let number = format!("{value:.digits$}");
    let number = if number.trim_start_matches('-').chars().all(|one| matches!(one, '0' | '.')) {
        number.trim_start_matches('-')
    } else {
        &number
    };
    if unit.is_empty() { number.to_owned() } else { format!("{number} {unit}") }
}

/// The normalized value that a person's text means: a label, on or off, a number with `k` or `M` in place of its point
/// or behind it, with or without a unit. `dB` is a ratio where the parameter has another unit, and `%` a part of its
/// range. `None` where it means nothing. `[any]`
pub fn parse(param: &Param, text: &str) -> Option<f64> {
    let text = text.trim();
    if let Some(index) = param.labels.iter().position(|label| label.eq_ignore_ascii_case(text)) {
        return Some(param.normalized(param.min + index as f64));
    }
    if is_switch(param) {
        match text.to_ascii_lowercase().as_str() {
            "on" | "yes" | "true" => return Some(1.0),
            "off" | "no" | "false" => return Some(0.0),
            _ => {}
        }
    }
    let (value, unit) = number(text)?;
    let plain = match unit {
        "" => value,
        unit if unit.eq_ignore_ascii_case(&param.unit) => value,
        unit if prefixed(unit, "k", &param.unit) => value * 1000.0,
        unit if prefixed(unit, "m", &param.unit) => value / 1000.0,
        "s" if param.unit == "ms" => value * 1000.0,
        "dB" | "db" | "DB" => 10.0_f64.powf(value / 20.0),
        "%" => param.min + (param.max - param.min) * value / 100.0,
        _ => return None,
    };
    Some(param.normalized(plain))
}

/// Whether it has two values. `[any]`
pub fn is_switch(param: &Param) -> bool {
    param.step == 1.0 && param.max - param.min == 1.0
}

fn prefixed(unit: &str, prefix: &str, of: &str) -> bool {
    !of.is_empty() && unit.strip_prefix(prefix).is_some_and(|rest| rest.eq_ignore_ascii_case(of))
}

/// The number at the beginning of a text, and what stands behind it.
fn number(text: &str) -> Option<(f64, &str)> {
    let end = text
        .char_indices()
        .find(|(at, one)| {
            !(one.is_ascii_digit()
                || matches!(one, '.' | ',')
                || (*at == 0 && matches!(one, '-' | '+' | '−')))
        })
        .map_or(text.len(), |(at, _)| at);
    let (digits, rest) = text.split_at(end);
    let digits = digits.replace(',', ".").replace('−', "-");
    let value: f64 = digits.parse().ok()?;
    let factor = |prefix: char| match prefix {
        'k' | 'K' => Some(1e3),
        'M' => Some(1e6),
        _ => None,
    };
    let mut behind = rest.chars();
    let Some(factor) = behind.next().and_then(factor) else { return Some((value, rest.trim())) };
    let behind = behind.as_str();
    if behind.is_empty() {
        return Some((value * factor, ""));
    }
    if behind.chars().all(|one| one.is_ascii_digit()) && !digits.contains('.') {
        let joined: f64 = format!("{digits}.{behind}").parse().ok()?;
        return Some((joined * factor, ""));
    }
    Some((value, rest.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hertz() -> Param {
        Param { min: 20.0, max: 20_000.0, unit: "Hz".to_owned(), ..Param::channel("cutoff") }
    }

    #[test]
    fn what_is_typed_means_what_a_person_means() {
        let level = Param { min: -60.0, max: 6.0, unit: "dB".to_owned(), ..Param::channel("level") };
        let time = Param { min: 0.0, max: 2000.0, unit: "ms".to_owned(), ..Param::channel("time") };
        let gain = Param { max: 2.0, ..Param::channel("gain") };
        let wave = Param {
            max: 1.0,
            step: 1.0,
            labels: vec!["Saw".to_owned(), "Square".to_owned()],
            ..Param::channel("wave")
        };
        let mute = Param { step: 1.0, ..Param::channel("mute") };
        for (param, text, plain) in [
            (&hertz(), "1k2", 1200.0),
            (&hertz(), "1.2k", 1200.0),
            (&hertz(), "1,2 kHz", 1200.0),
            (&hertz(), "440", 440.0),
            (&hertz(), "440 hz", 440.0),
            (&hertz(), "99999", 20_000.0),
            (&level, "-6 dB", -6.0),
            (&level, "−6", -6.0),
            (&gain, "-6 dB", 0.501_187_233_6),
            (&gain, "50 %", 1.0),
            (&time, "1.5 s", 1500.0),
            (&time, "20ms", 20.0),
            (&wave, "square", 1.0),
            (&mute, "on", 1.0),
            (&mute, "off", 0.0),
        ] {
            let meant = parse(param, text).map(|normalized| param.plain(normalized));
            assert!(meant.is_some_and(|meant| (meant - plain).abs() < 1e-6), "{text}: {meant:?}");
        }
        for text in ["", "high", "1x", "1 kg", "-", "."] {
            assert_eq!(parse(&hertz(), text), None, "{text}");
        }
    }

    #[test]
    fn values_are_shown_with_three_digits_and_mean_themselves() {
        let param = hertz();
        for (plain, shown) in
            [(20.0, "20.0 Hz"), (440.0, "440 Hz"), (1240.0, "1.24 kHz"), (12_400.0, "12.4 kHz")]
        {
            let normalized = param.normalized(plain);
            assert_eq!(text(&param, normalized), shown);
            let again = parse(&param, shown).map(|normalized| param.plain(normalized));
            assert!(again.is_some_and(|again| (again - plain).abs() < 0.5), "{shown}: {again:?}");
        }
        let pan = Param { min: -1.0, ..Param::channel("pan") };
        assert_eq!(text(&pan, pan.normalized(-0.001)), "0.00");
        let short = Param { max: 2.0, unit: "s".to_owned(), ..Param::channel("attack") };
        assert_eq!(text(&short, short.normalized(0.012)), "12.0 ms");
        let voices = Param { min: 1.0, max: 16.0, step: 1.0, ..Param::channel("voices") };
        assert_eq!(text(&voices, 1.0), "16");
        assert_eq!(text(&Param { step: 1.0, ..Param::channel("mute") }, 1.0), "on");
    }
}
