//! What a new instance is made for. The framework makes plugins with `Default`, which takes no argument: so whoever has
//! it make one says on the same thread, for as long as that takes, which product it is and which host it is for.

use std::cell::RefCell;
use std::sync::Arc;

use crate::host_link::{HostLink, NoHost};
use crate::products::{self, Product};

/// Product and host of an instance.
#[derive(Clone)]
pub struct Making {
    /// What it is.
    pub product: &'static Product,
    /// Whom it is for.
    pub host: Arc<dyn HostLink>,
}

thread_local! {
    static MAKING: RefCell<Option<Making>> = const { RefCell::new(None) };
}

/// Takes the note away again, also where making panics.
struct Forget;

impl Drop for Forget {
    fn drop(&mut self) {
        MAKING.set(None);
    }
}

/// Runs `make`; every instance that it makes on this thread is for this product and host. `[control]`
pub fn with<T>(making: Making, make: impl FnOnce() -> T) -> T {
    MAKING.set(Some(making));
    let _forget = Forget;
    make()
}

/// What the instance is for that this thread is making: outside of [`with`] the first product, without a host. `[control]`
pub fn current() -> Making {
    MAKING
        .with_borrow(Clone::clone)
        .unwrap_or_else(|| Making { product: &products::BUILT_IN[0], host: Arc::new(NoHost) })
}
