use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{Action, AuditPerson, UserInvitation};
use studio_users_domain::Status;

use super::super::lock::Lock;
use super::super::store::Store;
use super::life::{Event, Life};
use super::revoke::RevokeDialog;
use crate::api::Client;
use crate::i18n::{Language, format, isolated, messages, use_language};
use crate::state::{Change, LinkCopy, explain, use_changes, use_links, use_notices, use_reader};
use crate::ui::{Glyph, Icon};

/// The life of the invitation, and what can be done about it.
#[component]
pub(super) fn InvitationCard(
    /// The user.
    store: Store,
    /// What the audit log tells of it.
    life: Life,
) -> impl IntoView {
    let language = use_language();
    let reader = use_reader();
    let pending = Memo::new(move |_| store.details.with(|details| details.as_ref()?.pending.clone()));
    let events = move || life.events.get().unwrap_or_default();
    let is_told = Memo::new(move |_| pending.read().is_some() || !events().is_empty());
    let sum = move || {
        let details = store.details.get()?;
        let day = |time| format::short_moment(language, time);
        match (&details.pending, details.row.status) {
            (Some(invitation), Status::Expired) => {
                Some(messages::invitation_expired_at(language, &day(invitation.expires_at)))
            }
            (Some(invitation), _) => {
                Some(messages::invitation_open_until(language, &day(invitation.expires_at)))
            }
            (None, _) => {
                let events = events();
                let accepted = events.iter().find(|event| event.action == Action::InvitationAccepted)?;
                Some(messages::invitation_accepted_on(language, &format::day(language, accepted.at)))
            }
        }
    };
    let by = move |what: &'static str, actor: Option<&AuditPerson>| match actor {
        Some(actor) if reader.read().is(actor.id) => messages::invitation_life_by_you(language, what),
        Some(actor) => messages::invitation_life_by(language, what, &isolated(&actor.name)),
        None => what.into(),
    };
    let rows = move || {
        let events = events();
        let rows = events.iter().map(|event| {
            let (glyph, what) = words(language, event.action);
            // Who accepts is the user themselves.
            let actor = event.actor.as_ref().filter(|_| event.action != Action::InvitationAccepted);
            view! { <Row event=event.clone() glyph words=by(what, actor) /> }
        });
        rows.collect_view()
    };

    view! {
        <Show when=move || is_told.get()>
            <section class="notify" aria-labelledby="invitation-title">
                <h3 class="notify__head">
                    <Icon glyph=Glyph::Mail />
                    <span id="invitation-title">{messages::invitation_heading(language)}</span>
                    <span class="notify__sum">{sum}</span>
                </h3>
                {move || pending.get().map(|invitation| view! { <Pending invitation /> })}
                <ol class="notify__list">{rows}</ol>
                <Foot store />
            </section>
        </Show>
    }
}

const fn words(language: Language, action: Action) -> (Glyph, &'static str) {
    match action {
        Action::InvitationSent => (Glyph::Send, messages::life_sent(language)),
        Action::InvitationResent => (Glyph::Mail, messages::life_resent(language)),
        Action::InvitationLinkCopied => (Glyph::Clipboard, messages::life_link_copied(language)),
        Action::InvitationRevoked => (Glyph::LinkOff, messages::life_revoked(language)),
        Action::InvitationAccepted => (Glyph::Status, messages::life_accepted(language)),
        _ => (Glyph::UserPlus, messages::life_invited(language)),
    }
}

#[component]
fn Row(
    /// What happened.
    event: Event,
    /// Its drawing.
    glyph: Glyph,
    /// What happened, and by whom.
    words: String,
) -> impl IntoView {
    let language = use_language();
    let is_accepted = event.action == Action::InvitationAccepted;
    let names: Vec<_> = event.nodes.iter().map(|name| isolated(name)).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let to = (event.action == Action::UserInvited && !names.is_empty())
        .then(|| messages::life_invited_to(language, &format::all(language, &names)));
    view! {
        <li class="notify__row notify__row--noted" data-on=is_accepted.then_some("")>
            <Icon glyph />
            <span>
                {words}
                {to.map(|to| view! { <small>{to}</small> })}
            </span>
            <time
                class="notify__time"
                datetime=event.at.to_rfc3339()
                title=format::absolute(language, event.at)
            >
                {format::short_moment(language, event.at)}
            </time>
        </li>
    }
}

