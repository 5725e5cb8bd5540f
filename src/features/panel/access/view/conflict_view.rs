use leptos::prelude::*;
use studio_users_domain::{NodeId, RoleSet, capabilities_of};

use super::gain_and_loss::GainAndLoss;
use super::role_chip::{ChipChange, RoleChip, render_chip};
use crate::features::panel::access::model::conflict::{Conflict, NodeConflict, Version};
use crate::features::panel::access::model::draft::{AccessDraft, Staged};
use crate::features::panel::access::model::outcome::{Outcome, outcome_groups};
use crate::features::panel::access::store::{AccessStore, with_draft_untracked};
use crate::i18n::{Language, format, isolated, messages, use_language};
use crate::reactive::memo;
use crate::ui::{Glyph, Icon};

/// Shows a conflict: both versions of each node that needs a choice, and the changes that need none.
#[component]
pub(crate) fn NodeConflicts(access: AccessStore) -> impl IntoView {
    let language = use_language();
    let conflict = memo(move |_| access.conflict.get().unwrap_or_default());
    let nodes = memo(move |_| {
        conflict.with(|it| it.nodes.iter().map(|node_conflict| node_conflict.node).collect::<Vec<_>>())
    });
    view! {
        <ConflictSummary access conflict />
        <For each=move || { nodes.get().into_iter().enumerate() } key=|(_, node)| *node let((index, node))>
            <NodeConflictChoice access conflict node index />
        </For>
        {move || {
            let conflict = conflict.get();
            let has_others = !conflict.mine.is_empty() || !conflict.theirs.is_empty();
            has_others.then(|| changes_without_choice(language, access, &conflict))
        }}
    }
}

#[component]
fn ConflictSummary(access: AccessStore, conflict: Memo<Conflict>) -> impl IntoView {
    let language = use_language();
    let lead = move || match access.changed_by.get() {
        Some((None, time)) => messages::you_changed_at(language, &format::time_of_day(language, time)),
        Some((Some(name), time)) => {
            messages::changed_at(language, &isolated(&name), &format::time_of_day(language, time))
        }
        None => messages::changed_by_someone(language).into(),
    };
    let kept = move || {
        let conflict = conflict.read();
        let kept = u32::try_from(conflict.mine.len() + conflict.nodes.len()).unwrap_or(u32::MAX);
        let kept = messages::unsaved_changes_kept(language, kept);
        match u32::try_from(conflict.nodes.len()).unwrap_or(u32::MAX) {
            0 => format!("{kept} {}", messages::no_conflicts(language)),
            count => format!("{kept} {}", messages::resolve_conflicts(language, count)),
        }
    };
    let has_node_conflicts = memo(move |_| !conflict.read().nodes.is_empty());
    view! {
        <div class="callout conflict-lead" role="status">
            <Icon glyph=Glyph::Replace />
            <div class="callout__body">
                <strong>{lead}</strong>
                " "
                {kept}
                <Show when=move || has_node_conflicts.get()>
                    <div class="callout__actions">
                        <button class="link" type="button" on:click=move |_| access.choose(Version::Mine, |_| true)>
                            {messages::keep_all_mine(language)}
                        </button>
                        <button class="link" type="button" on:click=move |_| access.choose(Version::Theirs, |_| true)>
                            {messages::use_all_theirs(language)}
                        </button>
                    </div>
                </Show>
            </div>
        </div>
    }
}

/// The choice between the two versions of one node.
#[component]
fn NodeConflictChoice(
    access: AccessStore,
    conflict: Memo<Conflict>,
    node: NodeId,
    /// The index of the node in the conflict.
    index: usize,
) -> impl IntoView {
    let language = use_language();
    let node_conflict =
        memo(move |_| conflict.with(|it| it.nodes.iter().find(|it| it.node == node).copied()));
    let chosen = memo(move |_| {
        node_conflict.get().and_then(|node_conflict| node_conflict.chosen(&access.choices.read()))
    });
    let title = format!("conflict-{index}");
    let labelled_by = title.clone();
    let group = format!("conflict-{index}-side");
    let name = with_draft_untracked(access, |draft| draft.organisation.name_of(node).to_owned());
    let theirs = move || match access.changed_by.get() {
        Some((Some(name), _)) => messages::use_version_of(language, &isolated(&name)),
        Some((None, _)) | None => messages::use_theirs(language).into(),
    };
    let option = move |version: Version, label: Signal<String>| {
        let group = group.clone();
        view! {
            <label class="conflict__version">
                <input
                    class="radio"
                    type="radio"
                    name=group
                    prop:checked=move || chosen.get() == Some(version)
                    on:change=move |_| access.choose(version, |other| other == index)
                />
                <span>
                    {label}
                    <span class="conflict__effect">
                        {move || node_conflict.get().map(|node_conflict| version_outcome(language, access, node_conflict, version))}
                    </span>
                </span>
                <span class="chips">
                    {move || {
                        let node_conflict = node_conflict.get()?;
                        let roles = if version == Version::Mine { node_conflict.mine } else { node_conflict.theirs };
                        Some(chips(language, access, node_conflict, roles))
                    }}
                </span>
            </label>
        }
    };
    let mine = Signal::stored(messages::keep_mine(language).to_string());
    view! {
        <section class="conflict" role="radiogroup" aria-labelledby=labelled_by>
            <h3 class="conflict__head">
                <bdi id=title>{name}</bdi>
                <Show when=move || chosen.get().is_none()>
                    <span class="conflict__unresolved">{messages::choose_one(language)}</span>
                </Show>
                <span class="conflict__before">
                    {messages::before(language)}
                    {move || {
                        let node_conflict = node_conflict.get()?;
                        Some(chips(language, access, node_conflict, node_conflict.base))
                    }}
                </span>
            </h3>
            {option(Version::Mine, mine)}
            {option(Version::Theirs, Signal::derive(theirs))}
        </section>
    }
}

