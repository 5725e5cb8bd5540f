use leptos::prelude::*;
use studio_users_contract::{Action, AuditDetails, AuditEntry, AuditPerson};
use studio_users_domain::RoleSet;

use super::model::{Object, deed, glyph, is_less, is_of_view, object, operation_words, view_end_words};
use crate::i18n::{Language, format, isolated, messages, use_language};
use crate::state::use_reader;
use crate::ui::{Glyph, Icon};

/// One entry: who did what to whom and where, what was so before and is since, and why.
#[component]
pub(super) fn Entry(
    /// It.
    entry: AuditEntry,
) -> impl IntoView {
    let language = use_language();
    let reader = use_reader();
    let AuditEntry { at, action, actor, target, node, view, details, .. } = entry;
    let is_reader = move |person: &AuditPerson| reader.read_untracked().is(person.id);
    let who = match &actor {
        Some(actor) if is_reader(actor) => {
            view! { <strong>{messages::you_actor(language)}</strong> }.into_any()
        }
        Some(actor) => view! {
            <strong>
                <bdi>{actor.name.clone()}</bdi>
            </strong>
        }
        .into_any(),
        None => view! { <strong>{messages::some_person(language)}</strong> }.into_any(),
    };
    // Of whom it is needs no words where it is the actor themselves.
    let other = target.filter(|target| actor.as_ref().is_none_or(|actor| actor.id != target.id));
    let whom = other.filter(|_| object(action) != Object::None).map(|target| {
        let name = if is_reader(&target) {
            view! { <em>{messages::you_target(language)}</em> }.into_any()
        } else {
            view! {
                <em>
                    <bdi>{target.name.clone()}</bdi>
                </em>
            }
            .into_any()
        };
        let of = (object(action) == Object::Of).then(|| view! { {messages::of_person(language)} " " });
        view! { " " {of} {name} }
    });
    let place = node.map(|node| {
        view! {
            " "
            {messages::in_node(language)}
            " "
            <em>
                <bdi>{node.name}</bdi>
            </em>
        }
    });
    let change = change(language, action, &details);
    let note = note(language, action, &details, view.is_some() && !is_of_view(action));
    // Why a view ended is no sentence of anybody's: it stands in the note.
    let reason = details.reason.filter(|_| action != Action::ViewEnded).map(|reason| {
        view! { <p class="audit__reason" dir="auto">{messages::reason(language, &isolated(&reason))}</p> }
    });
    let kind = (is_of_view(action) || view.is_some()).then_some("view");
    view! {
        <li class="audit__entry" data-kind=kind>
            <span class="audit__mark">
                <Icon glyph=glyph(action) />
            </span>
            <div class="audit__text">
                {who} " " {deed(language, action)} {whom} {place}
                {note.map(|note| view! { <span class="audit__note">{note}</span> })}
                {change}
                {reason}
            </div>
            <time
                class="audit__time"
                datetime=at.to_rfc3339()
                title=format::absolute(language, at)
            >
                {format::time_of_day(language, at)}
            </time>
        </li>
    }
}

/// What was assigned before and since, as chips.
fn change(language: Language, action: Action, details: &AuditDetails) -> Option<impl IntoView + use<>> {
    let AuditDetails { before, after, .. } = *details;
    let is_change = action == Action::RolesChanged;
    if !is_change && before.is_none() && after.is_none() {
        return None;
    }
    let side =
        move |roles: Option<RoleSet>, other: Option<RoleSet>, change: &'static str, words: &'static str| {
            match roles {
                None => view! { <span class="audit__note">{words}</span> }.into_any(),
                Some(roles) if roles.is_empty() => {
                    view! { <span class="chip chip--none">{messages::no_access_here(language)}</span> }
                        .into_any()
                }
                Some(roles) => {
                    let other = other.unwrap_or_default();
                    let chips = roles.iter().map(|role| {
                        let is_changed = !other.contains(role);
                        view! {
                            <span
                                class="chip"
                                data-family=role.family().tag()
                                data-change=is_changed.then_some(change)
                            >
                                {role.name(language)}
                            </span>
                        }
                    });
                    view! { <span class="chips">{chips.collect_view()}</span> }.into_any()
                }
            }
        };
    let (was, is) = if is_change {
        (messages::inherits_again(language), messages::inherits_again(language))
    } else {
        (messages::nothing_before(language), messages::nothing_before(language))
    };
    let less = is_less(before, after)
        .then(|| view! { <span class="audit__less">{messages::less_access(language)}</span> });
    Some(view! {
        <div class="audit__change">
            {side(before, after, "removed", was)}
            <Icon glyph=Glyph::ArrowRight small=true />
            <span class="visually-hidden">{messages::becomes(language)}</span>
            {side(after, before, "added", is)}
            {less}
        </div>
    })
}

/// What else there is to say: on what device, how long, how many.
fn note(language: Language, action: Action, details: &AuditDetails, is_during_view: bool) -> Option<String> {
    let minutes = details
        .seconds
        .map(|seconds| messages::read_only_for(language, &messages::minutes(language, seconds.div_ceil(60))));
    let device = details.device.as_ref().map(|device| messages::on_device(language, &isolated(device)));
    let count = details.count.map(|count| messages::so_many_users(language, count));
    let during = is_during_view.then(|| messages::during_view(language).to_string());
    let operation = details.operation.as_deref().map(|operation| operation_words(language, operation));
    let end = details.reason.as_deref().filter(|_| action == Action::ViewEnded);
    let end = end.map(|end| view_end_words(language, end).to_owned());
    let notes: Vec<_> = [minutes, end, device, count, operation, during].into_iter().flatten().collect();
    (!notes.is_empty()).then(|| notes.join(", "))
}
