use leptos::prelude::*;
use studio_users_contract::{Action, AuditPerson, DeliveryState, MailDelivery, UserInvitation};
use studio_users_domain::Status;

use super::super::store::UserStore;
use super::actions::InvitationActions;
use super::timeline::{InvitationEvent, InvitationTimeline};
use crate::i18n::{Language, format, isolated, messages, use_language};
use crate::reactive::memo;
use crate::state::use_current_user;
use crate::ui::{Glyph, Icon};

/// The invitation card: the timeline of the invitation, and the actions on it.
#[component]
pub(super) fn InvitationCard(store: UserStore, timeline: InvitationTimeline) -> impl IntoView {
    let language = use_language();
    let current_user = use_current_user();
    let pending = memo(move |_| store.details.with(|details| details.as_ref()?.pending.clone()));
    let events = move || timeline.events.get().unwrap_or_default();
    let is_unacceptable = memo(move |_| {
        store.row.with(|row| {
            row.as_ref().and_then(|row| row.invitation.as_ref()).is_some_and(|it| it.unacceptable)
        })
    });
    // Why the e-mail did not arrive, and what to do.
    let failure = memo(move |_| {
        let pending = pending.read();
        match pending.as_ref()?.delivery.as_ref()?.state {
            DeliveryState::Cancelled => {
                Some([messages::invitation_not_sent(language), messages::invitation_not_sent_text(language)])
            }
            state => state.has_failed().then(|| {
                [messages::invitation_not_arrived(language), messages::invitation_not_arrived_text(language)]
            }),
        }
    });
    // The row has the end of a pending invitation, so the card appears with the panel.
    let ends = memo(move |_| {
        let expires_at = pending.read().as_ref().map(|invitation| invitation.expires_at);
        let row = store.row.read();
        let row = row.as_ref()?;
        let known = row.invitation.as_ref().filter(|_| store.details.with(Option::is_none));
        Some((expires_at.or(known.map(|invitation| invitation.expires_at))?, row.status))
    });
    let has_content = memo(move |_| ends.get().is_some() || !events().is_empty());
    let is_loading = memo(move |_| ends.get().is_some() && timeline.events.read().is_none());
    let summary = move || {
        let day = |time| format::short_date_time(language, time);
        match ends.get() {
            Some((time, Status::Expired)) => Some(messages::invitation_expired_at(language, &day(time))),
            Some((time, _)) => Some(messages::invitation_valid_until(language, &day(time))),
            None => {
                let events = events();
                let accepted = events.iter().find(|event| event.action == Action::InvitationAccepted)?;
                Some(messages::invitation_accepted_on(language, &format::short_date(language, accepted.at)))
            }
        }
    };
    let by = move |what: &'static str, actor: Option<&AuditPerson>| match actor {
        Some(actor) if current_user.read().is_self(actor.id) => messages::timeline_by_you(language, what),
        Some(actor) => messages::timeline_by(language, what, &isolated(&actor.name)),
        None => what.into(),
    };
    let rows = move || {
        let events = events();
        let delivery = pending.get().and_then(|invitation| invitation.delivery);
        // The events of the audit log have the time of sending.
        let delivery = delivery.filter(|delivery| delivery.state != DeliveryState::Sent);
        let position = delivery
            .as_ref()
            .map_or(0, |delivery| events.iter().take_while(|event| event.at > delivery.at).count());
        let (later, earlier) = events.split_at(position);
        let row = |event: &InvitationEvent| {
            let (glyph, what) = event_label(language, event.action);
            // Only the user themselves can accept, so "by" is left out.
            let actor = event.actor.as_ref().filter(|_| event.action != Action::InvitationAccepted);
            view! { <Row event=event.clone() glyph label=by(what, actor) /> }
        };
        (
            later.iter().map(&row).collect_view(),
            delivery.map(|delivery| view! { <DeliveryRow delivery /> }),
            earlier.iter().map(&row).collect_view(),
        )
    };

    view! {
        <Show when=move || has_content.get()>
            <section class="detail-card" aria-labelledby="invitation-title">
                <h3 class="detail-card__head">
                    <Icon glyph=Glyph::Mail />
                    <span id="invitation-title">{messages::invitation_heading(language)}</span>
                    <span class="detail-card__summary">{summary}</span>
                </h3>
                <Show when=move || is_unacceptable.get()>
                    <p class="callout">
                        <Icon glyph=Glyph::Alert />
                        <span class="callout__body">
                            <strong>{messages::invitation_unacceptable(language)}</strong>
                            " "
                            {messages::invitation_unacceptable_text(language)}
                        </span>
                    </p>
                </Show>
                {move || {
                    failure.get().map(|[title, advice]| view! {
                        <p class="callout" data-note="undelivered">
                            <Icon glyph=Glyph::Alert />
                            <span class="callout__body">
                                <strong>{title}</strong>
                                " "
                                {advice}
                            </span>
                        </p>
                    })
                }}
                {move || pending.get().map(|invitation| view! { <Pending invitation /> })}
                <ol>{rows}</ol>
                <Show when=move || is_loading.get()>
                    <EventsSkeleton />
                </Show>
                <InvitationActions store />
            </section>
        </Show>
    }
}

