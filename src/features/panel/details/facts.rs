use chrono::{DateTime, Utc};
use leptos::prelude::*;
use studio_users_contract::UserDetails;
use studio_users_domain::{Status, UserId};

use super::super::access::AccessStore;
use super::super::copy_button::CopyButton;
use super::super::store::Store;
use super::life::Life;
use crate::i18n::moment::{self, Ago};
use crate::i18n::{Language, clock, format, messages, use_language, words};
use crate::state::use_reader;
use crate::ui::{Glyph, Icon};

/// How many environments are named before the rest is asked for.
const ENVIRONMENTS: usize = 8;

/// What is known of a user, line by line.
#[component]
pub(super) fn Facts(
    /// The user.
    store: Store,
    /// Where they have access.
    access: AccessStore,
    /// What the audit log tells of their invitation.
    life: Life,
) -> impl IntoView {
    let language = use_language();
    let reader = use_reader();
    let row = store.row;
    let person = move |id: UserId, name: String| {
        let is_reader = reader.read().is(id);
        view! {
            <bdi>{name}</bdi>
            {is_reader.then(|| view! { " " <span class="person__you">{messages::you(language)}</span> })}
        }
    };
    let inviter = Memo::new(move |_| {
        let known = row.with(|row| row.as_ref()?.invited_by.as_ref().map(|by| (by.id, by.name.clone())));
        known.or_else(|| life.inviter().map(|by| (by.id, by.name)))
    });
    let inviter = move || {
        let (id, name) = inviter.get()?;
        Some(view! { <Fact name=messages::invited_by_label(language)>{person(id, name)}</Fact> })
    };
    let name = move || match row.with(|row| row.as_ref()?.name.clone()) {
        Some(name) => view! { <bdi>{name}</bdi> }.into_any(),
        None => view! { <span class="hint">{messages::no_name_yet(language)}</span> }.into_any(),
    };
    let email = Memo::new(move |_| row.with(|row| row.as_ref().map(|row| row.email.clone())));
    let status = Memo::new(move |_| row.with(|row| row.as_ref().map(|row| row.status)));
    let since = Memo::new(move |_| store.details.with(|it| since(language, it.as_ref()?)));
    let total =
        Memo::new(move |_| row.with(|row| row.as_ref().map_or(0, |row| row.environments.total as usize)));
    let created = Memo::new(move |_| row.with(|row| row.as_ref().map(|row| row.created_at)));
    let last_seen = Memo::new(move |_| row.with(|row| row.as_ref().and_then(|row| row.last_active_at)));
    // No row of the list tells it: what it is stands there only with when it was.
    let joined = Memo::new(move |_| store.details.with(|it| it.as_ref().map(|it| it.joined_at)));
    let first_seen = move || match joined.get() {
        Some(time) => moment(language, time),
        None => view! { <i class="skeleton skeleton--mail"></i> }.into_any(),
    };
    view! {
        <dl class="facts">
            <Fact name=messages::name(language)>{name}</Fact>
            <Fact name=messages::email(language)>
                <span class="facts__mail">
                    <bdi>{move || email.get()}</bdi>
                    <CopyButton
                        name=messages::copy_email(language)
                        glyph=Glyph::Copy
                        text=move || email.get_untracked().unwrap_or_default()
                    />
                </span>
            </Fact>
            <Fact name=messages::status(language) side=since>
                <span class="status" data-status=move || status.get().map(Status::wire_name)>
                    {move || status.get().map(|status| words::status(language, status))}
                </span>
            </Fact>
            <Fact name=messages::environments(language)>
                <Environments access total shown=store.user.into() />
            </Fact>
        </dl>
        <dl class="facts facts--rule">
            {inviter}
            <Fact name=messages::created(language) side=ago(language, created)>
                {move || moment(language, created.get())}
            </Fact>
            <Fact
                name=Signal::derive(move || {
                    joined.get().map_or("", |_| messages::first_seen(language))
                })
                side=ago(language, Memo::new(move |_| joined.get().flatten()))
            >
                {first_seen}
            </Fact>
            <Fact name=messages::last_seen(language) side=ago(language, last_seen)>
                {move || moment(language, last_seen.get())}
            </Fact>
        </dl>
    }
}

