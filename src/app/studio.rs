use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_domain::Section;

use super::account::Account;
use super::first_place;
use super::ghosts::{GhostItems, Ghosts};
use super::logo_menu::{LogoMenu, view_lock};
use super::place_page::section_page;
use super::profile::profile;
use super::signed_in::SignedIn;
use super::switch::{EnvironmentSwitch, focus};
use super::users_host::UsersHost;
use crate::api::Client;
use crate::features::view_as::ViewMode;
use crate::i18n::{isolated, messages, use_language, with_bdi};
use crate::parts::{Lazy, section_glyph};
use crate::state::{Change, Changes, History, Navigation, Place, Reader, live};
use crate::ui::{Glyph, Hints, Icon, Menu, MenuItem};

/// The studio around its sections: the way between them, the environment in focus, and the account.
#[component]
pub(super) fn Studio(
    /// Who reads.
    #[prop(into)]
    reader: Signal<Arc<Reader>>,
) -> impl IntoView {
    let language = use_language();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let place = navigation.with_value(|navigation| navigation.place);
    let main = NodeRef::<html::Main>::new();
    let sections = Memo::new(move |_| reader.read().sections(place.read().node()));
    let start = first_place(&reader.read_untracked()).url();
    let organisation = move || reader.read().organisation().map(|node| node.name.clone()).unwrap_or_default();
    let sees_users = Memo::new(move |_| reader.read().sections(None).contains(&Section::Users));

    let on_skip = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        if let Some(main) = main.get_untracked() {
            let _ = main.focus();
        }
    };
    let page = Memo::new(move |_| Page::of(&place.read()));
    // One studio shows one view, or none: for another it is made anew.
    let viewed = reader.with_untracked(|reader| reader.is_viewing().then(|| reader.name().to_owned()));
    let is_viewing = viewed.is_some();
    let viewed = StoredValue::new(viewed);
    provide_context(reader);
    provide_context(expect_context::<SignedIn>().viewing);

    view! {
        <Hints>
        <ViewMode at=Signal::derive(move || focus(&reader.read(), &place.read())) />
        <div class="su studio" class:studio--viewing=is_viewing>
            <a class="skip-link" href="#content" on:click=on_skip>
                {messages::skip_to_content(language)}
            </a>
            <nav class="studio__rail" aria-label=messages::studio(language)>
                <LogoMenu reader />
                <div class="studio__items">
                    <For each=move || sections.get() key=|section| *section let:section>
                        <a
                            class="studio__item"
                            href=move || Place::of_section(section, place.read().node()).url()
                            aria-current=move || {
                                (place.read().section() == Some(section)).then_some("page")
                            }
                        >
                            <Icon glyph=section_glyph(section) />
                            <bdi>{section.name(language)}</bdi>
                        </a>
                    </For>
                    {is_viewing.then(|| view! { <Ghosts seen=sections /> })}
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
                                let to = Place::of_section(section, place.read_untracked().node());
                                navigation.with_value(|navigation| navigation.go(to, History::Push));
                            }>
                                <Icon glyph=section_glyph(section) />
                                {section.name(language)}
                            </MenuItem>
                        </For>
                        <Show when=move || sees_users.get()>
                            <div class="menu__rule" role="separator"></div>
                            <MenuItem locked=view_lock(language, reader).map(String::from) on_select=move |()| {
                                navigation.with_value(|navigation| navigation.go(Place::Invite, History::Push));
                            }>
                                <Icon glyph=if is_viewing { Glyph::Lock } else { Glyph::UserPlus } />
                                {messages::invite_user(language)}
                            </MenuItem>
                        </Show>
                        {is_viewing.then(|| view! { <GhostItems seen=sections /> })}
                    </Menu>
                </div>
                <span class="studio__organisation">
                    <Icon glyph=Glyph::Agency />
                    <bdi>{organisation}</bdi>
                </span>
                {move || view! { <EnvironmentSwitch reader=reader.get() /> }}
                <span class="studio__top-end">
                    {move || view! { <Account reader=reader.get() /> }}
                </span>
            </header>
            <Show when=move || is_viewing && !(page.get() == Page::Users && sees_users.get())>
                <FollowView />
            </Show>
            <main class="studio__main" id="content" tabindex="-1" node_ref=main>
                {move || match page.get() {
                    Page::Users if sees_users.get() => {
                        view! { <UsersHost reader /> }.into_any()
                    }
                    Page::Users => {
                        let (title, text) = match viewed.get_value() {
                            Some(name) => (
                                messages::they_manage_nobody(language, &isolated(&name)),
                                messages::they_manage_nobody_text(language),
                            ),
                            None => {
                                (messages::manages_nobody(language).into(), messages::manages_nobody_text(language))
                            }
                        };
                        view! { <Message title text start=start.clone() /> }.into_any()
                    }
                    Page::Section(section) => {
                        let at = Memo::new(move |_| focus(&reader.read(), &place.read()));
                        view! { <Lazy load=section_page with=(reader.get(), section, at) /> }.into_any()
                    }
                    Page::Profile if is_viewing => {
                        view! {
                            <Message
                                title=messages::account_not_viewed(language)
                                text=messages::account_not_viewed_text(language)
                                start=start.clone()
                            />
                        }
                            .into_any()
                    }
                    Page::Profile => view! { <Lazy load=profile with=reader /> }.into_any(),
                    Page::NotFound => {
                        view! {
                            <Message
                                title=messages::page_not_found(language)
                                text=messages::page_not_found_text(language)
                                start=start.clone()
                            />
                        }
                            .into_any()
                    }
                }}
            </main>
        </div>
        </Hints>
    }
}

/// Follows what changes while a view shows a section in which nothing else does: it may shrink, or end.
#[component]
fn FollowView() -> impl IntoView {
    let signed_in = expect_context::<SignedIn>();
    let changes = Changes::default();
    changes.listen(move |change| {
        if change == Change::Tree {
            spawn_local(signed_in.refresh());
        }
    });
    live::follow(expect_context::<Client>(), changes);
}

/// What fills the studio; within one of these the place may change and nothing is made anew.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Page {
    Users,
    Section(Section),
    Profile,
    NotFound,
}

impl Page {
    const fn of(place: &Place) -> Self {
        match place {
            Place::Users(_) | Place::Invite | Place::Roles => Self::Users,
            Place::Section { section, .. } => Self::Section(*section),
            Place::Account => Self::Profile,
            Place::Start | Place::SignIn | Place::Join | Place::NotFound => Self::NotFound,
        }
    }
}

/// A page with nothing but words, and the way back.
#[component]
fn Message(
    /// The heading.
    #[prop(into)]
    title: String,
    /// What there is to say.
    text: &'static str,
    /// Where the way back leads.
    start: String,
) -> impl IntoView {
    let language = use_language();
    view! {
        <div class="empty">
            <h1 class="empty__title">{with_bdi(&title)}</h1>
            <p class="empty__text">{text}</p>
            <div class="empty__ways">
                <a class="button" href=start>
                    {messages::to_start(language)}
                </a>
            </div>
        </div>
    }
}
