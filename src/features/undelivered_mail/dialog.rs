use leptos::prelude::*;
use studio_users_contract::{DeliveryState, MailKind, UndeliveredMail, UndeliveredMails};

use crate::api::Client;
use crate::i18n::{Language, clock, format, messages, relative_time, use_language};
use crate::parts::ListDialog;
use crate::state::{Fetched, History, Navigation, OpenUser, Route, Tab, UsersRoute, use_dialogs};
use crate::ui::{Glyph, Icon};

const TITLE: &str = "undelivered-title";

/// Dialog that lists the e-mails that did not arrive, with the answers of the mail server.
#[component]
pub(super) fn UndeliveredMailDialog() -> impl IntoView {
    let language = use_language();
    let client = StoredValue::new(expect_context::<Client>());
    let list = Fetched::new(move || {
        let client = client.get_value();
        async move { client.undelivered_mail().await }
    });
    let rows = move |mails: &UndeliveredMails| {
        if mails.items.is_empty() {
            return view! {
                <div class="removed__empty">
                    <span class="empty__icon">
                        <Icon glyph=Glyph::Mail />
                    </span>
                    <p class="empty__title">{messages::no_undelivered_mail(language)}</p>
                </div>
            }
            .into_any();
        }
        view! {
            <ul class="access-list removed__list" aria-labelledby=TITLE tabindex="0">
                {mails.items.iter().map(|mail| view! { <Row mail=mail.clone() /> }).collect_view()}
            </ul>
            {mails.more.then(|| view! { <p class="hint">{messages::undelivered_more(language)}</p> })}
        }
        .into_any()
    };
    view! {
        <ListDialog
            title_id=TITLE
            title=messages::undelivered_mail(language)
            lead=messages::undelivered_lead(language)
            list
            failed=messages::undelivered_failed(language)
            view=rows
        />
    }
}

/// An e-mail: the recipient, whose panel a click opens, what it is about, and the answer of the mail server.
#[component]
fn Row(mail: UndeliveredMail) -> impl IntoView {
    let language = use_language();
    let dialogs = use_dialogs();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let UndeliveredMail { kind, to, email, delivery, .. } = mail;
    let when = relative_time::last_active(language, delivery.at, clock::now(), &clock::Zone);
    let on_open = move |_| {
        dialogs.close();
        navigation.with_value(|navigation| {
            let route = match navigation.route.get_untracked() {
                Route::Users(users) => users,
                _ => UsersRoute::default(),
            };
            let open = Some(OpenUser { id: to.id, tab: Tab::Details });
            navigation.go(Route::Users(UsersRoute { open, ..route }), History::Push);
        });
    };
    let address = (to.name != email).then(|| view! { " " <bdi class="hint">{email}</bdi> });
    let glyph = if delivery.state.has_failed() { Glyph::Alert } else { Glyph::Clock };
    view! {
        <li class="mail-row" data-failed=delivery.state.has_failed().then_some("")>
            <Icon glyph />
            <span class="mail-row__text">
                <span>
                    <button
                        class="link"
                        type="button"
                        on:click=on_open
                    >
                        <bdi>{to.name.clone()}</bdi>
                    </button>
                    {address}
                </span>
                <span class="hint">
                    {kind_name(language, kind)} " · "
                    <time
                        datetime=delivery.at.to_rfc3339()
                        title=format::full_date_time(language, delivery.at)
                    >
                        {state_text(language, delivery.state, &when)}
                    </time>
                </span>
                {delivery.reply.map(|reply| view! { <span class="mail-row__reply"><q dir="auto">{reply}</q></span> })}
            </span>
        </li>
    }
}

fn kind_name(language: Language, kind: MailKind) -> &'static str {
    match kind {
        MailKind::SignIn => messages::mail_sign_in(language),
        MailKind::Invitation => messages::mail_invitation(language),
        MailKind::Reminder => messages::mail_reminder(language),
        MailKind::AccessGiven => messages::mail_access(language),
        MailKind::Digest => messages::mail_digest(language),
        MailKind::Unknown => messages::email(language),
    }
}

fn state_text(language: Language, state: DeliveryState, when: &str) -> String {
    match state {
        DeliveryState::Refused => messages::mail_refused(language, when),
        DeliveryState::GivenUp => messages::mail_given_up(language, when),
        DeliveryState::Cancelled => messages::mail_cancelled(language, when),
        _ => messages::mail_waiting(language, when),
    }
}
