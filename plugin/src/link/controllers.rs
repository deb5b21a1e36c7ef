//! The controllers of parameters. They are part of the document (`;@param … cc=74`), so that whoever gets the document has
//! them: to learn one writes it there.

use ksmps_editor::model::News;

use super::{done, failed};
use crate::instance::Instance;

/// The key of a controller in a `;@param`.
const KEY: &str = "cc=";

/// Gives a parameter a controller, or none. `[control]`
pub(super) fn set(instance: &Instance, slot: u16, controller: Option<u8>) -> News {
    let list = instance.params().list();
    let Some(param) = list.param(slot.into()) else { return failed("that parameter is not there any more") };
    let control = instance.control();
    match with_controller(&control.text(), param.line, controller) {
        Some(text) => {
            control.edit(text);
            match controller {
                Some(controller) => done(format!("controller {controller} moves {}", param.label)),
                None => done(format!("no controller moves {}", param.label)),
            }
        }
        None => failed(format!(
            "{} is not declared by a ;@param of the document itself: write one to give it a controller",
            param.label
        )),
    }
}

/// The text with another controller in the directive of this line, counted from 1; `None` where there is no directive.
fn with_controller(text: &str, line: u32, controller: Option<u8>) -> Option<String> {
    let at = (line as usize).checked_sub(1)?;
    let (start, old) = text
        .split_inclusive('\n')
        .scan(0, |from, line| {
            let start = *from;
            *from += line.len();
            Some((start, line))
        })
        .nth(at)?;
    let directive = old.find(";@param")?;
    let end = old.trim_end().len();
    let mut items: Vec<String> =
        old[directive..end].split(' ').filter(|item| !item.starts_with(KEY)).map(str::to_owned).collect();
    items.extend(controller.map(|controller| format!("{KEY}{controller}")));
    let new = format!("{}{}{}", &old[..directive], items.join(" "), &old[end..]);
    Some(format!("{}{new}{}", &text[..start], &text[start + old.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_controller_is_written_into_the_directive_of_its_line() {
        let text = "ksmps = 32\r\n  ;@param cutoff 40..16000=800 cc=7 unit=Hz\r\n;@param level 0..1";
        let now = with_controller(text, 2, Some(74)).unwrap();
        assert_eq!(now, "ksmps = 32\r\n  ;@param cutoff 40..16000=800 unit=Hz cc=74\r\n;@param level 0..1");
        assert_eq!(with_controller(text, 3, Some(1)).unwrap(), format!("{text} cc=1"));
        assert_eq!(with_controller(&now, 2, None).unwrap(), text.replace(" cc=7", ""));
        for line in [0, 1, 4] {
            assert_eq!(with_controller(text, line, Some(1)), None, "{line}");
        }
    }
}
