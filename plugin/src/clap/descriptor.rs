//! A row of the table of products, as a CLAP host reads it.

use std::ffi::{CStr, CString, c_char};
use std::ptr;

use clap_sys::plugin::clap_plugin_descriptor;
use clap_sys::version::CLAP_VERSION;

use crate::plugin::{VENDOR, VERSION};
use crate::products::Product;

/// What a host is shown of a product. It keeps the pointers, so this is kept until the process ends.
pub(super) struct Descriptor {
    pub product: &'static Product,
    id: CString,
    record: clap_plugin_descriptor,
    /// The texts and the list that the record points to.
    _texts: (Vec<CString>, Vec<*const c_char>),
}

// SAFETY: The pointers are to texts on the heap that the descriptor keeps, and nobody writes to them.
unsafe impl Send for Descriptor {}
// SAFETY: As above.
unsafe impl Sync for Descriptor {}

impl Descriptor {
    /// The descriptor of a product. `[control]`
    pub fn new(product: &'static Product) -> Self {
        // A text with a zero in it would be cut there; `products::add` refuses those.
        let text = |text: &str| CString::new(text).unwrap_or_default();
        let texts = [product.name, VENDOR, "", VERSION, product.description];
        let features = product.clap_features.iter().copied();
        let texts: Vec<CString> = texts.into_iter().chain(features).map(text).collect();
        let id = text(product.clap_id);
        let feature = texts[5..].iter().map(|text| text.as_ptr());
        let features: Vec<*const c_char> = feature.chain([ptr::null()]).collect();
        let record = clap_plugin_descriptor {
            clap_version: CLAP_VERSION,
            id: id.as_ptr(),
            name: texts[0].as_ptr(),
            vendor: texts[1].as_ptr(),
            url: texts[2].as_ptr(),
            version: texts[3].as_ptr(),
            manual_url: ptr::null(),
            support_url: ptr::null(),
            description: texts[4].as_ptr(),
            features: features.as_ptr(),
        };
        Self { product, id, record, _texts: (texts, features) }
    }

    /// The product's id. `[control]`
    pub fn id(&self) -> &CStr {
        &self.id
    }

    /// The record for the host. `[control]`
    pub fn record(&self) -> &clap_plugin_descriptor {
        &self.record
    }
}
