use js_sys::Array;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// A text file that is assembled from chunks and then downloaded by the browser.
#[derive(Debug, Clone, Default)]
pub struct TextFile {
    chunks: Array,
}

impl TextFile {
    /// Creates a file that begins with a [byte-order mark](https://www.unicode.org/faq/utf_bom.html#bom5), by which
    /// spreadsheets recognise UTF-8. A decoder of responses has removed the mark of the backend.
    pub fn with_byte_order_mark() -> Self {
        let file = Self::default();
        file.push("\u{feff}");
        file
    }

    /// Appends a chunk.
    pub fn push(&self, text: &str) {
        self.chunks.push(&JsValue::from_str(text));
    }

    /// Downloads the file with this name and media type.
    ///
    /// # Errors
    /// Returns the exception of the browser, such as a lack of storage.
    pub fn save(self, name: &str, media_type: &str) -> Result<(), JsValue> {
        let options = BlobPropertyBag::new();
        options.set_type(media_type);
        let blob = Blob::new_with_str_sequence_and_options(&self.chunks, &options)?;
        let url = Url::create_object_url_with_blob(&blob)?;
        let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
        link.set_href(&url);
        link.set_download(name);
        // A link can be clicked without being connected to the document.
        link.click();
        // The browser has resolved the URL in `click`, so revoking it does not affect the download.
        Url::revoke_object_url(&url)
    }
}
