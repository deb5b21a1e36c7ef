//! The words of a line of score.

/// A word of a line.
#[derive(Debug, Clone, PartialEq)]
pub enum Word {
    /// A number that is finite.
    Number(f64),
    /// A text in quotes, without them.
    Text(String),
}

/// The words of a line, up to a comment; the first that is neither a number nor a text in quotes where there is one. `[control]`
///
/// # Errors
/// That word.
pub fn words(line: &str) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() && !rest.starts_with(';') {
        if let Some(text) = rest.strip_prefix('"') {
            let (text, after) = text.split_once('"').ok_or(rest)?;
            words.push(Word::Text(text.to_owned()));
            rest = after.trim_start();
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || c == ';').unwrap_or(rest.len());
            let number: Option<f64> = rest[..end].parse().ok();
            words.push(Word::Number(number.filter(|number| number.is_finite()).ok_or(&rest[..end])?));
            rest = rest[end..].trim_start();
        }
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_falls_into_words() {
        let all = words(r#" 110 0.05 -1 "a b" 2 ; 3"#).unwrap();
        assert_eq!(all.len(), 5);
        assert_eq!(all[3], Word::Text("a b".into()));
        for (line, wrong) in [("110 [1+1]", "[1+1]"), ("1 nan ; 2", "nan"), ("1 \"a b", "\"a b")] {
            assert_eq!(words(line), Err(wrong.to_owned()));
        }
    }
}
