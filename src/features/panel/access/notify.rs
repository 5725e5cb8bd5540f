use leptos::prelude::*;
use studio_users_domain::{RoleSet, assigned_here};

use super::difference::{Cause, Chats, chats};
use super::model::Picture;
use super::store::AccessStore;
use super::tab::{of_picture, of_picture_now};
use super::words;
use crate::features::panel::focus::KeepFocus;
use crate::i18n::{Language, format, isolated, messages, use_language};
use crate::state::Lock;
use crate::ui::{Glyph, Icon};

/// Of so few environments each is told of by name.
const FEW: usize = 3;

/// In which environments chats notify the user, why not elsewhere, and the cure.
#[component]
pub(super) fn ChatNotifications(
    /// The access.
    access: AccessStore,
) -> impl IntoView {
    let language = use_language();
    let groups = Memo::new(move |_| of_picture(access, chats));
    let has_any = Memo::new(move |_| !groups.read().is_empty());
    let sum = move || {
        let groups = groups.read();
        let count = |is_counted: fn(Cause) -> bool| -> usize {
            groups.iter().filter(|group| is_counted(group.cause)).map(|group| group.nodes.len()).sum()
        };
        let number = |count: usize| format::number(language, u32::try_from(count).unwrap_or(u32::MAX));
        let total = number(count(|_| true));
        if access.is_dirty() {
            let will = count(|cause| matches!(cause, Cause::Arrive | Cause::OnceSaved));
            messages::notified_once_saved(language, &number(will), &total)
        } else {
            messages::notified_in(language, &number(count(|cause| cause == Cause::Arrive)), &total)
        }
    };
    let rows = move || {
        let groups = groups.get();
        // Who is meant to have chats and hears nothing of them has the one box that stands out.
        let boxed = groups.iter().position(|group| matches!(group.cause, Cause::OnlyInherited(_)));
        let rows = groups.into_iter().enumerate().map(|(at, group)| {
            if Some(at) == boxed {
                view! { <Boxed access group /> }.into_any()
            } else {
                view! { <Line access group /> }.into_any()
            }
        });
        rows.collect_view()
    };
    view! {
        <Show when=move || has_any.get()>
            <section class="notify" aria-labelledby="notify-title">
                <h3 class="notify__head">
                    <Icon glyph=Glyph::Bell />
                    <span id="notify-title">{messages::chat_notifications(language)}</span>
                    <span class="notify__sum">{sum}</span>
                </h3>
                <ul class="notify__list">{rows}</ul>
            </section>
        </Show>
    }
}

/// What does not notify and can be cured: the first environment by itself, or all of them where they are many.
#[component]
fn Boxed(
    /// The access.
    access: AccessStore,
    /// The environments.
    group: Chats,
) -> impl IntoView {
    let language = use_language();
    let Chats { cause, roles, nodes } = group;
    let count = u32::try_from(nodes.len()).unwrap_or(u32::MAX);
    let is_shown = RwSignal::new(false);
    if nodes.len() > FEW {
        let all = StoredValue::new(nodes.clone());
        let lead = messages::wont_notify(language, count);
        let why = of_picture_now(access, |picture| reason(language, picture, cause, roles));
        let each = move || {
            is_shown.get().then(|| {
                let rows = all.get_value().into_iter().map(|at| {
                    let group = Chats { cause, roles, nodes: vec![at] };
                    view! { <Line access group /> }
                });
                rows.collect_view()
            })
        };
        let number = format::number(language, count);
        let show = messages::show_the(language, &number);
        return view! {
            <li class="notify__row notify__row--why" data-off="">
                <Icon glyph=Glyph::BellOff />
                <span>
                    <strong>{lead}</strong>
                    " "
                    {why}
                </span>
                <span class="notify__do">
                    <Assign access nodes words=messages::assign_in_all(language, &number) />
                    <button
                        class="link"
                        type="button"
                        aria-expanded=move || is_shown.get().to_string()
                        on:click=move |_| is_shown.update(|shown| *shown = !*shown)
                    >
                        {show}
                    </button>
                </span>
            </li>
            {each}
        }
        .into_any();
    }
    let (first, rest) = nodes.split_at(1);
    let rest = (!rest.is_empty()).then(|| {
        let group = Chats { cause, roles, nodes: rest.to_vec() };
        view! { <Line access group /> }
    });
    let at = first.first().copied().unwrap_or_default();
    let (lead, why, hint) = of_picture_now(access, |picture| {
        let name = isolated(picture.organisation.name(at));
        (
            messages::wont_notify_in(language, &name),
            reason(language, picture, cause, roles),
            consequence(language, picture, &[at]),
        )
    });
    view! {
        <li class="notify__row notify__row--why" data-off="">
            <Icon glyph=Glyph::BellOff />
            <span>
                <strong>{lead}</strong>
                " "
                {why}
            </span>
            <span class="notify__do">
                <Assign access nodes=first.to_vec() words=messages::assign_here(language).into() />
                <span class="hint">{hint}</span>
            </span>
        </li>
        {rest}
    }
    .into_any()
}

