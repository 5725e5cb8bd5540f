use leptos::html;
use leptos::prelude::*;
use studio_users_domain::{RoleSet, assign_here_roles};

use crate::features::panel::access::model::descriptions;
use crate::features::panel::access::model::draft::AccessDraft;
use crate::features::panel::access::model::outcome::{
    NotificationCause, NotificationGroup, notification_groups,
};
use crate::features::panel::access::store::{AccessStore, with_draft, with_draft_untracked};
use crate::features::panel::focus::RestoreFocus;
use crate::i18n::{Language, format, isolated, messages, use_language};
use crate::reactive::memo;
use crate::state::Lock;
use crate::ui::{Glyph, Icon, RowPlace, RowWindow};

/// The maximum number of environments that the warning handles one by one. A larger group gets one button for all.
const MAX_INDIVIDUAL: usize = 3;

/// Shows in which environments chats notify the user, why not in the others, and a button that fixes it.
#[component]
pub(crate) fn ChatNotifications(access: AccessStore) -> impl IntoView {
    let language = use_language();
    let list = NodeRef::<html::Ul>::new();
    let groups = memo(move |_| with_draft(access, notification_groups));
    let has_any = memo(move |_| !groups.read().is_empty());
    let summary = move || {
        let groups = groups.read();
        let count = |is_counted: fn(NotificationCause) -> bool| -> usize {
            groups.iter().filter(|group| is_counted(group.cause)).map(|group| group.nodes.len()).sum()
        };
        let number = |count: usize| format::number(language, u32::try_from(count).unwrap_or(u32::MAX));
        let total = number(count(|_| true));
        if access.is_dirty() {
            let will =
                count(|cause| matches!(cause, NotificationCause::Notified | NotificationCause::AfterSave));
            messages::notified_count_after_saving(language, &number(will), &total)
        } else {
            messages::notified_count(
                language,
                &number(count(|cause| cause == NotificationCause::Notified)),
                &total,
            )
        }
    };
    let rows = move || {
        let groups = groups.get();
        // Only the first group with inherited roles gets the warning box: these users handle chats but are not
        // notified.
        let warning =
            groups.iter().position(|group| matches!(group.cause, NotificationCause::OnlyInherited(_)));
        let rows = groups.into_iter().enumerate().map(|(index, group)| {
            if Some(index) == warning {
                view! { <NotificationWarning access group list /> }.into_any()
            } else {
                view! { <NotificationRow access group /> }.into_any()
            }
        });
        rows.collect_view()
    };
    view! {
        <Show when=move || has_any.get()>
            <section class="detail-card" aria-labelledby="notify-title">
                <h3 class="detail-card__head">
                    <Icon glyph=Glyph::Bell />
                    <span id="notify-title">{messages::chat_notifications(language)}</span>
                    <span class="detail-card__summary">{summary}</span>
                </h3>
                <ul node_ref=list>{rows}</ul>
            </section>
        </Show>
    }
}

/// A warning with a fix: for the first environment alone, or for all of them if there are many.
#[component]
fn NotificationWarning(
    access: AccessStore,
    group: NotificationGroup,
    /// The list of all groups.
    list: NodeRef<html::Ul>,
) -> impl IntoView {
    let language = use_language();
    let NotificationGroup { cause, roles, nodes } = group;
    let count = u32::try_from(nodes.len()).unwrap_or(u32::MAX);
    let is_expanded = RwSignal::new(false);
    if nodes.len() > MAX_INDIVIDUAL {
        let all_nodes = StoredValue::new(nodes.clone());
        let lead = messages::no_notifications_in_count(language, count);
        let why = with_draft_untracked(access, |draft| reason(language, draft, cause, roles));
        let rows = move || if is_expanded.get() { all_nodes.with_value(Vec::len) } else { 0 };
        let window = RowWindow::new(list, Signal::derive(rows), Signal::stored(None));
        let node = move |row| all_nodes.with_value(|nodes: &Vec<usize>| nodes.get(row).copied());
        let key = move |row| node(row).map(|position| position as u128);
        let individual_row = move |place: RowPlace| {
            let Some(position) = node(place.index()) else { return ().into_any() };
            let group = NotificationGroup { cause, roles, nodes: vec![position] };
            view! { <NotificationRow access group place /> }.into_any()
        };
        let number = format::number(language, count);
        let show = messages::show_all_count(language, &number);
        return view! {
            <li class="detail-card__row detail-card__row--reason" data-off="">
                <Icon glyph=Glyph::BellOff />
                <span>
                    <strong>{lead}</strong>
                    " "
                    {why}
                </span>
                <span class="detail-card__actions">
                    <AssignButton access nodes label=messages::assign_in_all(language, &number) />
                    <button
                        class="link"
                        type="button"
                        aria-expanded=move || is_expanded.get().to_string()
                        on:click=move |_| is_expanded.update(|shown| *shown = !*shown)
                    >
                        {show}
                    </button>
                </span>
            </li>
            {window.rows(key, individual_row)}
        }
        .into_any();
    }
    let (first, rest) = nodes.split_at(1);
    let rest = (!rest.is_empty()).then(|| {
        let group = NotificationGroup { cause, roles, nodes: rest.to_vec() };
        view! { <NotificationRow access group /> }
    });
    let position = first.first().copied().unwrap_or_default();
    let (lead, why, hint) = with_draft_untracked(access, |draft| {
        let name = isolated(draft.organisation.name(position));
        (
            messages::no_notifications_in(language, &name),
            reason(language, draft, cause, roles),
            consequence(language, draft, &[position]),
        )
    });
    view! {
        <li class="detail-card__row detail-card__row--reason" data-off="">
            <Icon glyph=Glyph::BellOff />
            <span>
                <strong>{lead}</strong>
                " "
                {why}
            </span>
            <span class="detail-card__actions">
                <AssignButton access nodes=first.to_vec() label=messages::assign_here(language).into() />
                <span class="hint">{hint}</span>
            </span>
        </li>
        {rest}
    }
    .into_any()
}

