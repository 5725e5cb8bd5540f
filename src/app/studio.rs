use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_domain::Section;

use super::account::Account;
use super::base_path::use_base_path;
use super::environment_switch::{EnvironmentSwitch, focused_node};
use super::hidden_sections::{HiddenSectionItems, HiddenSections};
use super::home_route;
use super::logo_menu::{LogoMenu, view_lock};
use super::profile::profile;
use super::section_page::section_page;
use super::session::AppSession;
use super::users_host::UsersHost;
use crate::api::Client;
use crate::features::impersonation::ImpersonationStatus;
use crate::i18n::{isolated, messages, use_language, with_bdi};
use crate::parts::{Lazy, section_glyph};
use crate::reactive::memo;
use crate::state::{Change, Changes, CurrentUser, History, Navigation, Route, event_stream};
use crate::ui::{Glyph, Icon, Menu, MenuItem, Tooltips};

/// The frame of the standalone page: navigation between sections, the environment switch and the account menu.
#[component]
pub(super) fn Studio(#[prop(into)] current_user: Signal<Arc<CurrentUser>>) -> impl IntoView {
    let language = use_language();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let route = navigation.with_value(|navigation| navigation.route);
    let main = NodeRef::<html::Main>::new();
    let sections = memo(move |_| current_user.read().sections(route.read().node()));
    let base = StoredValue::new(use_base_path());
    let url = move |route: &Route| base.with_value(|base| base.url(route));
    let home = url(&home_route(&current_user.read_untracked()));
    let organisation =
        move || current_user.read().organisation().map(|node| node.name.clone()).unwrap_or_default();
    let sees_users = memo(move |_| current_user.read().sections(None).contains(&Section::Users));

    let on_skip = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        if let Some(main) = main.get_untracked() {
            let _ = main.focus();
        }
    };
    let page = memo(move |_| Page::of(&route.read()));
    // The impersonation is constant for the lifetime of this component: `App` recreates it when a view starts or ends.
    let viewed_name = current_user
        .with_untracked(|current_user| current_user.is_viewing().then(|| current_user.name().to_owned()));
    let is_viewing = viewed_name.is_some();
    let viewed_name = StoredValue::new(viewed_name);
    provide_context(current_user);
    provide_context(expect_context::<AppSession>().impersonation);

    view! {
        <Tooltips>
        <ImpersonationStatus node=Signal::derive(move || focused_node(&current_user.read(), &route.read())) />
        <div class="su studio" class:studio--impersonation=is_viewing>
            <a class="skip-link" href="#content" on:click=on_skip>
                {messages::skip_to_content(language)}
            </a>
            <nav class="studio__rail" aria-label=messages::studio(language)>
                <LogoMenu current_user />
                <div class="studio__items">
                    <For each=move || sections.get() key=|section| *section let:section>
                        <a
                            class="studio__item"
                            href=move || url(&Route::of_section(section, route.read().node()))
                            aria-current=move || {
                                (route.read().section() == Some(section)).then_some("page")
                            }
                        >
                            <Icon glyph=section_glyph(section) />
                            <bdi>{section.name(language)}</bdi>
                        </a>
                    </For>
                    {is_viewing.then(|| view! { <HiddenSections visible=sections /> })}
                </div>
            </nav>
            <header class="studio__top">
                <div class="studio__menu">
                    <Menu
                        label=Signal::stored(messages::menu(language).to_string())
                        class="icon-button"
                        button=ViewFn::from(|| view! { <Icon glyph=Glyph::Menu /> })
                    >
                        <For each=move || sections.get() key=|section| *section let:section>
                            <MenuItem on_select=move |()| {
                                let to = Route::of_section(section, route.read_untracked().node());
                                navigation.with_value(|navigation| navigation.go(to, History::Push));
                            }>
                                <Icon glyph=section_glyph(section) />
                                {section.name(language)}
                            </MenuItem>
                        </For>
                        <Show when=move || sees_users.get()>
                            <div class="menu__rule" role="separator"></div>
                            <MenuItem locked=view_lock(language, current_user).map(String::from) on_select=move |()| {
                                navigation.with_value(|navigation| navigation.go(Route::Invite, History::Push));
                            }>
                                <Icon glyph=if is_viewing { Glyph::Lock } else { Glyph::UserPlus } />
                                {messages::invite_user(language)}
                            </MenuItem>
                        </Show>
                        {is_viewing.then(|| view! { <HiddenSectionItems visible=sections /> })}
                    </Menu>
                </div>
                <span class="studio__organisation">
                    <Icon glyph=Glyph::Agency />
                    <bdi>{organisation}</bdi>
                </span>
                {move || view! { <EnvironmentSwitch current_user=current_user.get() /> }}
                <span class="studio__top-end">
                    {move || view! { <Account current_user=current_user.get() /> }}
                </span>
            </header>
            <Show when=move || is_viewing && !(page.get() == Page::Users && sees_users.get())>
                <ViewUpdates />
            </Show>
            <main class="studio__main" id="content" tabindex="-1" node_ref=main>
                {move || match page.get() {
                    Page::Users if sees_users.get() => {
                        view! { <UsersHost current_user /> }.into_any()
                    }
                    Page::Users => {
                        let (title, text) = match viewed_name.get_value() {
                            Some(name) => (
                                messages::they_manage_no_users(language, &isolated(&name)),
                                messages::they_manage_no_users_text(language),
                            ),
                            None => {
                                (messages::manages_no_users(language).into(), messages::manages_no_users_text(language))
                            }
                        };
                        view! { <Message title text home=home.clone() /> }.into_any()
                    }
                    Page::Section(section) => {
                        let at = memo(move |_| focused_node(&current_user.read(), &route.read()));
                        view! { <Lazy load=section_page with=(current_user.get(), section, at) /> }.into_any()
                    }
                    Page::Profile if is_viewing => {
                        view! {
                            <Message
                                title=messages::account_unavailable(language)
                                text=messages::account_unavailable_text(language)
                                home=home.clone()
                            />
                        }
                            .into_any()
                    }
                    Page::Profile => view! { <Lazy load=profile with=current_user /> }.into_any(),
                    Page::NotFound => {
                        view! {
                            <Message
                                title=messages::page_not_found(language)
                                text=messages::page_not_found_text(language)
                                home=home.clone()
                            />
                        }
                            .into_any()
                    }
                }}
            </main>
        </div>
        </Tooltips>
    }
}

