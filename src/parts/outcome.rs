use leptos::prelude::*;

use crate::ui::{Glyph, Icon, Phrase};

/// A list of abilities that a user will have.
#[component]
pub fn Abilities(
    /// The abilities, one for each line.
    #[prop(into)]
    lines: Signal<Vec<&'static str>>,
) -> impl IntoView {
    let line = |line: &'static str| {
        view! {
            <li>
                <Icon glyph=Glyph::Check />
                {line}
            </li>
        }
    };
    view! {
        <ul class="ability-list" role="list">
            {move || lines.get().into_iter().map(line).collect_view()}
        </ul>
    }
}

/// A consequence of a choice, with its reason.
#[component]
pub fn Outcome(
    /// The icon.
    glyph: Glyph,
    /// The consequence, with placeholders for the names.
    #[prop(into)]
    title: String,
    /// The reason or explanation, with placeholders for the names.
    #[prop(into)]
    text: String,
    /// The names for the placeholders of both texts.
    #[prop(optional)]
    names: Vec<String>,
    /// The value as text, such as Yes or No.
    #[prop(optional_no_strip)]
    value: Option<&'static str>,
    /// Whether the consequence is positive.
    #[prop(optional)]
    is_yes: bool,
) -> impl IntoView {
    view! {
        <div class="outcome" data-yes=is_yes.then_some("")>
            <span class="outcome__mark">
                <Icon glyph=glyph />
            </span>
            <span>
                <span class="outcome__title">
                    <Phrase text=title names=names.clone() />
                </span>
                <span class="outcome__text">
                    <Phrase text names />
                </span>
            </span>
            {value.map(|value| view! { <span class="outcome__value">{value}</span> })}
        </div>
    }
}
