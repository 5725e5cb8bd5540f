use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{Clipboard, ClipboardItem};

/// The result of copying a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopyOutcome {
    /// The text is in the clipboard.
    Copied,
    /// The browser blocked writing to the clipboard. Holds the text.
    Blocked(String),
}

/// Copies a text that is still being fetched. Call this synchronously in the click handler: it writes a promise of the text
/// to the clipboard, because Safari requires user activation for the write.
/// <https://webkit.org/blog/10855/async-clipboard-api/>
///
/// # Errors
/// Returns the error of the text's future.
pub fn copy<E: 'static>(
    text: impl Future<Output = Result<String, E>> + 'static,
) -> impl Future<Output = Result<CopyOutcome, E>> {
    let result = Rc::new(RefCell::new(None::<Result<String, E>>));
    let promise = future_to_promise({
        let result = Rc::clone(&result);
        async move {
            let fetched = text.await;
            let value = fetched.as_ref().map(|text| JsValue::from_str(text)).map_err(|_| JsValue::UNDEFINED);
            result.replace(Some(fetched));
            value
        }
    });
    let pending_write = write(&promise);
    async move {
        let is_written = match pending_write {
            Ok(write) => JsFuture::from(write).await.is_ok(),
            Err(_) => false,
        };
        // Waits for the text even if the browser blocked the write immediately.
        let _ = JsFuture::from(promise).await;
        match result.take() {
            Some(Ok(_)) if is_written => Ok(CopyOutcome::Copied),
            Some(Ok(text)) => Ok(CopyOutcome::Blocked(text)),
            Some(Err(error)) => Err(error),
            // Unreachable: the promise has resolved, so the result is set.
            None => Ok(CopyOutcome::Blocked(String::new())),
        }
    }
}

/// Copies a text that is already available.
pub async fn copy_text(text: String) -> CopyOutcome {
    match copy(async move { Ok::<_, std::convert::Infallible>(text) }).await {
        Ok(outcome) => outcome,
        Err(never) => match never {},
    }
}

fn write(promise: &js_sys::Promise) -> Result<js_sys::Promise, JsValue> {
    // `navigator.clipboard` is undefined outside of secure contexts:
    // https://developer.mozilla.org/docs/Web/API/Navigator/clipboard
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