/// Shows the roles of one version: its own or the inherited ones.
fn chips(
    language: Language,
    access: AccessStore,
    node_conflict: NodeConflict,
    roles: Option<RoleSet>,
) -> AnyView {
    let (inherited, source) = with_draft_untracked(access, |draft| inherited(draft, node_conflict.node));
    let is_inherited = roles.is_none();
    let effective = roles.unwrap_or(inherited);
    if effective.is_empty() {
        return view! { <span class="chip chip--none">{messages::no_access(language)}</span> }.into_any();
    }
    let base = node_conflict.base.unwrap_or_default();
    let base_capabilities = capabilities_of(node_conflict.base.unwrap_or(inherited));
    let added = if capabilities_of(effective).is_superset(base_capabilities) {
        ChipChange::Added
    } else {
        ChipChange::AddedLess
    };
    let chips = effective.iter().map(|role| {
        let is_new = !is_inherited && roles != node_conflict.base && !base.contains(role);
        let change = is_new.then_some(added);
        render_chip(language, RoleChip { role, is_inherited, change }, &source)
    });
    chips.collect_view().into_any()
}

fn inherited(draft: &AccessDraft, node: NodeId) -> (RoleSet, String) {
    let Some(position) = draft.organisation.tree().position(node) else { return Default::default() };
    let here = draft.after(position);
    let source = here.inherited_from.map(|from| draft.organisation.name_of(from).to_owned());
    (here.inherited, source.unwrap_or_default())
}

/// Shows what one version gains and loses compared with the access before both changes.
fn version_outcome(
    language: Language,
    access: AccessStore,
    node_conflict: NodeConflict,
    version: Version,
) -> AnyView {
    let roles = if version == Version::Mine { node_conflict.mine } else { node_conflict.theirs };
    let outcome = with_draft_untracked(access, |draft| {
        let position = draft.organisation.tree().position(node_conflict.node)?;
        let from = draft.assignments_with(&Staged::from([(node_conflict.node, node_conflict.base)]));
        let to = draft.assignments_with(&Staged::from([(node_conflict.node, roles)]));
        let change = draft.between(&from, &to);
        let loses_all_access =
            change.after(position).effective.is_empty() && !change.before(position).effective.is_empty();
        let all = outcome_groups(&change);
        let outcome = all.into_iter().fold(Outcome::default(), |all, one| all.merge(one.outcome));
        Some((loses_all_access, outcome))
    });
    match outcome {
        Some((true, _)) => messages::removes_all_access(language).into_any(),
        Some((_, outcome)) if outcome.gains() || outcome.loses() => {
            view! { <GainAndLoss outcome /> }.into_any()
        }
        _ => messages::same_permissions(language).into_any(),
    }
}

fn changes_without_choice(
    language: Language,
    access: AccessStore,
    conflict: &Conflict,
) -> impl IntoView + use<> {
    let (mine, theirs) = with_draft_untracked(access, |draft| {
        let name = |node: &NodeId| isolated(draft.organisation.name_of(*node));
        (
            conflict.mine.iter().map(|(node, _)| name(node)).collect::<Vec<_>>(),
            conflict.theirs.iter().map(name).collect::<Vec<_>>(),
        )
    });
    let row = |title: String, note: &'static str| {
        view! {
            <li class="detail-card__row">
                <Icon glyph=Glyph::Check />
                <span>
                    {title}
                    <small>{note}</small>
                </span>
            </li>
        }
    };
    let mine = mine
        .iter()
        .map(|name| row(messages::changed_only_by_you(language, name), messages::your_change_kept(language)))
        .collect_view();
    let theirs = theirs
        .iter()
        .map(|name| row(messages::changed_meanwhile(language, name), messages::already_saved(language)))
        .collect_view();
    view! {
        <section class="detail-card conflict-rest" aria-label=messages::no_conflict(language)>
            <ul>{mine} {theirs}</ul>
        </section>
    }
}
