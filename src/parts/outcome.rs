use leptos::prelude::*;

use crate::ui::{Glyph, Icon};

/// What somebody will be able to do, line by line.
#[component]
pub fn Abilities(
    /// The lines.
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
        <ul class="able" role="list">
            {move || lines.get().into_iter().map(line).collect_view()}
        </ul>
    }
}

/// Something that follows from a choice, and why.
#[component]
pub fn Outcome(
    /// What it is about.
    glyph: Glyph,
    /// What follows.
    #[prop(into)]
    title: String,
    /// Why, or what that means.
    #[prop(into)]
    text: String,
    /// Yes or no, in words, where it is one of them.
    #[prop(optional_no_strip)]
    value: Option<&'static str>,
    /// Whether it is good.
    #[prop(optional)]
    is_yes: bool,
) -> impl IntoView {
    view! {
        <div class="outcome" data-yes=is_yes.then_some("")>
            <span class="outcome__mark">
                <Icon glyph=glyph />
            </span>
            <span>
                <span class="outcome__title">{title}</span>
                <span class="outcome__text">{text}</span>
            </span>
            {value.map(|value| view! { <span class="outcome__value">{value}</span> })}
        </div>
    }
}