/// Subscribes to changes during an impersonation in a section without the users feature. The impersonated user's access
/// may shrink, or the view may end.
#[component]
fn ViewUpdates() -> impl IntoView {
    let session = expect_context::<AppSession>();
    let changes = Changes::default();
    changes.subscribe(move |change| {
        if change == Change::Tree {
            spawn_local(session.refresh());
        }
    });
    event_stream::subscribe(expect_context::<Client>(), changes);
}

/// The content of the studio. Route changes within one page do not recreate the view.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Page {
    Users,
    Section(Section),
    Profile,
    NotFound,
}

impl Page {
    const fn of(route: &Route) -> Self {
        match route {
            Route::Users(_) | Route::Invite | Route::Roles => Self::Users,
            Route::Section { section, .. } => Self::Section(*section),
            Route::Account => Self::Profile,
            Route::Start | Route::SignIn | Route::Join | Route::NotFound => Self::NotFound,
        }
    }
}

/// A page with a message and a link to the home route.
#[component]
fn Message(
    #[prop(into)] title: String,
    text: &'static str,
    /// The URL of the home route.
    home: String,
) -> impl IntoView {
    let language = use_language();
    view! {
        <div class="empty">
            <h1 class="empty__title">{with_bdi(&title)}</h1>
            <p class="empty__text">{text}</p>
            <div class="empty__actions">
                <a class="button" href=home>
                    {messages::go_to_home(language)}
                </a>
            </div>
        </div>
    }
}
