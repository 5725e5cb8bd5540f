use web_sys::KeyboardEvent;

/// Returns the key of an event as a handler should compare it: `KeyboardEvent.key`, with these differences.
///
/// - Empty while an input method composes text: the key belongs to the input method. Safari ends the composition before
///   the event, and marks the event only by the code 229. See [UI Events](https://www.w3.org/TR/uievents/#determine-keydown-keyup-keyCode).
/// - Letters are in upper case only with Shift, regardless of Caps Lock.
/// - In a layout of another script, such as Cyrillic, the letter or slash of the US layout at the same place.
pub fn pressed_key(event: &KeyboardEvent) -> String {
    const COMPOSING: u32 = 229;
    if event.is_composing() || event.key_code() == COMPOSING {
        return String::new();
    }
    #[allow(clippy::disallowed_methods, reason = "other code uses this function")]
    let key = event.key();
    layout_independent(&key, &event.code(), event.shift_key())
}

fn layout_independent(key: &str, code: &str, with_shift: bool) -> String {
    let mut characters = key.chars();
    let (Some(character), None) = (characters.next(), characters.next()) else { return key.to_owned() };
    // The Latin script ends with the block Latin Extended-B.
    let is_other_script = character > '\u{24f}';
    let key = match code.strip_prefix("Key") {
        Some(letter) if is_other_script => letter,
        _ if is_other_script && code == "Slash" => return if with_shift { "?" } else { "/" }.into(),
        _ => key,
    };
    if with_shift { key.to_ascii_uppercase() } else { key.to_ascii_lowercase() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignores_caps_lock() {
        assert_eq!(layout_independent("X", "KeyX", false), "x");
        assert_eq!(layout_independent("x", "KeyX", true), "X");
        assert_eq!(layout_independent("Escape", "Escape", false), "Escape");
    }

    #[test]
    fn uses_the_us_layout_for_other_scripts_only() {
        assert_eq!(layout_independent("л", "KeyK", false), "k");
        assert_eq!(layout_independent("Ч", "KeyX", true), "X");
        assert_eq!(layout_independent("؟", "Slash", true), "?");
        assert_eq!(layout_independent("é", "KeyW", false), "é");
        assert_eq!(layout_independent("?", "Digit7", true), "?");
        assert_eq!(layout_independent("k", "KeyV", false), "k");
    }
}
