use leptos::prelude::*;
use studio_users_contract::{Action, AuditPerson, UserInvitation};
use studio_users_domain::Status;

use super::super::store::Store;
use super::deeds::Deeds;
use super::life::{Event, Life};
use crate::i18n::{Language, format, isolated, messages, use_language};
use crate::state::use_reader;
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
                <Deeds store />
            </section>
        </Show>
    }
}

fn words(language: Language, action: Action) -> (Glyph, &'static str) {
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
