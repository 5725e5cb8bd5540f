//! The style sheet: one text for the document and for every shadow root.

use std::cell::RefCell;

use wasm_bindgen::{JsCast, JsValue};
use web_sys::CssStyleSheet;

/// The whole sheet, in cascade layers.
const TEXT: &str = concat!(
    "@layer reset, tokens, ui, features, app;\n",
    include_str!("../style/tokens.css"),
    include_str!("../style/reset.css"),
    include_str!("../style/ui/icon.css"),
    include_str!("../style/ui/button.css"),
    include_str!("../style/ui/avatar.css"),
    include_str!("../style/ui/status.css"),
    include_str!("../style/ui/chip.css"),
    include_str!("../style/ui/field.css"),
    include_str!("../style/ui/callout.css"),
    include_str!("../style/ui/menu.css"),
    include_str!("../style/ui/checkbox.css"),
    include_str!("../style/ui/segmented.css"),
    include_str!("../style/ui/radio-list.css"),
    include_str!("../style/ui/popover.css"),
    include_str!("../style/ui/choose.css"),
    include_str!("../style/ui/tabs.css"),
    include_str!("../style/ui/mark.css"),
    include_str!("../style/ui/dialog.css"),
    include_str!("../style/ui/confirm.css"),
    include_str!("../style/ui/sheet.css"),
    include_str!("../style/ui/mini-studio.css"),
    include_str!("../style/ui/skeleton.css"),
    include_str!("../style/ui/forced-colors.css"),
    include_str!("../style/features/users-page.css"),
    include_str!("../style/features/users-table.css"),
    include_str!("../style/features/filters.css"),
    include_str!("../style/features/users-cards.css"),
    include_str!("../style/features/empty.css"),
    include_str!("../style/features/invite.css"),
    include_str!("../style/features/user-panel.css"),
    include_str!("../style/features/details.css"),
    include_str!("../style/features/access.css"),
    include_str!("../style/features/audit.css"),
    include_str!("../style/features/roles.css"),
    include_str!("../style/features/notices.css"),
    include_str!("../style/features/removal.css"),
    include_str!("../style/features/bulk.css"),
    include_str!("../style/features/palette.css"),
    include_str!("../style/features/shortcuts.css"),
    include_str!("../style/features/view-as.css"),
    include_str!("../style/features/compare.css"),
    include_str!("../style/features/forced-colors.css"),
    include_str!("../style/app/studio.css"),
    include_str!("../style/app/gate.css"),
    include_str!("../style/app/join.css"),
    include_str!("../style/app/place.css"),
    include_str!("../style/app/profile.css"),
);

thread_local! {
    /// The sheet, made once for all that adopt it.
    static SHEET: RefCell<Option<CssStyleSheet>> = const { RefCell::new(None) };
}

/// Adopts the sheet into the document or a shadow root, unless it has. Built by script and adopted, it needs no
/// `unsafe-inline` in a content security policy.
///
/// # Errors
/// Where the browser knows no constructable style sheets (all have since 2023).
pub fn adopt(root: &JsValue) -> Result<(), JsValue> {
    let sheet = match SHEET.with_borrow(Clone::clone) {
        Some(sheet) => sheet,
        None => {
            let sheet = CssStyleSheet::new()?;
            sheet.replace_sync(TEXT)?;
            SHEET.set(Some(sheet.clone()));
            sheet
        }
    };
    let key = JsValue::from_str("adoptedStyleSheets");
    let adopted = js_sys::Reflect::get(root, &key)?.dyn_into::<js_sys::Array>()?;
    if !adopted.includes(&sheet, 0) {
        js_sys::Reflect::set(root, &key, &adopted.concat(&js_sys::Array::of1(&sheet)))?;
    }
    Ok(())
}
