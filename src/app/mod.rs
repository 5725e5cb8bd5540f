//! The standalone page: a small studio around the feature, as a host's would be. It signs in, keeps the URL and
//! shows the sections that the signed-in person sees.

mod account;
#[cfg(not(target_family = "wasm"))]
pub mod draw;
mod drawn;
mod gate;
mod gate_frame;
mod ghosts;
mod join;
mod logo_menu;
mod place_page;
mod preferences_menu;
mod profile;
mod router;
mod sign_in_again;
mod signed_in;
mod studio;
mod switch;
mod users_host;

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_domain::UserId;
use uuid::Uuid;

use crate::api::{ApiError, Client, Fetch, WithPage};
use crate::embed::crash;
use crate::i18n::messages;
use crate::parts::Lazy;
#[cfg(debug_assertions)]
use crate::state::kept;
use crate::state::{Identity, Known, Navigation, Place, Preferences, Reader, explain};
use crate::style::{self, SheetRoot};
use drawn::Drawn;
use gate::{Notice, gate};
use join::{JoinToken, join};
use router::Routed;
use sign_in_again::sign_in_again;
use signed_in::SignedIn;
use studio::Studio;

/// Starts the standalone page.
pub fn start() {
    crash::tell_of_panics();
    crash::watch_page();
    #[cfg(debug_assertions)]
    if kept("studio-users.pseudo").is_some() {
        crate::i18n::pseudo::turn_on();
    }
    if let Err(error) = style::adopt(&document()) {
        leptos::logging::error!("The style sheet could not be adopted: {error:?}");
    }
    mount_to_body(App);
}

/// What is shown, by who is signed in.
#[derive(Clone, PartialEq)]
enum Screen {
    SignedIn(UserId, Option<Uuid>),
    SignedOut,
    Join,
    Loading,
    Failed(ApiError),
}

#[component]
fn App() -> impl IntoView {
    let preferences = Preferences::load();
    let client = Client::new(WithPage(Fetch::default()));
    provide_context(SheetRoot::new(&document()));
    provide_context(preferences);
    provide_context(client.clone());
    provide_context(SignedIn::new(client, preferences));
    provide_context(JoinToken::load());
    Effect::new(move |_| {
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("lang", preferences.language.get().tag());
            let _ = match preferences.theme.get().attribute() {
                Some(theme) => root.set_attribute("data-theme", theme),
                None => root.remove_attribute("data-theme"),
            };
        }
    });
    // Another language renders everything anew: simpler, and smaller, than texts that change in place.
    view! {
        <Routed>
            {move || {
                provide_context(preferences.language.get());
                view! { <Screens /> }
            }}
        </Routed>
    }
}

