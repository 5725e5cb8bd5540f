use crate::state::Lock;
use crate::ui::Glyph;

/// Returns the icon of a control: a lock during an impersonation, otherwise `default`.
pub const fn lock_glyph(lock: Option<Lock>, default: Glyph) -> Glyph {
    match lock {
        Some(lock) if lock.is_view() => Glyph::Lock,
        _ => default,
    }
}
