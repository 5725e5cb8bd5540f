use chrono::{DateTime, Utc};
use leptos::prelude::*;
use studio_users_contract::UserDetails;
use studio_users_domain::{Status, UserId};

use super::super::access::AccessStore;
use super::super::copy_button::CopyButton;
use super::super::store::UserStore;
use super::timeline::InvitationTimeline;
use crate::i18n::relative_time::{self, Ago};
use crate::i18n::{Language, clock, format, labels, messages, use_language};
use crate::reactive::memo;
use crate::state::use_current_user;
use crate::ui::{Glyph, Icon};

/// The user's profile as a list of labels and values.
#[component]
pub(super) fn Facts(store: UserStore, access: AccessStore, timeline: InvitationTimeline) -> impl IntoView {
    let language = use_language();
    let current_user = use_current_user();
    let row = store.row;
    let person = move |id: UserId, name: String| {
        let is_current_user = current_user.read().is_self(id);
        view! {
            <bdi>{name}</bdi>
            {is_current_user.then(|| view! { <span class="person__you">{messages::you(language)}</span> })}
        }
    };
    let inviter = memo(move |_| {
        let from_row = row.with(|row| row.as_ref()?.invited_by.as_ref().map(|by| (by.id, by.name.clone())));
        from_row.or_else(|| timeline.inviter().map(|by| (by.id, by.name)))
    });
    let inviter = move || {
        let (id, name) = inviter.get()?;
        Some(view! { <Fact name=messages::invited_by_label(language)>{person(id, name)}</Fact> })
    };
    let name = move || match row.with(|row| row.as_ref()?.name.clone()) {
        Some(name) => view! { <bdi>{name}</bdi> }.into_any(),
        None => view! { <span class="hint">{messages::no_name_yet(language)}</span> }.into_any(),
    };
    let email = memo(move |_| row.with(|row| row.as_ref().map(|row| row.email.clone())));
    let status = memo(move |_| row.with(|row| row.as_ref().map(|row| row.status)));
    let since = memo(move |_| store.details.with(|it| since(language, it.as_ref()?)));
    let created = memo(move |_| row.with(|row| row.as_ref().map(|row| row.created_at)));
    let last_seen = memo(move |_| row.with(|row| row.as_ref().and_then(|row| row.last_active_at)));
    // The list's row lacks this time, so the label appears together with the loaded details.
    let joined_at = memo(move |_| store.details.with(|it| it.as_ref().map(|it| it.joined_at)));
    let first_seen = move || match joined_at.get() {
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
            <Fact name=messages::status(language) aside=since>
                <span class="status" data-status=move || status.get().map(Status::wire_name)>
                    {move || status.get().map(|status| labels::status(language, status))}
                </span>
            </Fact>
            <Fact name=messages::environments(language)>
                <Environments access store />
            </Fact>
        </dl>
        <dl class="facts facts--rule">
            {inviter}
            <Fact name=messages::created(language) aside=ago(language, created)>
                {move || moment(language, created.get())}
            </Fact>
            <Fact
                name=Signal::derive(move || {
                    joined_at.get().map_or("", |_| messages::first_active(language))
                })
                aside=ago(language, memo(move |_| joined_at.get().flatten()))
            >
                {first_seen}
            </Fact>
            <Fact name=messages::last_active(language) aside=ago(language, last_seen)>
                {move || moment(language, last_seen.get())}
            </Fact>
        </dl>
    }
}

#[component]
fn Fact(
    #[prop(into)] name: Signal<&'static str>,
    /// A secondary text beside the value.
    #[prop(optional, into)]
    aside: Option<Signal<Option<String>>>,
    children: Children,
) -> impl IntoView {
    let aside = move || aside?.get().map(|aside| view! { <dd class="facts__aside">{aside}</dd> });
    view! {
        <div class="facts__row">
            <dt>{name}</dt>
            <dd>{children()}</dd>
            {aside}
        </div>
    }
}

/// Returns since when the user has their status, or until when a pending invitation can be accepted.
fn since(language: Language, details: &UserDetails) -> Option<String> {
    match (details.row.status, &details.pending) {
        (Status::Active, _) => {
            details.joined_at.map(|time| messages::since(language, &format::long_date(language, time)))
        }
        (Status::Invited, Some(invitation)) => {
            Some(messages::until(language, &format::long_date(language, invitation.expires_at)))
        }
        (Status::Expired, Some(invitation)) => {
            Some(messages::since(language, &format::long_date(language, invitation.expires_at)))
        }
        _ => None,
    }
}

/// Returns a relative time for the past week. Older times return `None`, as the date alone says enough.
fn ago(language: Language, time: Memo<Option<DateTime<Utc>>>) -> Signal<Option<String>> {
    Signal::derive(move || {
        let now = clock::now();
        let time = time.get()?;
        matches!(Ago::of(time, now, &clock::Zone), Ago::Now | Ago::Units(..))
            .then(|| relative_time::ago(language, time, now, &clock::Zone))
    })
}

fn moment(language: Language, time: Option<DateTime<Utc>>) -> AnyView {
    match time {
        None => messages::never(language).into_any(),
        Some(time) => {
            view! { <time datetime=time.to_rfc3339()>{format::date_time(language, time)}</time> }.into_any()
        }
    }
}

/// Lists the environments in which the user has roles, or will have after accepting: the first ones, which the user's
/// row contains, and on request all of them. So nothing moves when the access has loaded.
#[component]
fn Environments(access: AccessStore, store: UserStore) -> impl IntoView {
    let language = use_language();
    let current_user = use_current_user();
    let expanded_for = RwSignal::new(None);
    let held = memo(move |_| store.row.with(|row| row.as_ref().map(|row| row.environments.clone())));
    let managed = memo(move |_| current_user.read().managed_environments());
    let names = memo(move |_| {
        let is_expanded = expanded_for.get().is_some_and(|user| store.user.get() == Some(user));
        if is_expanded { access.environments() } else { None }
    });
    move || {
        let held = held.get()?;
        let total = held.total as usize;
        if total == 0 {
            return Some(view! { <span class="hint">{messages::no_access_yet(language)}</span> }.into_any());
        }
        if held.are_all(managed.get()) {
            let all = view! {
                <span class="chips">
                    <span class="tag">
                        <Icon glyph=Glyph::Layers small=true />
                        {messages::all_environments(language)}
                    </span>
                </span>
            };
            return Some(all.into_any());
        }
        let names = names.get().unwrap_or_else(|| held.first.into_iter().map(|node| node.name).collect());
        let has_more = total > names.len();
        let tags = names.into_iter().map(|name| view! { <span class="tag"><bdi>{name}</bdi></span> });
        let view = view! {
            <span class="chips">
                {tags.collect_view()}
                {has_more
                    .then(|| {
                        view! {
                            <button
                                class="link"
                                type="button"
                                on:click=move |_| expanded_for.set(store.user.get_untracked())
                            >
                                {messages::show_all_environments(language, held.total)}
                            </button>
                        }
                    })}
            </span>
        };
        Some(view.into_any())
    }
}
