//! The style sheets: one for the first view and one for lazily loaded views. The document and every shadow root adopt them.

mod minify_css;

use std::cell::RefCell;

use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CssStyleSheet, Node};

use minify_css::{minify_css, truncate};

/// Concatenates and minifies files of `style/` at compile time.
macro_rules! sheet {
    ($($file:literal),* $(,)?) => {{
        const TEXT: &str = concat!(
            "@layer reset, tokens, ui, features, app;\n",
            $(include_str!(concat!("../style/", $file)),)*
        );
        #[allow(long_running_const_eval, reason = "it reads every byte")]
        const MINIFIED: ([u8; TEXT.len()], usize) = minify_css(TEXT);
        const BYTES: [u8; MINIFIED.1] = truncate(&MINIFIED.0);
        const SHEET: &str = match str::from_utf8(&BYTES) {
            Ok(text) => text,
            Err(_) => panic!("the minified CSS is not UTF-8"),
        };
        SHEET
    }};
}

/// The styles of the first view, and those shared by several views.
pub(crate) const FIRST: &str = sheet!(
    "tokens.css",
    "reset.css",
    "ui/icon.css",
    "ui/button.css",
    "ui/avatar.css",
    "ui/status.css",
    "ui/chip.css",
    "ui/field.css",
    "ui/callout.css",
    "ui/menu.css",
    "ui/checkbox.css",
    "ui/segmented.css",
    "ui/popover.css",
    "ui/dialog.css",
    "ui/confirm.css",
    "ui/skeleton.css",
    "ui/forced-colors.css",
    "features/users-page.css",
    "features/users-table.css",
    "features/filters.css",
    "features/users-cards.css",
    "features/empty.css",
    "features/user-panel.css",
    "features/notices.css",
    "features/impersonation.css",
    "features/forced-colors.css",
    "app/studio.css",
    "app/print.css",
);

/// The styles that only the prerendered view needs, besides [`FIRST`].
#[cfg(not(target_family = "wasm"))]
pub(crate) const PRERENDERED: &str = sheet!("ui/tabs.css", "features/details.css", "app/prerendered.css",);

/// The styles that only lazily loaded views use. The cascade orders adopted sheets by adoption: within a layer, a rule of this
/// sheet overrides a rule of the first sheet with the same specificity.
const LATER: &str = sheet!(
    "ui/radio-list.css",
    "ui/option-picker.css",
    "ui/tabs.css",
    "ui/mark.css",
    "ui/sheet.css",
    "ui/mini-studio.css",
    "features/invite.css",
    "features/details.css",
    "features/access.css",
    "features/audit.css",
    "features/roles.css",
    "features/removal.css",
    "features/undelivered-mail.css",
    "features/bulk.css",
    "features/palette.css",
    "features/shortcuts.css",
    "features/compare.css",
    "app/public-frame.css",
    "app/join.css",
    "app/section-page.css",
    "app/profile.css",
);

/// Custom properties that change often, on ancestors of hundreds of elements. They are registered as not inherited, because
/// the browser would otherwise recalculate the styles of all descendants. The style sheet passes them on where needed.
/// <https://developer.mozilla.org/docs/Web/API/CSS/registerProperty_static>
const NOT_INHERITED: [&str; 1] = ["--su-list-height"];

