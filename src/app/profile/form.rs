use std::sync::Arc;

use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::ProfileChange;
use studio_users_domain::{MAX_NAME_CHARS, clean_text};

use crate::api::{ApiError, Client};
use crate::app::session::AppSession;
use crate::i18n::{Language, endonym, messages, use_language};
use crate::state::{CurrentUser, Preferences, explain};
use crate::ui::{Avatar, Glyph, Icon, Segmented};

/// The form for the name, the language and the e-mails of the current user.
#[component]
pub(super) fn ProfileForm(current_user: Signal<Arc<CurrentUser>>) -> impl IntoView {
    let language = use_language();
    let session = expect_context::<AppSession>();
    let preferences = expect_context::<Preferences>();
    let client = StoredValue::new(expect_context::<Client>());
    let before = current_user.get_untracked();
    let name = RwSignal::new(before.session.user.name.clone().unwrap_or_default());
    let digests = RwSignal::new(before.session.user.digests);
    let is_missing = RwSignal::new(false);
    let is_saving = RwSignal::new(false);
    let result = RwSignal::new(None::<Result<(), ApiError>>);
    let field = NodeRef::<html::Input>::new();

    let save = move |change: ProfileChange, chosen: Option<Language>| {
        let change_of_digests = change.digests;
        // Turns the switch back if its change is not saved.
        let restore_switch = move || {
            if let Some(is_on) = change_of_digests {
                let _ = digests.try_set(!is_on);
            }
        };
        if is_saving.get_untracked() {
            return restore_switch();
        }
        is_saving.set(true);
        result.set(None);
        spawn_local(async move {
            let response = client.get_value().change_profile(&change).await;
            let _ = is_saving.try_set(false);
            match response {
                Ok(_) => {
                    let _ = result.try_set(Some(Ok(())));
                    session.refresh().await;
                    if let Some(language) = chosen {
                        preferences.choose_language(language);
                    }
                }
                Err(error) => {
                    restore_switch();
                    let _ = result.try_set(Some(Err(error)));
                }
            }
        });
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = clean_text(&name.get_untracked());
        is_missing.set(typed.is_empty());
        if typed.is_empty() {
            if let Some(field) = field.get_untracked() {
                let _ = field.focus();
            }
            return;
        }
        save(ProfileChange { name: Some(typed), ..ProfileChange::default() }, None);
    };
    // The language of e-mails. Defaults to the language of this page.
    let chosen = Signal::derive(move || current_user.read().session.user.locale.unwrap_or(language));
    let choices = Language::ALL.map(|offered| (offered, endonym(offered).to_string()));
    let on_choose = move |offered: Language| {
        let change = ProfileChange { locale: Some(Some(offered)), ..ProfileChange::default() };
        save(change, Some(offered));
    };

    let on_digests = move |is_on| {
        digests.set(is_on);
        save(ProfileChange { digests: Some(is_on), ..ProfileChange::default() }, None);
    };

    view! {
        <section class="profile__section" aria-labelledby="profile-title">
            <header class="profile__head">
                <Avatar
                    name=before.session.user.name.clone()
                    seed=before.session.user.id.to_string()
                />
                <div>
                    <h2 class="profile__title" id="profile-title">
                        {messages::profile(language)}
                    </h2>
                    <p class="hint">{messages::profile_text(language)}</p>
                </div>
            </header>
            <form class="profile__form" novalidate on:submit=on_submit>
                <div class="field">
                    <label class="label" for="profile-name">
                        {messages::name(language)}
                    </label>
                    <div class="profile__line">
                        <div class="input" data-error=move || is_missing.get().then_some("")>
                            <input
                                id="profile-name"
                                type="text"
                                autocomplete="name"
                                required
                                maxlength=MAX_NAME_CHARS.to_string()
                                node_ref=field
                                prop:value=name
                                aria-invalid=move || is_missing.get().then_some("true")
                                aria-describedby=move || is_missing.get().then_some("profile-name-error")
                                on:input=move |event| {
                                    is_missing.set(false);
                                    result.set(None);
                                    name.set(event_target_value(&event));
                                }
                            />
                        </div>
                        <button
                            class="button button--primary"
                            type="submit"
                            aria-disabled=move || is_saving.get().then_some("true")
                        >
                            {messages::save(language)}
                        </button>
                    </div>
                    <Show when=move || is_missing.get()>
                        <p class="field__error" id="profile-name-error">
                            <Icon glyph=Glyph::Alert small=true />
                            {messages::name_invalid(language)}
                        </p>
                    </Show>
                </div>
                <div class="field">
                    <div class="field__head">
                        <span class="label" aria-hidden="true">
                            {messages::language(language)}
                        </span>
                        <span class="hint">{messages::account_language_hint(language)}</span>
                    </div>
                    <Segmented
                        label=messages::language(language).to_string()
                        options=choices.to_vec()
                        selected=chosen
                        on_select=on_choose
                    />
                </div>
                <div class="field">
                    <div class="field__head">
                        <span class="label">{messages::email(language)}</span>
                        <span class="hint">{messages::email_read_only(language)}</span>
                    </div>
                    <p class="profile__email">
                        <bdi>{before.session.user.email.clone()}</bdi>
                    </p>
                </div>
                <DigestSwitch is_on=digests on_change=on_digests />
                <div role="status">
                    {move || matches!(result.get(), Some(Ok(()))).then(|| view! {
                        <p class="profile__saved">
                            <Icon glyph=Glyph::Check />
                            {messages::saved(language)}
                        </p>
                    })}
                </div>
                <div role="alert">
                    {move || match result.get() {
                        Some(Err(error)) => Some(
                            view! {
                                <p class="callout callout--danger">
                                    <Icon glyph=Glyph::Alert />
                                    <span class="callout__body">{explain(language, &error)}</span>
                                </p>
                            },
                        ),
                        _ => None,
                    }}
                </div>
            </form>
        </section>
    }
}

/// The switch for e-mails that bundle notifications.
#[component]
fn DigestSwitch(is_on: RwSignal<bool>, #[prop(into)] on_change: Callback<bool>) -> impl IntoView {
    let language = use_language();
    view! {
        <div class="field">
            <span class="label" aria-hidden="true">
                {messages::digests(language)}
            </span>
            <label class="profile__switch">
                <input
                    class="checkbox"
                    type="checkbox"
                    role="switch"
                    prop:checked=is_on
                    on:change=move |event| on_change.run(event_target_checked(&event))
                />
                {messages::digests_text(language)}
            </label>
        </div>
    }
}
