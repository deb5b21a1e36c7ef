//! What a project keeps of the editor, and an open one's present state.

use std::sync::{Mutex, MutexGuard, PoisonError};

use ksmps_window::Points;
use serde_json::{Value, json};

/// The editor's size in a project that has none.
pub const SIZE_DEFAULT: Points = Points { width: 960.0, height: 640.0 };
/// The smallest size that the views can do with.
pub const SIZE_MIN: Points = Points { width: 640.0, height: 420.0 };
/// Sizes and zooms outside of these come from no editor.
const LENGTH_MAX: f32 = 8192.0;
const ZOOM: std::ops::RangeInclusive<f32> = 0.5..=4.0;

/// What a project keeps of the editor.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Its size, in points at its zoom.
    pub size: Points,
    /// By how much the user wants everything larger.
    pub zoom: f32,
    /// The views' own state, which nobody else reads.
    pub views: Value,
    /// The text as it was typed and not built.
    pub draft: Option<String>,
}

impl Default for Kept {
    fn default() -> Self {
        Self { size: SIZE_DEFAULT, zoom: 1.0, views: Value::Null, draft: None }
    }
}

impl Kept {
    /// As a project's state has it. `[any]`
    pub fn to_json(&self) -> Value {
        let mut state = json!({ "width": self.size.width, "height": self.size.height, "zoom": self.zoom, "views": self.views });
        if let Some(draft) = &self.draft {
            state["draft"] = draft.as_str().into();
        }
        state
    }

    /// From a project's state; what it does not say, or cannot be, is as in a fresh project. `[any]`
    pub fn from_json(state: &Value) -> Self {
        let fresh = Self::default();
        let number = |name: &str| state.get(name).and_then(Value::as_f64).map(|number| number as f32);
        let length =
            |name, min: f32, fresh| number(name).map_or(fresh, |length| length.clamp(min, LENGTH_MAX));
        Self {
            size: Points {
                width: length("width", SIZE_MIN.width, fresh.size.width),
                height: length("height", SIZE_MIN.height, fresh.size.height),
            },
            zoom: number("zoom").map_or(fresh.zoom, |zoom| zoom.clamp(*ZOOM.start(), *ZOOM.end())),
            views: state.get("views").cloned().unwrap_or_default(),
            draft: state.get("draft").and_then(Value::as_str).map(str::to_owned),
        }
    }
}

/// The editor of one instance, open or not.
#[derive(Debug, Default)]
pub struct Editor {
    kept: Mutex<Kept>,
    problem: Mutex<Option<String>>,
}

impl Editor {
    /// What the project keeps at this moment. `[any]` but the audio thread
    pub fn kept(&self) -> Kept {
        self.lock().clone()
    }

    /// What the project is to keep from now on. `[any]` but the audio thread
    pub fn keep(&self, kept: Kept) {
        *self.lock() = kept;
    }

    /// Notes the size and the zoom of the open window. `[any]` but the audio thread
    pub fn keep_size(&self, size: Points, zoom: f32) {
        let mut kept = self.lock();
        (kept.size, kept.zoom) = (size, zoom);
    }

    /// Notes the state of the views. `[any]` but the audio thread
    pub fn keep_views(&self, views: Value) {
        self.lock().views = views;
    }

    /// Notes the text as it is typed and not built; whether there was none, or is none any more. `[any]` but the audio thread
    pub fn keep_draft(&self, draft: Option<String>) -> bool {
        let mut kept = self.lock();
        let is_other = kept.draft.is_some() != draft.is_some();
        kept.draft = draft;
        is_other
    }

    /// Why the editor is not open though the host wanted it; `None` where nothing went wrong. `[any]` but the audio thread
    pub fn problem(&self) -> Option<String> {
        self.problem.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes why the editor is not open, or that nothing is wrong. `[any]` but the audio thread
    pub fn set_problem(&self, problem: Option<String>) {
        *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = problem;
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_comes_back() {
        let kept = Kept {
            size: Points { width: 1200.0, height: 700.0 },
            zoom: 1.25,
            views: json!({ "tab": "play" }),
            draft: Some("; typed".to_owned()),
        };
        assert_eq!(Kept::from_json(&kept.to_json()), kept);
    }

    #[test]
    fn what_no_editor_can_be_is_as_in_a_fresh_project() {
        assert_eq!(Kept::from_json(&Value::Null), Kept::default());
        let strange = Kept::from_json(&json!({ "width": -5, "height": 1e30, "zoom": "large" }));
        assert_eq!(strange.size, Points { width: SIZE_MIN.width, height: LENGTH_MAX });
        assert_eq!(strange.zoom, 1.0);
    }
}
