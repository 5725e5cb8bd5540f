use leptos::prelude::*;

use super::copy_button::CopyButton;
use crate::i18n::{format, messages, use_language};
use crate::state::{Navigation, OpenUser, Place, UsersPlace, use_results};
use crate::ui::{Glyph, Icon};

/// The panel's upper edge: the way to the users before and after, a link to this one, and the way out.
#[component]
pub(super) fn Bar(
    /// Whose panel it is.
    open: Memo<OpenUser>,
    /// Closes it.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let language = use_language();
    let results = use_results();
    let place = Memo::new(move |_| {
        let (at, total) = (results.position.get()?, results.total.get()?);
        let number = |value: usize| format::number(language, u32::try_from(value).unwrap_or(u32::MAX));
        let all = number(total.value as usize);
        let all = if total.exact { all } else { messages::at_least(language, &all) };
        Some(messages::place_of(language, &number(at + 1), &all))
    });
    // Where the place is not known there is no way on from it.
    let is_first = Memo::new(move |_| results.position.get().is_none_or(|at| at == 0));
    let is_last = Memo::new(move |_| {
        let total = results.total.get().map_or(0, |total| total.value as usize);
        results.position.get().is_none_or(|at| at + 1 >= total)
    });
    let step = move |name: &'static str, key, glyph, by: isize, is_end: Memo<bool>| {
        view! {
            <button
                class="icon-button"
                type="button"
                aria-label=name
                aria-keyshortcuts=key
                aria-disabled=move || is_end.get().then_some("true")
                on:click=move |_| {
                    if !is_end.get_untracked() {
                        results.step(by);
                    }
                }
            >
                <Icon glyph=glyph />
            </button>
        }
    };
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let link = move || {
        let open = UsersPlace { open: Some(open.get_untracked()), ..UsersPlace::default() };
        let origin = window().location().origin().unwrap_or_default();
        let address = navigation.with_value(|navigation| navigation.address(&Place::Users(open)));
        format!("{origin}{}", address.unwrap_or_default())
    };
    // Where users have no addresses there is nothing to copy.
    let has_addresses = navigation.with_value(|navigation| navigation.address(&Place::Start).is_some());
    view! {
        <div class="user-panel__bar">
            {step(messages::previous_user(language), "k", Glyph::ChevronUp, -1, is_first)}
            {step(messages::next_user(language), "j", Glyph::ChevronDown, 1, is_last)}
            <span class="user-panel__place">{move || place.get()}</span>
            <span class="user-panel__bar-end">
                {has_addresses
                    .then(|| {
                        view! {
                            <CopyButton name=messages::copy_user_link(language) glyph=Glyph::Link text=link />
                        }
                    })}
                <button
                    class="icon-button"
                    type="button"
                    aria-label=messages::close(language)
                    on:click=move |_| on_close.run(())
                >
                    <Icon glyph=Glyph::Close />
                </button>
            </span>
        </div>
    }
}