/// The place of the first two events, which most invitations have, while the timeline loads.
#[component]
fn EventsSkeleton() -> impl IntoView {
    let row = || {
        view! {
            <div class="detail-card__row" aria-hidden="true">
                <i class="skeleton skeleton--name"></i>
            </div>
        }
    };
    view! {
        {row()}
        {row()}
    }
}

fn event_label(language: Language, action: Action) -> (Glyph, &'static str) {
    match action {
        Action::InvitationSent => (Glyph::Send, messages::timeline_sent(language)),
        Action::InvitationResent => (Glyph::Mail, messages::timeline_resent(language)),
        Action::InvitationLinkCopied => (Glyph::Clipboard, messages::timeline_link_copied(language)),
        Action::InvitationRevoked => (Glyph::LinkOff, messages::timeline_revoked(language)),
        Action::InvitationCorrected => (Glyph::Mail, messages::timeline_corrected(language)),
        Action::InvitationAccepted => (Glyph::Status, messages::timeline_accepted(language)),
        _ => (Glyph::UserPlus, messages::invited(language)),
    }
}

/// Shows that the e-mail of the invitation waits, or why it did not arrive, with the answer of the mail server.
#[component]
fn DeliveryRow(delivery: MailDelivery) -> impl IntoView {
    let language = use_language();
    let MailDelivery { state, at, reply } = delivery;
    let has_failed = state.has_failed();
    let label = match (state, &reply) {
        (DeliveryState::Refused, _) => messages::timeline_refused(language),
        (DeliveryState::GivenUp, _) => messages::timeline_given_up(language),
        (DeliveryState::Cancelled, _) => messages::timeline_cancelled(language),
        (_, Some(_)) => messages::timeline_retried(language),
        (_, None) => messages::timeline_queued(language),
    };
    let hint = (!has_failed).then(|| messages::invitation_email_hint(language));
    view! {
        <li
            class="detail-card__row detail-card__row--noted"
            data-delivery=state.wire_name()
            data-failed=has_failed.then_some("")
        >
            <Icon glyph=if has_failed { Glyph::Alert } else { Glyph::Clock } />
            <span>
                {label}
                {reply.map(|reply| view! { <small><q dir="auto">{reply}</q></small> })}
                {hint.map(|hint| view! { <small>{hint}</small> })}
            </span>
            <time
                class="detail-card__time"
                datetime=at.to_rfc3339()
                title=format::full_date_time(language, at)
            >
                {format::short_date_time(language, at)}
            </time>
        </li>
    }
}

#[component]
fn Row(event: InvitationEvent, glyph: Glyph, label: String) -> impl IntoView {
    let language = use_language();
    let is_accepted = event.action == Action::InvitationAccepted;
    let names: Vec<_> = event.nodes.iter().map(|name| isolated(name)).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let granted_nodes = (event.action == Action::UserInvited && !names.is_empty())
        .then(|| messages::timeline_invited_to(language, &format::list_and(language, &names)));
    view! {
        <li class="detail-card__row detail-card__row--noted" data-on=is_accepted.then_some("")>
            <Icon glyph />
            <span>
                {label}
                {granted_nodes.map(|granted_nodes| view! { <small>{granted_nodes}</small> })}
            </span>
            <time
                class="detail-card__time"
                datetime=event.at.to_rfc3339()
                title=format::full_date_time(language, event.at)
            >
                {format::short_date_time(language, event.at)}
            </time>
        </li>
    }
}

/// Shows how many links a pending invitation has, and its message.
#[component]
fn Pending(invitation: UserInvitation) -> impl IntoView {
    let language = use_language();
    let links = (invitation.links > 0).then(|| {
        view! {
            <div class="detail-card__row detail-card__row--noted">
                <Icon glyph=Glyph::Link />
                <span>
                    {messages::invitation_link_count(language, invitation.links)}
                    <small>{messages::invitation_links_text(language)}</small>
                </span>
            </div>
        }
    });
    let message = invitation.message.map(|message| {
        view! {
            <div class="detail-card__row detail-card__row--noted">
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
        {links}
        {message}
    }
}
