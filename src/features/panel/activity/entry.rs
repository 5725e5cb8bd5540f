use leptos::prelude::*;
use studio_users_contract::{Action, AuditDetails, AuditEntry, NodeMove};
use studio_users_domain::{NodeId, RoleSet, UserId};

use super::model::{
    Perspective, actor_name, coded_reason, glyph, is_view_action, operation_name, reduces_access, sentence,
};
use crate::i18n::{Language, format, isolated, messages, use_language};
use crate::state::{device_label, use_current_user};
use crate::ui::{Glyph, Icon, Phrase};

/// One audit log entry: actor, action, target, node, roles before and after, reason and time.
#[component]
pub(super) fn Entry(entry: AuditEntry) -> impl IntoView {
    let language = use_language();
    let current_user = use_current_user();
    let AuditEntry { at, action, actor_kind, actor, target, node, view, details, .. } = entry;
    let is_you = move |user: UserId| current_user.read_untracked().is_self(user);
    let perspective = Perspective::of(actor.as_ref(), target.as_ref(), is_you);
    let actor = match actor {
        Some(actor) if is_you(actor.id) => messages::actor_you(language).to_owned(),
        Some(actor) if !actor.name.is_empty() => actor.name,
        _ => actor_name(language, actor_kind).to_owned(),
    };
    let target = match target {
        // The target of a new name has that name.
        Some(target) if is_you(target.id) && action != Action::UserRenamed => {
            messages::target_you(language).to_owned()
        }
        Some(target) if !target.name.is_empty() => target.name,
        _ => messages::target_unknown(language).to_owned(),
    };
    let node_name = node.map_or_else(|| messages::node_unknown(language).to_owned(), |node| node.name);
    let sentence = sentence(language, action, perspective);
    let names = vec![actor, target, node_name];
    let change = change(language, action, &details);
    let node_name_of = |node: NodeId| current_user.read_untracked().node(node).map(|node| node.name.clone());
    let moved = details.moved.map(|moved| moved_note(language, moved, node_name_of));
    let note = note(language, action, &details, view.is_some() && !is_view_action(action));
    let note = moved.filter(|moved| !moved.is_empty()).or(note);
    // The note shows the text of a code.
    let is_entered = |reason: &String| coded_reason(language, action, reason).is_none();
    let reason = details.reason.filter(is_entered).map(|reason| {
        view! { <p class="audit__reason" dir="auto">{messages::reason(language, &isolated(&reason))}</p> }
    });
    let kind = (is_view_action(action) || view.is_some()).then_some("view");
    view! {
        <li class="audit__entry" data-kind=kind>
            <span class="audit__mark">
                <Icon glyph=glyph(action) />
            </span>
            <div class="audit__text">
                <Phrase text=sentence names emphasized=true />
                {note.map(|note| view! { <span class="audit__note">{note}</span> })}
                {change}
                {reason}
            </div>
            <time
                class="audit__time"
                datetime=at.to_rfc3339()
                title=format::full_date_time(language, at)
            >
                {format::time_of_day(language, at)}
            </time>
        </li>
    }
}

/// Names the parents of a moved node that the current user manages.
fn moved_note(language: Language, moved: NodeMove, name_of: impl Fn(NodeId) -> Option<String>) -> String {
    let name = |node: Option<NodeId>| node.and_then(&name_of).map(|name| isolated(&name));
    let from = name(moved.from).map(|name| messages::moved_from(language, &name));
    let to = name(moved.to).map(|name| messages::moved_to(language, &name));
    from.into_iter().chain(to).collect::<Vec<_>>().join(" ")
}

/// Shows the assigned roles before and after the change, as chips.
fn change(language: Language, action: Action, details: &AuditDetails) -> Option<impl IntoView + use<>> {
    let AuditDetails { before, after, .. } = *details;
    let is_change = action == Action::RolesChanged;
    if !is_change && before.is_none() && after.is_none() {
        return None;
    }
    let roles_view = move |roles: Option<RoleSet>,
                           other: Option<RoleSet>,
                           change: &'static str,
                           empty_label: &'static str| {
        match roles {
            None => view! { <span class="audit__note">{empty_label}</span> }.into_any(),
            Some(roles) if roles.is_empty() => {
                view! { <span class="chip chip--none">{messages::no_access(language)}</span> }.into_any()
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
        (messages::inherited_lowercase(language), messages::inherited_lowercase(language))
    } else {
        (messages::no_access_lowercase(language), messages::no_access_lowercase(language))
    };
    let less = (action != Action::LicenceChanged && reduces_access(before, after))
        .then(|| view! { <span class="audit__less">{messages::less_access(language)}</span> });
    Some(view! {
        <div class="audit__change">
            {roles_view(before, after, "removed", was)}
            <Icon glyph=Glyph::ArrowRight small=true />
            <span class="visually-hidden">{messages::becomes(language)}</span>
            {roles_view(after, before, "added", is)}
            {less}
        </div>
    })
}

/// Joins the remaining details: duration, a reason that is a code, device, count, operation.
fn note(
    language: Language,
    action: Action,
    details: &AuditDetails,
    is_during_impersonation: bool,
) -> Option<String> {
    let minutes = details
        .seconds
        .map(|seconds| messages::read_only_for(language, &messages::minutes(language, seconds.div_ceil(60))));
    let device = details.device.as_deref().map(|device| device_label(language, device));
    let device = device.map(|device| messages::on_device(language, &isolated(&device)));
    let is_refusal = action == Action::ViewRefused;
    let count = match action {
        Action::ViewRefused => None,
        Action::NodeAdded => {
            let several = details.count.filter(|&count| count > 1);
            several.map(|count| messages::node_count(language, count))
        }
        _ => details.count.map(|count| messages::user_count(language, count)),
    };
    let during = is_during_impersonation.then(|| messages::during_view(language).to_string());
    let operation = details.operation.as_deref().map(|operation| {
        let name = operation_name(language, operation);
        details.count.filter(|_| is_refusal).map_or(name.clone(), |count| format!("{name} ({count}×)"))
    });
    let reason = details.reason.as_deref().and_then(|reason| coded_reason(language, action, reason));
    let reason = reason.map(str::to_owned);
    let notes: Vec<_> = [minutes, reason, device, count, operation, during].into_iter().flatten().collect();
    (!notes.is_empty()).then(|| notes.join(", "))
}