/// What there is to say of an invitation that waits for an answer.
#[component]
fn Pending(
    /// It.
    invitation: UserInvitation,
) -> impl IntoView {
    let language = use_language();
    let waits = invitation.sent_at.is_none().then(|| {
        view! {
            <div class="notify__row notify__row--noted">
                <Icon glyph=Glyph::Clock />
                <span>
                    {messages::invitation_not_mailed(language)}
                    <small>{messages::invitation_mail_waits(language)}</small>
                </span>
            </div>
        }
    });
    let message = invitation.message.map(|message| {
        view! {
            <div class="notify__row notify__row--noted">
                <Icon glyph=Glyph::Inbox />
                <span>
                    {messages::invitation_message(language)}
                    <small>
                        <q dir="auto">{message}</q>
                    </small>
                </span>
            </div>
        }
    });
    view! {
        {waits}
        <div class="notify__row notify__row--noted">
            <Icon glyph=Glyph::Link />
            <span>
                {messages::invitation_links(language, invitation.links)}
                <small>{messages::invitation_links_text(language)}</small>
            </span>
        </div>
        {message}
    }
}

/// What can be done about the invitation.
#[component]
fn Foot(
    /// The user.
    store: Store,
) -> impl IntoView {
    let language = use_language();
    let (links, notices, changes) = (use_links(), use_notices(), use_changes());
    let client = StoredValue::new(expect_context::<Client>());
    let is_sending = RwSignal::new(false);
    let is_revoking = RwSignal::new(false);
    let row = Memo::new(move |_| store.row());
    let copy_lock = Lock::of(move || row.read().as_ref().and_then(|row| row.allowed.copy_link));
    let resend_lock = Lock::of(move || row.read().as_ref().and_then(|row| row.allowed.resend));
    let revoke_lock = Lock::of(|| None);
    let is_pending = Memo::new(move |_| {
        store.details.with(|details| details.as_ref().is_some_and(|details| details.pending.is_some()))
    });
    let is_copied = move || {
        let copied = links.copied.get();
        copied.is_some() && copied == row.read().as_ref().map(|row| row.id)
    };
    let on_copy = move |()| {
        if let Some(row) = row.get_untracked() {
            links.copy(LinkCopy { user: row.id, name: row.label().to_owned(), by_notice: false });
        }
    };
    let on_resend = move |()| {
        let Some(row) = row.get_untracked().filter(|_| !is_sending.get_untracked()) else { return };
        is_sending.set(true);
        let client = client.get_value();
        spawn_local(async move {
            let answer = client.resend_invitation(row.id).await;
            let _ = is_sending.try_set(false);
            let name = isolated(row.label());
            match answer {
                Ok(()) => {
                    notices.done(messages::sent_again(language, &name));
                    changes.tell(Change::User(row.id));
                }
                Err(error) => {
                    notices.error(messages::not_sent_again(language, &name, &explain(language, &error)));
                }
            }
        });
    };
    view! {
        <div class="notify__foot">
            <Deed
                glyph=Glyph::Clipboard
                lock=copy_lock
                on_click=on_copy
                words=Signal::derive(move || {
                    if is_copied() { messages::copied(language) } else { messages::copy_invitation_link(language) }
                })
            />
            <Deed
                glyph=Glyph::Mail
                lock=resend_lock
                on_click=on_resend
                words=Signal::stored(messages::send_invitation_again(language))
            />
            <Show
                when=move || is_pending.get()
                fallback=move || view! { <span class="hint">{messages::joined_no_link(language)}</span> }
            >
                <span class="notify__foot-end">
                    <Deed
                        glyph=Glyph::LinkOff
                        lock=revoke_lock
                        on_click=move |()| is_revoking.set(true)
                        words=Signal::stored(messages::revoke(language))
                    />
                </span>
            </Show>
        </div>
        <Show when=move || is_revoking.get()>
            {move || {
                row.get_untracked()
                    .map(|row| view! { <RevokeDialog row on_close=move |()| is_revoking.set(false) /> })
            }}
        </Show>
    }
}

/// A button of the card, locked where it would be refused.
#[component]
fn Deed(
    /// Its drawing.
    glyph: Glyph,
    /// Why it is locked.
    lock: Memo<Option<Lock>>,
    /// Does it.
    #[prop(into)]
    on_click: Callback<()>,
    /// What it says.
    words: Signal<&'static str>,
) -> impl IntoView {
    let language = use_language();
    view! {
        <button
            class="button button--small"
            type="button"
            aria-disabled=move || lock.get().map(|_| "true")
            aria-describedby=move || lock.get().map(Lock::id)
            data-hint=move || lock.get().map(|lock| lock.words(language))
            on:click=move |_| {
                if lock.get_untracked().is_none() {
                    on_click.run(());
                }
            }
        >
            <Icon glyph />
            {words}
        </button>
    }
}
