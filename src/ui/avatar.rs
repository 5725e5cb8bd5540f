use leptos::prelude::*;

use super::{Glyph, Icon};

/// A round sign for a person: their initials on one of six tints. Decoration, as the name stands beside it.
#[component]
pub fn Avatar(
    /// The name; none for somebody who has not joined yet, who gets an envelope.
    #[prop(into)]
    name: Option<String>,
    /// Whatever stays the same for the person: their tint is chosen by it.
    #[prop(into)]
    seed: String,
) -> impl IntoView {
    match name {
        Some(name) => view! {
            <span class="avatar" data-tint=tint(&seed).to_string() aria-hidden="true">
                {initials(&name)}
            </span>
        }
        .into_any(),
        None => view! {
            <span class="avatar avatar--pending" aria-hidden="true">
                <Icon glyph=Glyph::Mail />
            </span>
        }
        .into_any(),
    }
}

/// The first letters of the first and the last word; of names written without spaces the first one. The sheet writes them
/// large.
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
    fn initials_are_of_the_first_and_the_last_word() {
        assert_eq!(initials("Thijs van den berg"), "Tb");
        assert_eq!(initials("émile"), "é");
        assert_eq!(initials("王小明"), "王");
        assert_eq!(initials("  (Jo) Öz "), "JÖ");
        assert_eq!(initials(" "), "");
    }

    #[test]
    fn a_tint_is_one_of_six() {
        assert!((0..100).map(|n| tint(&n.to_string())).all(|tint| (1..=6).contains(&tint)));
    }
}