#[component]
fn Fact(
    /// What it is.
    #[prop(into)]
    name: Signal<&'static str>,
    /// What there is to say beside it.
    #[prop(optional, into)]
    side: Option<Signal<Option<String>>>,
    /// What is known.
    children: Children,
) -> impl IntoView {
    let side = move || side?.get().map(|side| view! { <dd class="facts__side">{side}</dd> });
    view! {
        <div class="facts__row">
            <dt>{name}</dt>
            <dd>{children()}</dd>
            {side}
        </div>
    }
}

/// Since when they are what they are, or until when they can become more.
fn since(language: Language, details: &UserDetails) -> Option<String> {
    match (details.row.status, &details.pending) {
        (Status::Active, _) => {
            details.joined_at.map(|time| messages::since(language, &format::long_day(language, time)))
        }
        (Status::Invited, Some(invitation)) => {
            Some(messages::until(language, &format::long_day(language, invitation.expires_at)))
        }
        (Status::Expired, Some(invitation)) => {
            Some(messages::since(language, &format::long_day(language, invitation.expires_at)))
        }
        _ => None,
    }
}

/// How long ago it was, up to a week: what is longer ago is told by its date alone.
fn ago(language: Language, time: Memo<Option<DateTime<Utc>>>) -> Signal<Option<String>> {
    Signal::derive(move || {
        let (now, offset) = (clock::now(), clock::offset());
        let time = time.get()?;
        matches!(Ago::of(time, now, offset), Ago::Now | Ago::Units(..))
            .then(|| moment::ago(language, time, now, offset))
    })
}

fn moment(language: Language, time: Option<DateTime<Utc>>) -> AnyView {
    match time {
        None => messages::never(language).into_any(),
        Some(time) => {
            view! { <time datetime=time.to_rfc3339()>{format::moment(language, time)}</time> }.into_any()
        }
    }
}

/// The environments in which the user has roles, or will have.
#[component]
fn Environments(
    /// Where they have access.
    access: AccessStore,
    /// In how many.
    total: Memo<usize>,
    /// Whose they are.
    shown: Signal<Option<UserId>>,
) -> impl IntoView {
    let language = use_language();
    let all_of = RwSignal::new(None);
    let names = Memo::new(move |_| access.environments());
    move || {
        let (names, total) = (names.get(), total.get());
        if total == 0 {
            return view! { <span class="hint">{messages::nowhere(language)}</span> }.into_any();
        }
        if total > ENVIRONMENTS && names.as_ref().is_some_and(|(_, is_all)| *is_all) {
            return view! {
                <span class="chips">
                    <span class="tag">
                        <Icon glyph=Glyph::Layers small=true />
                        {messages::all_environments(language)}
                    </span>
                </span>
            }
            .into_any();
        }
        let names = names.map(|(names, _)| names).unwrap_or_default();
        let shows_all = all_of.get().is_some_and(|user| shown.get() == Some(user));
        let count_shown = if shows_all { names.len() } else { names.len().min(ENVIRONMENTS) };
        let is_more = names.len() > count_shown;
        let count = u32::try_from(names.len()).unwrap_or(u32::MAX);
        let tags = names
            .into_iter()
            .take(count_shown)
            .map(|name| view! { <span class="tag"><bdi>{name}</bdi></span> });
        view! {
            <span class="chips">
                {tags.collect_view()}
                {is_more
                    .then(|| {
                        view! {
                            <button class="link" type="button" on:click=move |_| all_of.set(shown.get_untracked())>
                                {messages::show_all_environments(language, count)}
                            </button>
                        }
                    })}
            </span>
        }
        .into_any()
    }
}
