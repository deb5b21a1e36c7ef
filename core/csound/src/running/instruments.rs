//! The instruments that are compiled: their names and numbers.

use super::Running;

impl Running {
    /// The number of a named instrument, or of one named by digits. `[control]`
    pub fn instrument_number(&mut self, name: &str) -> Option<i32> {
        if let Ok(number) = name.parse::<i32>() {
            return (number > 0).then_some(number);
        }
        let Some(layout) = self.raw.layout else {
            // A name that would end the string is none of an instrument.
            let plain = name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
            let number = plain.then(|| self.eval(&format!("return nstrnum(\"{name}\")\n")))?.ok()?;
            return (number > 0.0).then_some(number as i32);
        };
        let name = self.raw.c_text(name).ok()?;
        // SAFETY: live, compiled instance owned by this thread.
        unsafe { layout.instrument_number(self.raw.cs.as_ptr(), &name) }
    }

    /// Whether an instrument with this number is compiled; always, where the layout is unknown. `[any]`
    pub fn has_instrument(&self, number: u32) -> bool {
        // SAFETY: live, compiled instance owned by this thread.
        self.raw.layout.is_none_or(|layout| unsafe { layout.has_instrument(self.raw.cs.as_ptr(), number) })
    }

    /// The numbers of all instruments that are compiled; none where the layout is unknown. `[control]`
    pub fn instrument_numbers(&self) -> Vec<u32> {
        // SAFETY: live, compiled instance owned by this thread.
        self.raw
            .layout
            .map_or(Vec::new(), |layout| unsafe { layout.instrument_numbers(self.raw.cs.as_ptr()) })
    }
}