/// A row for environments with the same cause.
#[component]
fn NotificationRow(
    access: AccessStore,
    group: NotificationGroup,
    /// The place of the row in a list that renders only the rows in view.
    #[prop(optional)]
    place: Option<RowPlace>,
) -> impl IntoView {
    let language = use_language();
    let NotificationGroup { cause, roles, nodes } = group;
    let role_names = descriptions::role_names(language, descriptions::notifying_roles(roles));
    let text = with_draft_untracked(access, |draft| {
        let node_names = descriptions::node_names(language, draft, &nodes);
        match cause {
            NotificationCause::OnlyInherited(_) => {
                messages::roles_only_inherited_in(language, &node_names, &role_names)
            }
            NotificationCause::RolesBringNone => {
                messages::not_included_in_roles(language, &node_names, &role_names)
            }
            NotificationCause::NotAccepted => messages::invitation_not_accepted_in(language, &node_names),
            NotificationCause::AfterSave => {
                messages::can_get_notifications_after_saving(language, &node_names)
            }
            NotificationCause::Notified => messages::can_get_notifications_in(language, &node_names),
            NotificationCause::NoRoles => messages::no_roles_in(language, &node_names),
        }
    });
    let is_on = matches!(cause, NotificationCause::Notified | NotificationCause::AfterSave);
    let label = match nodes.len() {
        1 => messages::assign_here(language).to_string(),
        2 => messages::assign_in_both(language).to_string(),
        count => {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            messages::assign_in_all(language, &format::number(language, count))
        }
    };
    view! {
        <li
            class="detail-card__row"
            data-row=place.and_then(RowPlace::row)
            aria-posinset=place.and_then(RowPlace::position)
            aria-setsize=place.and_then(RowPlace::size)
            style:margin-block-start=move || place.and_then(RowPlace::margin)
            data-on=is_on.then_some("")
            data-off=(!is_on).then_some("")
        >
            <Icon glyph=if is_on { Glyph::Bell } else { Glyph::BellOff } />
            <span>{text}</span>
            {cause.is_fixed_by_assigning().then(|| view! { <AssignButton access nodes label is_link=true /> })}
        </li>
    }
}

/// A button that assigns the effective roles directly in these environments.
#[component]
fn AssignButton(
    access: AccessStore,
    nodes: Vec<usize>,
    label: String,
    /// Whether the button looks like a link.
    #[prop(optional)]
    is_link: bool,
) -> impl IntoView {
    let language = use_language();
    let nodes = StoredValue::new(nodes);
    let lock = Lock::of(move || {
        with_draft(access, |draft| {
            nodes.with_value(|nodes| draft.may_save(&draft.staged_assigning_here(nodes)).err())
        })
    });
    let effect_text =
        with_draft_untracked(access, |draft| nodes.with_value(|nodes| consequence(language, draft, nodes)));
    let hint_text = {
        let effect_text = effect_text.clone();
        move || lock.get().map_or_else(|| effect_text.clone(), |lock| lock.words(language).into())
    };
    let restore_focus = expect_context::<RestoreFocus>();
    let is_locked = move || lock.get().is_some() || access.is_saving.get();
    let on_click = move |_| {
        if untrack(is_locked) {
            return;
        }
        restore_focus.arm();
        let nodes = nodes.get_value();
        let names = with_draft_untracked(access, |draft| descriptions::node_names(language, draft, &nodes));
        access.assign_here(&nodes, names);
    };
    view! {
        <button
            class=if is_link { "link" } else { "button button--small" }
            type="button"
            aria-disabled=move || is_locked().then_some("true")
            aria-describedby=move || lock.get().map(Lock::id)
            aria-description=move || lock.get().is_none().then(|| effect_text.clone())
            data-hint=hint_text
            on:click=on_click
        >
            {label}
        </button>
    }
}

/// Explains why chats do not notify, and what is needed.
fn reason(language: Language, draft: &AccessDraft, cause: NotificationCause, roles: RoleSet) -> String {
    let role_names = descriptions::role_names(language, descriptions::notifying_roles(roles));
    match cause {
        NotificationCause::OnlyInherited(from) => messages::notifications_not_inherited_hint(
            language,
            &role_names,
            &isolated(draft.organisation.name_of(from)),
        ),
        _ => messages::notifications_not_included_hint(language, &role_names),
    }
}

/// Explains what assigning here keeps, adds and ends. Uses the first position: all of a group have
/// the same cause and roles.
fn consequence(language: Language, draft: &AccessDraft, positions: &[usize]) -> String {
    let Some(here) = positions.first().map(|&position| draft.after(position)) else { return String::new() };
    let role_names = descriptions::role_names(language, here.effective);
    let adds = assign_here_roles(here) != here.effective;
    match here.inherited_from.filter(|_| here.assigned.is_none()) {
        Some(from) => {
            let from = isolated(draft.organisation.name_of(from));
            let message =
                if adds { messages::keeps_roles_from_adds_agent } else { messages::keeps_roles_from };
            message(language, &role_names, &from)
        }
        None => messages::keeps_roles_adds_agent(language, &role_names),
    }
}
