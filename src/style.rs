//! The style sheets: one for what a page begins with, one for what is loaded later. The document and every shadow root
//! adopt them.

mod squeeze;

use std::cell::RefCell;

use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::CssStyleSheet;

use squeeze::{first, squeeze};

/// Files of `style/` as one sheet.
macro_rules! sheet {
    ($($file:literal),* $(,)?) => {{
        const TEXT: &str = concat!(
            "@layer reset, tokens, ui, features, app;\n",
            $(include_str!(concat!("../style/", $file)),)*
        );
        #[allow(long_running_const_eval, reason = "it reads every letter")]
        const SQUEEZED: ([u8; TEXT.len()], usize) = squeeze(TEXT);
        const BYTES: [u8; SQUEEZED.1] = first(&SQUEEZED.0);
        const SHEET: &str = match str::from_utf8(&BYTES) {
            Ok(text) => text,
            Err(_) => panic!("squeezing cut a letter in two"),
        };
        SHEET
    }};
}

/// What the first view shows, and whatever stands in several views.
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
    "features/view-as.css",
    "features/forced-colors.css",
    "app/studio.css",
);

/// What nothing in the first view is drawn with. A sheet that is adopted later counts as written later: within a layer,
/// its rules win over those of the first that are as specific.
const LATER: &str = sheet!(
    "ui/radio-list.css",
    "ui/choose.css",
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
    "features/bulk.css",
    "features/palette.css",
    "features/shortcuts.css",
    "features/compare.css",
    "app/gate.css",
    "app/join.css",
    "app/place.css",
    "app/profile.css",
);

/// Properties that change while the page is used, above hundreds of elements. They are registered as not inherited, as the
/// browser looks at the style of everything below anew otherwise. The sheet hands them down to where they are read.
const OWN: [&str; 3] = ["--su-columns", "--su-column-gap", "--su-list-height"];

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = CSS, js_name = registerProperty)]
    fn register_property(definition: &JsValue) -> Result<(), JsValue>;
}

thread_local! {
    /// The sheets that were made. All roots of the document share them.
    static MADE: RefCell<Vec<(&'static str, CssStyleSheet)>> = const { RefCell::new(Vec::new()) };
}

/// The root of what is shown: a document or a shadow root. It is found by context.
#[derive(Clone, Copy)]
pub struct SheetRoot(StoredValue<JsValue, LocalStorage>);

/// Adopts what the first view needs into the document or a shadow root, whose views then [find it](SheetRoot) by
/// context. Built by script and adopted, a sheet needs no `unsafe-inline` in a content security policy.
///
/// # Errors
/// Where the browser knows no constructable style sheets (all have since 2023).
pub fn adopt(root: &JsValue) -> Result<(), JsValue> {
    for name in OWN {
        register(name);
    }
    adopt_sheet(root, FIRST)
}

/// Adopts what views need that are loaded later, into the root around them.
pub fn adopt_later() {
    let adopted = use_context::<SheetRoot>().map(|root| root.0.with_value(|root| adopt_sheet(root, LATER)));
    if let Some(Err(error)) = adopted {
        leptos::logging::error!("The later style sheet could not be adopted: {error:?}");
    }
}

impl SheetRoot {
    /// Of a document or a shadow root.
    pub fn new(root: &JsValue) -> Self {
        Self(StoredValue::new_local(root.clone()))
    }
}

/// Where a property cannot be registered, or is already, all looks the same.
fn register(name: &str) {
    let definition = js_sys::Object::new();
    let is_made = [("name", JsValue::from(name)), ("syntax", "*".into()), ("inherits", false.into())]
        .iter()
        .all(|(key, value)| js_sys::Reflect::set(&definition, &JsValue::from(*key), value).is_ok());
    if is_made {
        let _ = register_property(&definition);
    }
}

fn adopt_sheet(root: &JsValue, text: &'static str) -> Result<(), JsValue> {
    let sheet = made(text)?;
    let key = JsValue::from_str("adoptedStyleSheets");
    let adopted = js_sys::Reflect::get(root, &key)?.dyn_into::<js_sys::Array>()?;
    if adopted.includes(&sheet, 0) {
        return Ok(());
    }
    js_sys::Reflect::set(root, &key, &adopted.concat(&js_sys::Array::of1(&sheet)))?;
    Ok(())
}

fn made(text: &'static str) -> Result<CssStyleSheet, JsValue> {
    let known = MADE.with_borrow(|made| {
        let is_this = |(other, _): &&(&'static str, CssStyleSheet)| std::ptr::eq(*other, text);
        made.iter().find(is_this).map(|(_, sheet)| sheet.clone())
    });
    if let Some(sheet) = known {
        return Ok(sheet);
    }
    let sheet = CssStyleSheet::new()?;
    sheet.replace_sync(text)?;
    MADE.with_borrow_mut(|made| made.push((text, sheet.clone())));
    Ok(sheet)
}
