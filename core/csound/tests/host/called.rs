//! What was called, by name.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

static CALLED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Calls a method or a function, and notes that it was called.
macro_rules! called {
    ($receiver:ident.$method:ident::<$type:ty>($($argument:expr),* $(,)?)) => {{
        $crate::called::note_method(&$receiver, stringify!($method));
        $receiver.$method::<$type>($($argument),*)
    }};
    ($receiver:ident.$method:ident($($argument:expr),* $(,)?)) => {{
        $crate::called::note_method(&$receiver, stringify!($method));
        $receiver.$method($($argument),*)
    }};
    ($of:ident::$function:ident($($argument:expr),* $(,)?)) => {{
        $crate::called::note(concat!(stringify!($of), "::", stringify!($function)));
        $of::$function($($argument),*)
    }};
}

/// Notes `Type::method` of a value's type.
pub fn note_method<T: ?Sized>(_: &T, method: &str) {
    let mut name = std::any::type_name::<T>();
    while let Some(behind) = name.strip_prefix('&') {
        name = behind.trim_start_matches("mut ");
    }
    let name = name.split('<').next().unwrap_or_default();
    let name = name.rsplit("::").next().unwrap_or_default();
    note(&format!("{name}::{method}"));
}

pub fn note(name: &str) {
    CALLED.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
}

/// All that was called until now.
pub fn all() -> BTreeSet<String> {
    CALLED.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
