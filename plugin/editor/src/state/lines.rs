//! Lines of a text, counted from 1: looked at, replaced, taken away.

/// A line without its end.
pub(crate) fn line(text: &str, line: u32) -> Option<&str> {
    text.lines().nth((line as usize).checked_sub(1)?)
}

/// The text with another line in the place of one, or without it; `None` where there is no such line.
pub(crate) fn with_line(text: &str, line: u32, new: Option<&str>) -> Option<String> {
    let at = (line as usize).checked_sub(1)?;
    let old = text.split_inclusive('\n').nth(at)?;
    let start: usize = text.split_inclusive('\n').take(at).map(str::len).sum();
    let end = &old[old.trim_end_matches(['\n', '\r']).len()..];
    let new = new.map_or_else(String::new, |new| format!("{new}{end}"));
    Some(format!("{}{new}{}", &text[..start], &text[start + old.len()..]))
}

/// What stands behind a directive's word in its line, such as `voices=8` behind `;@notes`.
pub(crate) fn behind_directive<'a>(line: &'a str, directive: &str) -> Option<&'a str> {
    Some(line[line.find(directive)? + directive.len()..].trim())
}

/// The line with something else behind a directive's word; without the directive where that is `None`.
pub(crate) fn with_directive(line: &str, directive: &str, items: Option<&str>) -> Option<String> {
    let before = &line[..line.find(directive)?];
    Some(match items.map(str::trim) {
        None => before.trim_end().to_owned(),
        Some("") => format!("{before}{directive}"),
        Some(items) => format!("{before}{directive} {items}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_replaced_or_taken_away_with_the_ends_of_lines_as_they_were() {
        let text = "one\r\ntwo\nthree";
        assert_eq!(with_line(text, 1, Some("1")).as_deref(), Some("1\r\ntwo\nthree"));
        assert_eq!(with_line(text, 2, None).as_deref(), Some("one\r\nthree"));
        assert_eq!(with_line(text, 3, Some("3")).as_deref(), Some("one\r\ntwo\n3"));
        assert_eq!((with_line(text, 4, None), with_line(text, 0, None)), (None, None));
        assert_eq!((line(text, 1), line(text, 4)), (Some("one"), None));
    }

    #[test]
    fn a_directive_keeps_what_stands_before_it() {
        let line = "  instr lead ;@notes voices=8 ; mine";
        assert_eq!(behind_directive(line, ";@notes"), Some("voices=8 ; mine"));
        assert_eq!(
            with_directive(line, ";@notes", Some(" mono ")).as_deref(),
            Some("  instr lead ;@notes mono")
        );
        assert_eq!(with_directive(line, ";@notes", Some("")).as_deref(), Some("  instr lead ;@notes"));
        assert_eq!(with_directive(line, ";@notes", None).as_deref(), Some("  instr lead"));
        assert_eq!(with_directive("instr lead", ";@notes", None), None);
    }
}