thread_local! {
    /// The created sheets, by their text and window. All roots of a document share them.
    static SHEETS: RefCell<Vec<(&'static str, JsValue, JsValue)>> = const { RefCell::new(Vec::new()) };
}

/// The document or shadow root that contains the views. Provided as context.
#[derive(Clone, Copy)]
pub struct SheetRoot(StoredValue<JsValue, LocalStorage>);

/// Adopts the styles of the first view into a document or shadow root. A constructed sheet needs no `unsafe-inline` in the
/// content security policy. Its views adopt further styles by [`SheetRoot`].
///
/// # Errors
/// Returns an error if the browser has no constructable style sheets (all major browsers have them since 2023):
/// <https://developer.mozilla.org/docs/Web/API/CSSStyleSheet/CSSStyleSheet>
pub fn adopt(root: &JsValue) -> Result<(), JsValue> {
    for name in NOT_INHERITED {
        register_not_inherited(&window_of(root), name);
    }
    adopt_sheet(root, FIRST)
}

/// Adopts the styles again after a root moved to another document, which discards them.
///
/// # Errors
/// See [`adopt`].
pub(crate) fn adopt_again(root: &JsValue) -> Result<(), JsValue> {
    adopt(root)?;
    // Does not name `LATER`, which would then be loaded with the first view.
    let texts: Vec<_> = SHEETS.with_borrow(|sheets| sheets.iter().map(|(text, ..)| *text).collect());
    texts.into_iter().try_for_each(|text| adopt_sheet(root, text))
}

/// Adopts the styles of lazily loaded views into the surrounding root.
pub fn adopt_later() {
    let adopted = use_context::<SheetRoot>().map(|root| root.0.with_value(|root| adopt_sheet(root, LATER)));
    if let Some(Err(error)) = adopted {
        leptos::logging::error!("Failed to adopt the lazily loaded style sheet: {error:?}");
    }
}

impl SheetRoot {
    /// Wraps a document or shadow root.
    pub fn new(root: &JsValue) -> Self {
        Self(StoredValue::new_local(root.clone()))
    }
}

/// Registers a custom property as not inherited. Ignores errors (unsupported, or already registered), because they affect
/// only the performance.
fn register_not_inherited(window: &JsValue, name: &str) {
    let definition = js_sys::Object::new();
    let is_complete = [("name", JsValue::from(name)), ("syntax", "*".into()), ("inherits", false.into())]
        .iter()
        .all(|(key, value)| Reflect::set(&definition, &JsValue::from(*key), value).is_ok());
    let css = Reflect::get(window, &"CSS".into());
    let register = css.and_then(|css| Reflect::get(&css, &"registerProperty".into()));
    if let Some(Ok(register)) = register.ok().map(JsCast::dyn_into::<js_sys::Function>)
        && is_complete
    {
        let _ = register.call1(&JsValue::UNDEFINED, &definition);
    }
}

fn adopt_sheet(root: &JsValue, text: &'static str) -> Result<(), JsValue> {
    let sheet = cached_sheet(&window_of(root), text)?;
    let key = JsValue::from_str("adoptedStyleSheets");
    let adopted = Reflect::get(root, &key)?.dyn_into::<js_sys::Array>()?;
    if adopted.includes(&sheet, 0) {
        return Ok(());
    }
    Reflect::set(root, &key, &adopted.concat(&js_sys::Array::of1(&sheet)))?;
    Ok(())
}

/// The window of a document or shadow root. A root can adopt only sheets that this window created.
fn window_of(root: &JsValue) -> JsValue {
    let document = root.dyn_ref::<Node>().and_then(Node::owner_document);
    let window = document.and_then(|document| document.default_view()).or_else(web_sys::window);
    window.map_or(JsValue::UNDEFINED, Into::into)
}

fn cached_sheet(window: &JsValue, text: &'static str) -> Result<JsValue, JsValue> {
    let cached = SHEETS.with_borrow(|sheets| {
        let is_match =
            |(other, of, _): &&(&'static str, JsValue, JsValue)| std::ptr::eq(*other, text) && of == window;
        sheets.iter().find(is_match).map(|(.., sheet)| sheet.clone())
    });
    if let Some(sheet) = cached {
        return Ok(sheet);
    }
    let class = Reflect::get(window, &"CSSStyleSheet".into())?.dyn_into::<js_sys::Function>()?;
    let sheet = Reflect::construct(&class, &js_sys::Array::new())?;
    sheet.unchecked_ref::<CssStyleSheet>().replace_sync(text)?;
    SHEETS.with_borrow_mut(|sheets| sheets.push((text, window.clone(), sheet.clone())));
    Ok(sheet)
}
