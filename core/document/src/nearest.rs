//! The word that was probably meant.

/// The word of `words` that was probably meant.
pub(super) fn nearest<'a>(word: &str, words: &[&'a str]) -> Option<&'a str> {
    let lower = word.to_ascii_lowercase();
    words
        .iter()
        .map(|candidate| (distance(&lower, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.len() / 2).clamp(1, 2))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters have to be added, taken away or changed.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (line, letter) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], line + 1);
        for (column, other) in b.iter().enumerate() {
            let change = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = change.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::super::vocabulary::DIRECTIVES;
    use super::nearest;

    #[test]
    fn a_slip_of_the_pen_gets_the_nearest_word() {
        let words = DIRECTIVES.map(|known| known.word);
        for (word, expected) in [
            ("parm", Some("param")),
            ("Notes", Some("notes")),
            ("latancy", Some("latency")),
            ("inn", Some("in")),
            ("author", None),
        ] {
            assert_eq!(nearest(word, &words), expected, "{word}");
        }
    }
}
