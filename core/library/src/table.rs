//! Tables of functions.

/// Declares a table of functions: a field for each, with the name it has in the library and its C type.
#[macro_export]
macro_rules! functions {
    ($(#[$about:meta])* $table:ident { $($field:ident = $symbol:literal : $type:ty;)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy)]
        pub struct $table {
            $(#[doc = $symbol] pub $field: $type,)*
        }

        impl $table {
            /// Finds every function in a library; the error is the name of the first that is missing.
            ///
            /// # Safety
            /// The library's functions of these names have these types, and the library stays open as long as the table
            /// is used.
            pub unsafe fn find(library: &$crate::Library) -> Result<Self, &'static str> {
                $(
                    // SAFETY: the caller says so.
                    let $field = unsafe { library.get::<$type>(concat!($symbol, "\0").as_bytes()) };
                )*
                Ok(Self { $($field: *$field.map_err(|_| $symbol)?,)* })
            }
        }
    };
}
