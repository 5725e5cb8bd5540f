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
    let person = move |id: UserId, name: String| {
        let is_reader = reader.read().is(id);
        view! {
            <bdi>{name}</bdi>
            {is_reader.then(|| view! { <span class="person__you">{messages::you(language)}</span> })}
        }
    };
    let inviter = move || {
        let known = store
            .details
            .with(|details| details.as_ref()?.row.invited_by.as_ref().map(|by| (by.id, by.name.clone())));
        let (id, name) = known.or_else(|| life.inviter().map(|by| (by.id, by.name)))?;
        Some(view! { <Fact name=messages::invited_by_label(language)>{person(id, name)}</Fact> })
    };
    move || {
        let details = store.details.get()?;
        let row = details.row.clone();
        let total = row.environments.total as usize;
        let email = StoredValue::new(row.email.clone());
        let name = match &row.name {
            Some(name) => view! { <bdi>{name.clone()}</bdi> }.into_any(),
            None => view! { <span class="hint">{messages::no_name_yet(language)}</span> }.into_any(),
        };
        Some(view! {
            <dl class="facts">
                <Fact name=messages::name(language)>{name}</Fact>
                <Fact name=messages::email(language)>
                    <span class="facts__mail">
                        <bdi>{email.get_value()}</bdi>
                        <CopyButton
                            name=messages::copy_email(language)
                            glyph=Glyph::Copy
                            text=move || email.get_value()
                        />
                    </span>
                </Fact>
                <Fact name=messages::status(language) side=since(language, &details)>
                    <span class="status" data-status=row.status.wire_name()>
                        {words::status(language, row.status)}
                    </span>
                </Fact>
                <Fact name=messages::environments(language)>
                    <Environments access total />
                </Fact>
            </dl>
            <dl class="facts facts--rule">
                {inviter}
                {time(language, messages::created(language), Some(row.created_at))}
                {time(language, messages::first_seen(language), details.joined_at)}
                {time(language, messages::last_seen(language), row.last_active_at)}
            </dl>
        })
    }
}

#[component]
fn Fact(
    /// What it is.
    name: &'static str,
    /// What there is to say beside it.
    #[prop(optional_no_strip)]
    side: Option<String>,
    /// What is known.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="facts__row">
            <dt>{name}</dt>
            <dd>{children()}</dd>
            {side.map(|side| view! { <dd class="facts__side">{side}</dd> })}
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

fn time(language: Language, name: &'static str, time: Option<DateTime<Utc>>) -> impl IntoView {
    // What is longer ago than a week is told by its date alone.
    let (now, offset) = (clock::now(), clock::offset());
    let side = time
        .filter(|&time| matches!(Ago::of(time, now, offset), Ago::Now | Ago::Units(..)))
        .map(|time| moment::ago(language, time, now, offset));
    view! {
        <Fact name side>
            {match time {
                None => messages::never(language).into_any(),
                Some(time) => {
                    view! { <time datetime=time.to_rfc3339()>{format::moment(language, time)}</time> }
                        .into_any()
                }
            }}
        </Fact>
    }
}

/// The environments in which the user has roles, or will have.
#[component]
fn Environments(
    /// Where they have access.
    access: AccessStore,
    /// In how many.
    total: usize,
) -> impl IntoView {
    let language = use_language();
    let shows_all = RwSignal::new(false);
    move || {
        let names = access.environments();
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
        let shown = if shows_all.get() { names.len() } else { names.len().min(ENVIRONMENTS) };
        let is_more = names.len() > shown;
        let count = u32::try_from(names.len()).unwrap_or(u32::MAX);
        let tags =
            names.into_iter().take(shown).map(|name| view! { <span class="tag"><bdi>{name}</bdi></span> });
        view! {
            <span class="chips">
                {tags.collect_view()}
                {is_more
                    .then(|| {
                        view! {
                            <button class="link" type="button" on:click=move |_| shows_all.set(true)>
                                {messages::show_all_environments(language, count)}
                            </button>
                        }
                    })}
            </span>
        }
        .into_any()
    }
}
