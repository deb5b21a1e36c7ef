//! The files that an orchestra includes, by the names it gives.

use super::scan::{self, Language};

/// The names behind `#include`, in order. A name with a macro in it is Csound's to find.
pub(super) fn names(orchestra: &str) -> Vec<&str> {
    let masked = scan::scan(orchestra, Language::Orchestra).code;
    let lines = masked.split('\n').zip(orchestra.split('\n'));
    lines
        .filter(|(code, _)| code.trim_start().starts_with("#include"))
        .filter_map(|(_, text)| name(text))
        .collect()
}

/// What stands between the first sign behind the word and its like.
fn name(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("#include")?;
    let rest = rest.strip_prefix("str").unwrap_or(rest).trim_start();
    let sign = rest.chars().next().filter(|sign| !sign.is_alphanumeric())?;
    let (name, _) = rest[sign.len_utf8()..].split_once(sign)?;
    (!name.is_empty() && !name.contains('$')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn names_stand_between_like_signs() {
        let orchestra = "#include \"one.inc\"\n  #include |two ; three.inc| ; a comment\n; #include \"no\"\n\
            #includestr \"$MACRO/no\"\nprints \"#include 'no'\"\n#include 'four'\n#include \"open\n#include";
        assert_eq!(names(orchestra), ["one.inc", "two ; three.inc", "four"]);
    }
}
