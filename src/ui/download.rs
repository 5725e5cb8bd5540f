use js_sys::Array;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// A file of text that comes in pieces, and is given to the reader's browser to keep once all of it is there.
#[derive(Debug, Clone, Default)]
pub struct TextFile {
    pieces: Array,
}

impl TextFile {
    /// Adds a piece.
    pub fn push(&self, text: &str) {
        self.pieces.push(&JsValue::from_str(text));
    }

    /// Saves it under this name, as text of this media type.
    ///
    /// # Errors
    /// Where the browser has no room for it.
    pub fn save(self, name: &str, media_type: &str) -> Result<(), JsValue> {
        let options = BlobPropertyBag::new();
        options.set_type(media_type);
        let blob = Blob::new_with_str_sequence_and_options(&self.pieces, &options)?;
        let url = Url::create_object_url_with_blob(&blob)?;
        let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
        link.set_href(&url);
        link.set_download(name);
        // It need not stand in the page to be clicked.
        link.click();
        // The download has its own hold on the text by now.
        Url::revoke_object_url(&url)
    }
}
