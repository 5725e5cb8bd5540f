use leptos::prelude::*;
use studio_users_domain::{NodeAccess, Role, RoleSet};

use crate::i18n::{Language, isolated, messages};
use crate::ui::{Glyph, Icon};

/// A role as a chip shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RoleChip {
    pub(crate) role: Role,
    pub(crate) is_inherited: bool,
    pub(crate) change: Option<ChipChange>,
}

/// The effect of saving on a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChipChange {
    Added,
    /// The role is added, but the new roles include less than the inherited ones.
    AddedLess,
    Removed,
}

/// Returns the chips of a node: the roles after saving, then the roles that saving removes.
pub(crate) fn role_chips(before: &NodeAccess, after: &NodeAccess, is_staged: bool) -> Vec<RoleChip> {
    let is_inherited = after.assigned.is_none();
    let previous =
        if is_staged && !is_inherited { before.assigned.unwrap_or_default() } else { before.effective };
    let added = if after.reduces() { ChipChange::AddedLess } else { ChipChange::Added };
    let current = after.effective.iter().map(|role| RoleChip {
        role,
        is_inherited,
        change: (!previous.contains(role)).then_some(added),
    });
    let removed: RoleSet = before.effective - after.effective;
    let removed = removed.iter().map(|role| RoleChip {
        role,
        is_inherited: before.assigned.is_none(),
        change: Some(ChipChange::Removed),
    });
    current.chain(removed).collect()
}

/// Renders a role's chip. `source` is the name of the node that it is inherited from.
pub(crate) fn render_chip(language: Language, role_chip: RoleChip, source: &str) -> impl IntoView + use<> {
    let RoleChip { role, is_inherited, change } = role_chip;
    let (value, hidden_text) = match change {
        None => (None, None),
        Some(ChipChange::Added | ChipChange::AddedLess) => {
            (Some("added"), Some(messages::added_role(language)))
        }
        Some(ChipChange::Removed) => (Some("removed"), Some(messages::removed_role(language))),
    };
    let from = (is_inherited && !source.is_empty() && change.is_none())
        .then(|| messages::inherited_from_node(language, &isolated(source)));
    view! {
        <span
            class="chip"
            data-family=role.family().tag()
            data-inherited=is_inherited.then_some("")
            data-change=value
            data-less=(change == Some(ChipChange::AddedLess)).then_some("")
        >
            {is_inherited.then(|| view! { <Icon glyph=Glyph::Inherit small=true /> })}
            {role.name(language)}
            {from.map(|from| view! { <span class="visually-hidden">" "{from}</span> })}
            {hidden_text.map(|text| view! { <span class="visually-hidden">" "{text}</span> })}
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summarize(role_chips: &[RoleChip]) -> Vec<(Role, bool, Option<ChipChange>)> {
        role_chips
            .iter()
            .map(|role_chip| (role_chip.role, role_chip.is_inherited, role_chip.change))
            .collect()
    }

    fn node(assigned: Option<RoleSet>, inherited: RoleSet) -> NodeAccess {
        let effective = assigned.unwrap_or(inherited);
        NodeAccess { assigned, effective, inherited, ..NodeAccess::default() }
    }

    #[test]
    fn marks_an_inherited_role_as_added_when_it_is_assigned_directly() {
        let operator = RoleSet::only(Role::Operator);
        let before = node(None, operator);
        let pinned = role_chips(&before, &node(Some(operator), operator), true);
        assert_eq!(summarize(&pinned), [(Role::Operator, false, Some(ChipChange::Added))]);
    }

    #[test]
    fn marks_roles_that_a_smaller_override_removes() {
        let operator = RoleSet::only(Role::Operator);
        let after = node(Some(Role::Agent.into()), operator);
        assert_eq!(
            summarize(&role_chips(&node(None, operator), &after, true)),
            [
                (Role::Agent, false, Some(ChipChange::AddedLess)),
                (Role::Operator, true, Some(ChipChange::Removed))
            ]
        );
        assert_eq!(summarize(&role_chips(&after, &after, false)), [(Role::Agent, false, None)]);
    }

    #[test]
    fn marks_a_role_inherited_from_a_staged_change_as_added() {
        let before = node(None, RoleSet::only(Role::Operator));
        let after = node(None, Role::Operator | Role::Planner);
        assert_eq!(
            summarize(&role_chips(&before, &after, false)),
            [(Role::Operator, true, None), (Role::Planner, true, Some(ChipChange::Added))]
        );
    }
}
