use leptos::ev::MouseEvent;
use leptos::prelude::*;
use studio_users_domain::{NodeAccess, Provenance, Role, RoleSet};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::model::Picture;
use super::picker::RolePicker;
use super::store::AccessStore;
use super::tab::{of_picture, of_picture_now};
use super::words;
use crate::i18n::{Language, isolated, messages, use_language};
use crate::state::Lock;
use crate::ui::{Glyph, Icon, focus_later};

/// A role of a node, as its chip shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// The role.
    pub(super) role: Role,
    /// Whether it comes from above.
    pub(super) is_inherited: bool,
    /// What saving does to it.
    pub(super) change: Option<MarkChange>,
}

/// What saving does to a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MarkChange {
    /// It is given.
    Added,
    /// It is given in place of more than it brings.
    AddedLess,
    /// It is taken.
    Removed,
}

/// All that a node's row shows.
#[derive(Debug, Clone, Default, PartialEq)]
struct Row {
    name: String,
    is_environment: bool,
    marks: Vec<Mark>,
    from: String,
    source: String,
    less: Option<String>,
    besides: Option<String>,
    is_staged: bool,
    can_reset: bool,
}

/// The chips of a node: what would count there, and what is taken away.
pub(super) fn marks(before: &NodeAccess, after: &NodeAccess, is_staged: bool) -> Vec<Mark> {
    let is_inherited = after.assigned.is_none();
    let had = if is_staged && !is_inherited { before.assigned.unwrap_or_default() } else { before.effective };
    let added = if after.reduces() { MarkChange::AddedLess } else { MarkChange::Added };
    let now = after.effective.iter().map(|role| Mark {
        role,
        is_inherited,
        change: (!had.contains(role)).then_some(added),
    });
    let taken: RoleSet = before.effective - after.effective;
    let taken = taken.iter().map(|role| Mark {
        role,
        is_inherited: before.assigned.is_none(),
        change: Some(MarkChange::Removed),
    });
    now.chain(taken).collect()
}

/// One node: its name, what the user has there and where that comes from, and the way to change it.
#[component]
pub(super) fn NodeRow(
    /// The access.
    access: AccessStore,
    /// Which node.
    at: usize,
    /// Whether others stand below it.
    #[prop(into)]
    has_nodes: Signal<bool>,
) -> impl IntoView {
    let language = use_language();
    let row = Memo::new(move |_| of_picture(access, |picture| row(language, picture, at)));
    let name = Memo::new(move |_| row.read().name.clone());
    let chips = move || {
        let row = row.read();
        if row.marks.is_empty() {
            return view! { <span class="chip chip--none">{messages::no_access_here(language)}</span> }
                .into_any();
        }
        let chips = row.marks.iter().map(|&mark| chip(language, mark, &row.source));
        chips.collect_view().into_any()
    };
    let lock = Lock::of_everything();
    let undo = move || {
        let (is_staged, can_reset) = row.with(|row| (row.is_staged, row.can_reset));
        if is_staged {
            let before = move || of_picture_now(access, |picture| picture.before(at).assigned);
            let label = messages::discard_in(language, &name.get());
            Some(
                view! {
                    <span aria-hidden="true">" · "</span>
                    <button
                        class="link"
                        type="button"
                        aria-label=label
                        on:click=move |event| {
                            access.stage(at, before());
                            focus_row(&event);
                        }
                    >
                        {messages::discard(language)}
                    </button>
                }
                .into_any(),
            )
        } else {
            let is_viewing = lock.get().is_some_and(Lock::is_view);
            (can_reset && !is_viewing).then(|| {
                view! {
                    <span aria-hidden="true">" · "</span>
                    <button
                        class="link"
                        type="button"
                        on:click=move |event| {
                            access.stage(at, None);
                            focus_row(&event);
                        }
                    >
                        {messages::reset_to_inherited(language)}
                    </button>
                }
                .into_any()
            })
        }
    };
    view! {
        <div class="access-tree__node" data-changed=move || row.read().is_staged.then_some("")>
            <Show when=move || has_nodes.get() || !row.read().is_environment>
                <span class="access-tree__tile">
                    <Icon glyph=Glyph::Agency />
                </span>
            </Show>
            <span class="access-tree__name">
                <bdi>{move || name.get()}</bdi>
            </span>
            <span class="chips">{chips}</span>
            <Show when=move || lock.get().is_some_and(Lock::is_view) fallback=move || view! { <RolePicker access at name /> }>
                <button
                    class="icon-button"
                    type="button"
                    aria-label=move || messages::change_roles_in(language, &name.get())
                    aria-disabled="true"
                    aria-describedby=move || lock.get().map(Lock::id)
                    data-hint=move || lock.get().map(|lock| lock.words(language))
                >
                    <Icon glyph=Glyph::Lock />
                </button>
            </Show>
            <span class="access-tree__from">{move || row.read().from.clone()} {undo}</span>
            {move || {
                let lost = row.read().less.clone()?;
                Some(
                    view! {
                        <span class="access-tree__less">
                            <Icon glyph=Glyph::ArrowDown small=true />
                            <span>{messages::less_than_inherited(language, &lost)}</span>
                        </span>
                    },
                )
            }}
            {move || {
                let besides = row.read().besides.clone()?;
                Some(view! { <span class="access-tree__from access-tree__besides">{besides}</span> })
            }}
        </div>
    }
}

