use std::sync::Arc;

use leptos::prelude::*;
use studio_users_domain::{Denial, Section};

use super::first_place;
use crate::i18n::{Language, messages, use_language};
use crate::state::{History, Navigation, Place, Reader};
use crate::ui::{Glyph, Icon, Menu, MenuItem};

/// The studio's menu, behind its logo: the start, and for who manages people the way to them.
#[component]
pub(super) fn LogoMenu(
    /// Who reads.
    reader: Signal<Arc<Reader>>,
) -> impl IntoView {
    let language = use_language();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let sees_users = Memo::new(move |_| reader.read().sections(None).contains(&Section::Users));
    let go = move |place: Place| {
        navigation.with_value(|navigation| navigation.go(place, History::Push));
    };
    view! {
        <Menu
            label=Signal::stored(messages::studio_menu(language).to_string())
            class="studio__logo"
            button=ViewFn::from(|| view! { <Icon glyph=Glyph::Logo /> })
        >
            <MenuItem on_select=move |()| go(first_place(&reader.read_untracked()))>
                <Icon glyph=Glyph::Home />
                {messages::to_start(language)}
            </MenuItem>
            <Show when=move || sees_users.get()>
                <div class="menu__rule" role="separator"></div>
                <MenuItem on_select=move |()| go(Place::of_section(Section::Users, None))>
                    <Icon glyph=Glyph::Users />
                    {messages::members(language)}
                </MenuItem>
                <MenuItem locked=view_lock(language, reader).map(String::from) on_select=move |()| go(Place::Invite)>
                    <Icon glyph=if reader.read().is_viewing() { Glyph::Lock } else { Glyph::UserPlus } />
                    {messages::invite_user(language)}
                </MenuItem>
            </Show>
        </Menu>
    }
}

/// Why nothing can be changed inside a view, where one runs.
pub(super) fn view_lock(language: Language, reader: Signal<Arc<Reader>>) -> Option<&'static str> {
    reader.read().is_viewing().then(|| Denial::InsideView.sentence(language))
}