/// The sign-in page or the studio, by who is signed in.
#[component]
fn Screens() -> impl IntoView {
    let language = crate::i18n::use_language();
    let signed_in = expect_context::<SignedIn>();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let token = expect_context::<JoinToken>();
    let notice = RwSignal::new(None::<Notice>);
    let drawn = StoredValue::new_local(Drawn::find());
    signed_in.keep_looking(navigation.get_value());
    signed_in.follow_view(navigation);

    Effect::new(move |_| {
        let taken = router::take_token();
        if let Some((Place::SignIn, token)) = taken {
            signed_in.known.set(Known::Loading);
            spawn_local(async move {
                let failure = signed_in.by_link(token).await.err();
                let _ = notice.try_set(failure.map(Notice::Failed));
            });
            return;
        }
        if let Some((_, opened)) = taken {
            // The address changes by it, and this runs once more.
            return token.take(opened);
        }
        if signed_in.known.with_untracked(|known| matches!(known, Known::Loading)) {
            spawn_local(signed_in.load());
        }
    });
    // Who is not signed in is led to the sign-in page, and from there to where they wanted to go.
    Effect::new(move |_| {
        let place = navigation.with_value(|navigation| navigation.place.get());
        let to = signed_in.known.with(|known| match known {
            // An invitation is for whoever has its link.
            Known::Ready(_) if place == Place::Join => None,
            Known::Ready(Identity::SignedOut { by_choice }) if place != Place::SignIn => {
                signed_in.wanted.set_value((!by_choice && place != Place::Start).then(|| place.clone()));
                Some(Place::SignIn)
            }
            Known::Ready(Identity::SignedIn(reader)) if place == Place::Start || place == Place::SignIn => {
                // A link that did not work is told of first.
                let may_leave = notice.with(Option::is_none);
                may_leave.then(|| {
                    if token.resume(&reader.session.user.email) {
                        return Place::Join;
                    }
                    let wanted = signed_in.wanted.try_update_value(Option::take).flatten();
                    wanted.unwrap_or_else(|| first_place(reader))
                })
            }
            _ => None,
        });
        if let Some(to) = to {
            navigation.with_value(|navigation| navigation.lead_on(to));
        }
    });
    Effect::new(move |_| {
        let place = navigation.with_value(|navigation| navigation.place.get());
        let page = match &place {
            Place::SignIn | Place::Start => messages::sign_in(language),
            Place::Join => messages::join_page(language),
            Place::Account => messages::your_account(language),
            Place::Roles => messages::roles(language),
            Place::NotFound => messages::page_not_found(language),
            Place::Users(_) | Place::Invite => messages::users(language),
            Place::Section { section, .. } => section.name(language),
        };
        let title = messages::page_title(language, page);
        let title = signed_in.viewing.running.with(|running| match running {
            Some(view) => messages::view_title(language, view.name(), &title),
            None => title.clone(),
        });
        document().set_title(&title);
    });

    // The same person stays on the same screen, whatever changes of what they see; a view is another screen, so that
    // nothing of one is left over in the other.
    let reader = StoredValue::new(None::<RwSignal<Arc<Reader>>>);
    let is_joining =
        Memo::new(move |_| navigation.with_value(|navigation| *navigation.place.read() == Place::Join));
    let screen = Memo::new(move |_| match &*signed_in.known.read() {
        Known::Ready(_) if is_joining.get() => Screen::Join,
        Known::Ready(Identity::SignedIn(reader)) => Screen::SignedIn(reader.session.user.id, reader.view()),
        Known::Ready(Identity::SignedOut { .. }) => Screen::SignedOut,
        Known::Loading => Screen::Loading,
        Known::Failed(error) => Screen::Failed(error.clone()),
    });
    Effect::new(move |_| {
        if let (Known::Ready(Identity::SignedIn(now)), Some(reader)) =
            (signed_in.known.get(), reader.get_value())
            && reader.try_with_untracked(|shown| shown.view()) == Some(now.view())
        {
            let _ = reader.try_set(now);
        }
    });

    // What was drawn shows the studio.
    Effect::new(move |_| {
        if !matches!(screen.get(), Screen::SignedIn(..) | Screen::Loading) {
            drawn.with_value(|drawn| {
                if let Some(drawn) = drawn {
                    drawn.remove();
                }
            });
        }
    });

    move || match screen.get() {
        Screen::SignedIn(..) => {
            let Known::Ready(Identity::SignedIn(now)) = signed_in.known.get_untracked() else {
                return ().into_any();
            };
            if notice.with(Option::is_some) {
                let name = Some(now.name().to_owned());
                return view! { <Lazy load=gate with=(notice, name) /> }.into_any();
            }
            let shown = RwSignal::new(now);
            reader.set_value(Some(shown));
            provide_context(signed_in.client());
            let is_over = Memo::new(move |_| signed_in.is_over.get());
            view! {
                <Studio reader=shown />
                <Lazy load=sign_in_again with=shown wanted=is_over />
            }
            .into_any()
        }
        Screen::SignedOut => view! { <Lazy load=gate with=(notice, None) /> }.into_any(),
        Screen::Join => view! { <Lazy load=join with=token /> }.into_any(),
        Screen::Loading => view! {
            <main class="su wait" aria-busy="true">
                <p class="visually-hidden" role="status">
                    {messages::loading(language)}
                </p>
            </main>
        }
        .into_any(),
        Screen::Failed(error) => view! {
            <main class="su empty">
                <div role="alert">
                    <h1 class="empty__title">{messages::session_failed(language)}</h1>
                    <p class="empty__text">{explain(language, &error)}</p>
                </div>
                <div class="empty__ways">
                    <button class="button" type="button" on:click=move |_| spawn_local(signed_in.load())>
                        {messages::retry(language)}
                    </button>
                </div>
            </main>
        }
        .into_any(),
    }
}

/// Where a person starts: at the users if they manage any, else at the first section that they see.
pub(super) fn first_place(reader: &Reader) -> Place {
    let sections = reader.sections(None);
    let users = studio_users_domain::Section::Users;
    let section = if sections.contains(&users) { Some(users) } else { sections.first().copied() };
    section
        .map_or(Place::Users(crate::state::UsersPlace::default()), |section| Place::of_section(section, None))
}