/// Some environments with the same to say of them.
#[component]
fn Line(
    /// The access.
    access: AccessStore,
    /// The environments.
    group: Chats,
) -> impl IntoView {
    let language = use_language();
    let Chats { cause, roles, nodes } = group;
    let held = words::roles(language, words::notifying(roles));
    let text = of_picture_now(access, |picture| {
        let places = words::places(language, picture, &nodes);
        match cause {
            Cause::OnlyInherited(_) => messages::only_inherited_in(language, &places, &held),
            Cause::RolesBringNone => messages::brings_none_in(language, &places, &held),
            Cause::NotAccepted => messages::not_before_accepting(language, &places),
            Cause::OnceSaved => messages::will_be_notified_once_saved(language, &places),
            Cause::Arrive => messages::will_be_notified_in(language, &places),
            Cause::NoRoles => messages::no_roles_in(language, &places),
        }
    });
    let is_on = matches!(cause, Cause::Arrive | Cause::OnceSaved);
    let words = match nodes.len() {
        1 => messages::assign_here(language).to_string(),
        2 => messages::assign_in_both(language).to_string(),
        count => {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            messages::assign_in_all(language, &format::number(language, count))
        }
    };
    view! {
        <li
            class="notify__row"
            data-on=is_on.then_some("")
            data-off=(!is_on).then_some("")
        >
            <Icon glyph=if is_on { Glyph::Bell } else { Glyph::BellOff } />
            <span>{text}</span>
            {cause.is_cured_here().then(|| view! { <Assign access nodes words is_link=true /> })}
        </li>
    }
}

/// Makes what counts in some environments their own.
#[component]
fn Assign(
    /// The access.
    access: AccessStore,
    /// Where.
    nodes: Vec<usize>,
    /// What the button says.
    words: String,
    /// Whether it is a quiet one.
    #[prop(optional)]
    is_link: bool,
) -> impl IntoView {
    let language = use_language();
    let nodes = StoredValue::new(nodes);
    let lock = Lock::of(move || {
        of_picture(access, |picture| {
            nodes.with_value(|nodes| picture.judge(&picture.assigned_in(nodes)).err())
        })
    });
    let means =
        of_picture_now(access, |picture| nodes.with_value(|nodes| consequence(language, picture, nodes)));
    let said = {
        let means = means.clone();
        move || lock.get().map_or_else(|| means.clone(), |lock| lock.words(language).into())
    };
    let keep = expect_context::<KeepFocus>();
    let is_locked = move || lock.get().is_some() || access.is_saving.get();
    let on_click = move |_| {
        if untrack(is_locked) {
            return;
        }
        keep.keep();
        let nodes = nodes.get_value();
        let names = of_picture_now(access, |picture| words::places(language, picture, &nodes));
        access.assign_in(&nodes, names);
    };
    view! {
        <button
            class=if is_link { "link" } else { "button button--small" }
            type="button"
            aria-disabled=move || is_locked().then_some("true")
            aria-describedby=move || lock.get().map(Lock::id)
            aria-description=move || lock.get().is_none().then(|| means.clone())
            data-hint=said
            on:click=on_click
        >
            {words}
        </button>
    }
}

/// Why chats do not notify, and what they need.
fn reason(language: Language, picture: &Picture, cause: Cause, roles: RoleSet) -> String {
    let held = words::roles(language, words::notifying(roles));
    match cause {
        Cause::OnlyInherited(from) => {
            messages::comes_from(language, &held, &isolated(picture.organisation.name_of(from)))
        }
        _ => messages::brings_none(language, &held),
    }
}

/// What assigning here keeps, adds and ends, as far as it is the same everywhere.
fn consequence(language: Language, picture: &Picture, positions: &[usize]) -> String {
    let Some(here) = positions.first().map(|&at| picture.after(at)) else { return String::new() };
    let held = words::roles(language, here.effective);
    let adds = assigned_here(here) != here.effective;
    match here.inherited_from.filter(|_| here.assigned.is_none()) {
        Some(from) => {
            let from = isolated(picture.organisation.name_of(from));
            let say = if adds { messages::adds_agent } else { messages::keeps_roles };
            say(language, &held, &from)
        }
        None => messages::adds_agent_direct(language, &held),
    }
}
