//! What was checked, one line each, with the figure that was measured.

use std::fmt::Display;

use crate::error::Error;

/// The rows so far.
pub struct Rows {
    heading: String,
    count: usize,
    failed: Vec<String>,
}

impl Rows {
    /// None yet.
    pub fn new() -> Self {
        Self { heading: String::new(), count: 0, failed: Vec::new() }
    }

    /// The rows that follow are of this host.
    pub fn heading(&mut self, heading: &str) {
        heading.clone_into(&mut self.heading);
        println!("\n{heading}");
    }

    /// One check: whether it is good, and what was measured.
    pub fn say(&mut self, check: &str, is_good: bool, figure: impl Display) {
        self.count += 1;
        println!("  {}  {check}: {figure}", if is_good { "ok    " } else { "FAILED" });
        if !is_good {
            self.failed.push(format!("{}: {check}", self.heading));
        }
    }

    /// The closing line.
    ///
    /// # Errors
    /// Where a check failed, or there was none.
    pub fn close(self) -> Result<(), Error> {
        println!();
        if self.failed.is_empty() && self.count > 0 {
            println!("{} checks, none failed", self.count);
            return Ok(());
        }
        let failed = self.failed.len();
        Err(Error::Hosts(format!("{failed} of {} checks failed: {}", self.count, self.failed.join("; "))))
    }
}

#[cfg(test)]
mod tests {
    use super::Rows;

    #[test]
    fn a_failed_check_and_none_at_all_are_errors() {
        let mut rows = Rows::new();
        rows.heading("a host");
        rows.say("a check", true, 1);
        assert!(rows.close().is_ok());
        let mut rows = Rows::new();
        rows.heading("a host");
        rows.say("one", true, 1);
        rows.say("another", false, 2);
        let error = rows.close().unwrap_err().to_string();
        assert!(error.contains("1 of 2 checks failed: a host: another"), "{error}");
        assert!(Rows::new().close().is_err());
    }
}