/// What was clicked goes with what it did: the row's button has the focus then.
fn focus_row(event: &MouseEvent) {
    let link = event.current_target().and_then(|link| link.dyn_into::<Element>().ok());
    let row = link.and_then(|link| link.closest(".access-tree__node").ok().flatten());
    let button = row.and_then(|row| row.query_selector(".icon-button").ok().flatten());
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        focus_later(button);
    }
}

/// A role's chip.
pub(super) fn chip(language: Language, mark: Mark, source: &str) -> impl IntoView + use<> {
    let Mark { role, is_inherited, change } = mark;
    let (value, words) = match change {
        None => (None, None),
        Some(MarkChange::Added | MarkChange::AddedLess) => {
            (Some("added"), Some(messages::added_role(language)))
        }
        Some(MarkChange::Removed) => (Some("removed"), Some(messages::removed_role(language))),
    };
    let from = (is_inherited && !source.is_empty() && change.is_none())
        .then(|| messages::inherited_from_node(language, &isolated(source)));
    view! {
        <span
            class="chip"
            data-family=role.family().tag()
            data-inherited=is_inherited.then_some("")
            data-change=value
            data-less=(change == Some(MarkChange::AddedLess)).then_some("")
        >
            {is_inherited.then(|| view! { <Icon glyph=Glyph::Inherit small=true /> })}
            {role.name(language)}
            {from.map(|from| view! { <span class="visually-hidden">" "{from}</span> })}
            {words.map(|words| view! { <span class="visually-hidden">" "{words}</span> })}
        </span>
    }
}

fn row(language: Language, picture: &Picture, at: usize) -> Row {
    let organisation = &picture.organisation;
    let (before, after) = (picture.before(at), picture.after(at));
    let node = organisation.tree().nodes()[at].id;
    let is_staged = picture.staged.contains_key(&node);
    let source = after.inherited_from.map(|from| organisation.name_of(from).to_owned()).unwrap_or_default();
    let from = match (is_staged, after.assigned) {
        (true, None) if !source.is_empty() => messages::will_inherit(language, &isolated(&source)),
        (true, _) => words::staged(language, picture, at).into(),
        (false, _) => words::provenance(language, picture, at),
    };
    let besides = picture
        .pending
        .get(&node)
        .map(|&roles| messages::invited_besides(language, &words::roles(language, roles)));
    let is_own = matches!(after.provenance(), Provenance::Overrides { .. } | Provenance::Pinned { .. });
    Row {
        name: organisation.name(at).to_owned(),
        is_environment: organisation.is_environment(at),
        marks: marks(before, after, is_staged),
        from,
        source,
        less: (after.assigned.is_some() && after.reduces()).then(|| words::less(language, after)),
        besides,
        is_staged,
        can_reset: is_own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(marks: &[Mark]) -> Vec<(Role, bool, Option<MarkChange>)> {
        marks.iter().map(|mark| (mark.role, mark.is_inherited, mark.change)).collect()
    }

    fn node(assigned: Option<RoleSet>, inherited: RoleSet) -> NodeAccess {
        let effective = assigned.unwrap_or(inherited);
        NodeAccess { assigned, effective, inherited, inherited_from: None }
    }

    #[test]
    fn what_is_about_to_be_assigned_here_is_new_even_where_it_was_inherited() {
        let operator = RoleSet::only(Role::Operator);
        let before = node(None, operator);
        let pinned = marks(&before, &node(Some(operator), operator), true);
        assert_eq!(seen(&pinned), [(Role::Operator, false, Some(MarkChange::Added))]);
    }

    #[test]
    fn an_override_with_less_shows_what_it_takes() {
        let operator = RoleSet::only(Role::Operator);
        let after = node(Some(Role::Agent.into()), operator);
        assert_eq!(
            seen(&marks(&node(None, operator), &after, true)),
            [
                (Role::Agent, false, Some(MarkChange::AddedLess)),
                (Role::Operator, true, Some(MarkChange::Removed))
            ]
        );
        assert_eq!(seen(&marks(&after, &after, false)), [(Role::Agent, false, None)]);
    }

    #[test]
    fn what_comes_down_from_a_change_above_is_new_as_well() {
        let before = node(None, RoleSet::only(Role::Operator));
        let after = node(None, Role::Operator | Role::Planner);
        assert_eq!(
            seen(&marks(&before, &after, false)),
            [(Role::Operator, true, None), (Role::Planner, true, Some(MarkChange::Added))]
        );
    }
}
