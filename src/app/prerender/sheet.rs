//! The style sheet of the prerendered view. It is the same for everyone, because the content security policy allows it by
//! its hash.

use crate::features::users::prerendered_css;
use crate::style::{FIRST, PRERENDERED};

/// Returns the style sheet of the prerendered view.
pub fn sheet() -> String {
    format!("{FIRST}{}{PRERENDERED}", prerendered_css("#prerendered"))
}
