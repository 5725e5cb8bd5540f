use leptos::prelude::*;

use super::copy_button::CopyButton;
use crate::i18n::{format, messages, use_language};
use crate::parts::NavigationButton;
use crate::reactive::memo;
use crate::state::{Navigation, OpenUser, Route, UsersRoute, use_list_navigation};
use crate::ui::{Glyph, Icon};

/// The panel's top bar: previous and next user, a button that copies the link, and a close button.
#[component]
pub(super) fn PanelBar(open: Memo<OpenUser>, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let language = use_language();
    let list_navigation = use_list_navigation();
    let position_text = memo(move |_| {
        let (position, total) = (list_navigation.position.get()?, list_navigation.total.get()?);
        let number = |value: usize| format::number(language, u32::try_from(value).unwrap_or(u32::MAX));
        let total_text = number(total.value as usize);
        let total_text = if total.exact { total_text } else { messages::at_least(language, &total_text) };
        Some(messages::position_of(language, &number(position + 1), &total_text))
    });
    // Both buttons are disabled while the position in the list is unknown.
    let is_first = memo(move |_| list_navigation.position.get().is_none_or(|position| position == 0));
    let is_last = memo(move |_| {
        let total = list_navigation.total.get().map_or(0, |total| total.value as usize);
        list_navigation.position.get().is_none_or(|position| position + 1 >= total)
    });
    let step_button = move |name: &'static str, key, glyph, by: isize, is_end: Memo<bool>| {
        view! {
            <button
                class="icon-button"
                type="button"
                aria-label=name
                aria-keyshortcuts=key
                aria-disabled=move || is_end.get().then_some("true")
                on:click=move |_| {
                    if !is_end.get_untracked() {
                        list_navigation.step(by);
                    }
                }
            >
                <Icon glyph=glyph />
            </button>
        }
    };
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let link = move || {
        let open = UsersRoute { open: Some(open.get_untracked()), ..UsersRoute::default() };
        let origin = window().location().origin().unwrap_or_default();
        let url = navigation.with_value(|navigation| navigation.url(&Route::Users(open)));
        format!("{origin}{}", url.unwrap_or_default())
    };
    // A page whose routes have no URLs has no link to copy.
    let has_urls = navigation.with_value(|navigation| navigation.url(&Route::Start).is_some());
    view! {
        <div class="user-panel__bar">
            {step_button(messages::previous_user(language), "k", Glyph::ChevronUp, -1, is_first)}
            {step_button(messages::next_user(language), "j", Glyph::ChevronDown, 1, is_last)}
            <span class="user-panel__position">{move || position_text.get()}</span>
            <span class="user-panel__bar-end">
                {has_urls
                    .then(|| {
                        view! {
                            <CopyButton name=messages::copy_user_link(language) glyph=Glyph::Link text=link />
                        }
                    })}
                <NavigationButton class="icon-button" name=messages::close(language) on_click=on_close>
                    <Icon glyph=Glyph::Close />
                </NavigationButton>
            </span>
        </div>
    }
}
