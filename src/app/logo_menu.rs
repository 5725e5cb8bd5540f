use std::sync::Arc;

use leptos::prelude::*;
use studio_users_domain::{Denial, Section};

use super::home_route;
use crate::i18n::{Language, messages, use_language};
use crate::reactive::memo;
use crate::state::{CurrentUser, History, Navigation, Route};
use crate::ui::{Glyph, Icon, Menu, MenuItem};

/// The menu behind the logo: the home route and, for managers, the users.
#[component]
pub(super) fn LogoMenu(current_user: Signal<Arc<CurrentUser>>) -> impl IntoView {
    let language = use_language();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let sees_users = memo(move |_| current_user.read().sections(None).contains(&Section::Users));
    let go = move |route: Route| {
        navigation.with_value(|navigation| navigation.go(route, History::Push));
    };
    view! {
        <Menu
            label=Signal::stored(messages::studio_menu(language).to_string())
            class="studio__logo"
            button=ViewFn::from(|| view! { <Icon glyph=Glyph::Logo /> })
        >
            <MenuItem on_select=move |()| go(home_route(&current_user.read_untracked()))>
                <Icon glyph=Glyph::Home />
                {messages::go_to_home(language)}
            </MenuItem>
            <Show when=move || sees_users.get()>
                <div class="menu__rule" role="separator"></div>
                <MenuItem on_select=move |()| go(Route::of_section(Section::Users, None))>
                    <Icon glyph=Glyph::Users />
                    {messages::members(language)}
                </MenuItem>
                <MenuItem locked=view_lock(language, current_user).map(String::from) on_select=move |()| go(Route::Invite)>
                    <Icon glyph=if current_user.read().is_viewing() { Glyph::Lock } else { Glyph::UserPlus } />
                    {messages::invite_user(language)}
                </MenuItem>
            </Show>
        </Menu>
    }
}

/// Returns why changes are locked during an impersonation. `None` without one.
pub(super) fn view_lock(language: Language, current_user: Signal<Arc<CurrentUser>>) -> Option<&'static str> {
    current_user.read().is_viewing().then(|| Denial::InsideView.message(language))
}
