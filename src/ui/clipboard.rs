use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{Clipboard, ClipboardItem};

/// What became of a text that was to be copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Copied {
    /// It is in the clipboard.
    Yes,
    /// The browser refused: this is the text.
    Refused(String),
}

/// Copies a text that is still on its way. To be called within the click itself: the clipboard is written at once,
/// with a promise of the text, or Safari would refuse.
///
/// # Errors
/// Whatever kept the text from coming.
pub fn copy<E: 'static>(
    text: impl Future<Output = Result<String, E>> + 'static,
) -> impl Future<Output = Result<Copied, E>> {
    let came = Rc::new(RefCell::new(None::<Result<String, E>>));
    let promise = future_to_promise({
        let came = Rc::clone(&came);
        async move {
            let answer = text.await;
            let value = answer.as_ref().map(|text| JsValue::from_str(text)).map_err(|_| JsValue::UNDEFINED);
            came.replace(Some(answer));
            value
        }
    });
    let writing = write(&promise);
    async move {
        let written = match writing {
            Ok(writing) => JsFuture::from(writing).await.is_ok(),
            Err(_) => false,
        };
        // Where the browser refused at once, the text may still be on its way.
        let _ = JsFuture::from(promise).await;
        match came.take() {
            Some(Ok(_)) if written => Ok(Copied::Yes),
            Some(Ok(text)) => Ok(Copied::Refused(text)),
            Some(Err(error)) => Err(error),
            // The promise has settled, so an answer came.
            None => Ok(Copied::Refused(String::new())),
        }
    }
}

/// Copies a text that is there already.
pub async fn copy_text(text: String) -> Copied {
    match copy(async move { Ok::<_, std::convert::Infallible>(text) }).await {
        Ok(copied) => copied,
        Err(never) => match never {},
    }
}

fn write(promise: &js_sys::Promise) -> Result<js_sys::Promise, JsValue> {
    // There is none on pages that are not served securely.
    let clipboard = Reflect::get(&window().navigator(), &"clipboard".into())?;
    if clipboard.is_undefined() {
        return Err(JsValue::UNDEFINED);
    }
    let clipboard = Clipboard::from(clipboard);
    let record = Object::new();
    Reflect::set(&record, &"text/plain".into(), promise)?;
    let item = ClipboardItem::new_with_record_from_str_to_str_promise(&record)?;
    Ok(clipboard.write(&Array::of1(&item)))
}
