use crate::state::Lock;
use crate::ui::Glyph;

/// What a control is drawn as: inside a view whatever would change something carries a lock.
pub const fn lock_glyph(lock: Option<Lock>, usual: Glyph) -> Glyph {
    match lock {
        Some(lock) if lock.is_view() => Glyph::Lock,
        _ => usual,
    }
}
