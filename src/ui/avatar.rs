use leptos::prelude::*;

use super::{Glyph, Markup, icon};

/// An avatar: the initials of a user on one of six tints. Hidden from screen readers, because the name is shown next to it.
#[component]
pub fn Avatar(
    /// The name. `None` shows an envelope, for a user who has not joined yet.
    #[prop(into)]
    name: Option<String>,
    /// A stable value for the user, such as the id. Its hash selects the tint.
    #[prop(into)]
    seed: String,
) -> impl IntoView {
    avatar(name.as_deref(), &seed)
}

/// An [`Avatar`], for markup.
pub fn avatar(name: Option<&str>, seed: &str) -> Markup {
    let pending = name.is_none();
    let avatar = Markup::new("span")
        .class(if pending { "avatar avatar--pending" } else { "avatar" })
        .attribute("data-tint", name.map(|_| tint(seed).to_string().into()))
        .set("aria-hidden", "true");
    match name {
        Some(name) => avatar.text(initials(name)),
        None => avatar.child(icon(Glyph::Mail, false)),
    }
}

/// Returns the first letters of the first and the last word, or one letter for names without spaces. CSS converts them to
/// upper case.
fn initials(name: &str) -> String {
    let mut letters = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = letters.next();
    first.into_iter().chain(letters.next_back()).collect()
}

fn tint(seed: &str) -> u32 {
    seed.bytes().fold(0_u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte))) % 6 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_initials_of_the_first_and_last_word() {
        assert_eq!(initials("Thijs van den berg"), "Tb");
        assert_eq!(initials("émile"), "é");
        assert_eq!(initials("王小明"), "王");
        assert_eq!(initials("  (Jo) Öz "), "JÖ");
        assert_eq!(initials(" "), "");
    }

    #[test]
    fn selects_one_of_six_tints() {
        assert!((0..100).map(|n| tint(&n.to_string())).all(|tint| (1..=6).contains(&tint)));
    }
}
