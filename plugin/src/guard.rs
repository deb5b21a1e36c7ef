//! What a host gets when a program error stops the answer to one of its calls.
//!
//! A panic that reached the host would end it: the functions that it calls have C's way of being called, which knows none. So
//! each of them answers through [`guarded`]; a test below reads the sources and finds one that does not. What the framework
//! answers by itself, which is called without a way through here, is guarded where it calls us ([`crate::plugin`],
//! [`crate::process`], [`crate::state`]).

use std::panic::{AssertUnwindSafe, catch_unwind};

use nice_plug::prelude::nice_error;

/// Answers a host's call; where a panic ends that, the log says so, and the host gets `otherwise`. Costs nothing where none
/// does. `[any]`
pub fn guarded<T>(otherwise: T, answer: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(answer)).unwrap_or_else(|_| {
        nice_error!("a program error was caught in a call of the host");
        otherwise
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;

    fn sources(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
    }

    #[test]
    fn a_panic_is_an_answer() {
        assert_eq!(guarded(7, || 5), 5);
        assert_eq!(guarded(7, || panic!("a program error")), 7);
    }

    /// The functions of a text that a host calls, from their names on.
    fn called_by_hosts(text: &str) -> Vec<&str> {
        let of_c = ["extern \"C\" fn ", "extern \"system\" fn "];
        let functions = of_c.iter().flat_map(|kind| text.match_indices(*kind)).map(|(at, _)| &text[at..]);
        // A type has no body.
        let functions =
            functions.filter(|rest| rest.split(" {\n").next().is_some_and(|it| !it.contains([';', '='])));
        let interfaces =
            text.match_indices("\nimpl I").map(|(at, _)| text[at..].split("\n}\n").next().unwrap());
        let interfaces =
            interfaces.filter(|block| block.lines().nth(1).is_some_and(|line| line.contains("Trait for ")));
        let methods =
            interfaces.flat_map(|block| block.match_indices("unsafe fn ").map(|(at, _)| &block[at..]));
        functions.chain(methods).collect()
    }

    #[test]
    fn every_function_that_a_host_calls_is_guarded() {
        let mut found = 0;
        for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
            let text = fs::read_to_string(&file).unwrap();
            let own = text.split("#[cfg(test)]").next().unwrap_or_default();
            for function in called_by_hosts(own) {
                let (name, body) = function.split_once(" {\n").unwrap();
                assert!(body.trim_start().starts_with("guarded("), "{}: {name}", file.display());
                found += 1;
            }
        }
        assert!(found > 90, "{found} functions were found");
    }
}
