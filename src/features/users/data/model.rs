use chrono::{DateTime, TimeZone, Utc};
use studio_users_contract::{NodeView, Sort, SortKey, Total, UserRow, UsersQuery};
use studio_users_domain::NodeId;

use crate::i18n::format::{self, Unit};
use crate::i18n::relative_time::TimeLeft;
use crate::i18n::{Language, isolated, messages};
use crate::state::List;

/// Returns the line below the email address of a user who has an open or expired invitation.
///
/// `is_inviter` is whether the current user sent the invitation.
pub(crate) fn invitation_line(
    language: Language,
    row: &UserRow,
    is_inviter: bool,
    now: DateTime<Utc>,
    zone: &impl TimeZone,
) -> String {
    let Some(invitation) = &row.invitation else { return String::new() };
    if invitation.unacceptable {
        return messages::invitation_blocked(language).to_owned();
    }
    if invitation.undelivered {
        return messages::invitation_undelivered(language).to_owned();
    }
    let subject = match &row.invited_by {
        Some(_) if is_inviter => messages::invited_by_you(language).into(),
        Some(inviter) => messages::invited_by(language, &isolated(&inviter.name)),
        None => messages::invited(language).to_string(),
    };
    match TimeLeft::until(invitation.expires_at, now, zone) {
        TimeLeft::Days(days) => {
            messages::invitation_days_left(language, &subject, &format::number(language, days))
        }
        TimeLeft::OneDay => messages::invitation_one_day_left(language, &subject),
        TimeLeft::Today => messages::invitation_expires_today(language, &subject),
        TimeLeft::Expired(days) => {
            messages::invitation_expired(language, &format::ago(language, days, Unit::Day))
        }
    }
}

/// Builds the backend query for a list, without an offset and limit.
pub(crate) fn query(list: &List, now: DateTime<Utc>) -> UsersQuery {
    UsersQuery { filters: list.filters.at(now), sort: Some(list.sort), ..UsersQuery::default() }
}

/// Returns the chosen nodes after a click on a node.
///
/// A chosen node includes all its descendants, so checking a node removes its descendants from the choice. Unchecking a
/// node below a chosen ancestor replaces the ancestor by the siblings on each level between the two.
pub(crate) fn toggled_node(chosen: &[NodeId], nodes: &[NodeView], clicked: NodeId) -> Vec<NodeId> {
    let self_and_ancestors = |id: NodeId| self_and_ancestors(nodes, id);
    let Some(covering) = self_and_ancestors(clicked).find(|id| chosen.contains(id)) else {
        let mut chosen: Vec<_> = chosen
            .iter()
            .copied()
            .filter(|&id| !self_and_ancestors(id).any(|above| above == clicked))
            .collect();
        chosen.push(clicked);
        return chosen;
    };
    let between: Vec<_> = self_and_ancestors(clicked).take_while(|id| *id != covering).collect();
    let siblings = nodes.iter().filter(|node| {
        let is_sibling = node.parent_id.is_some_and(|above| above == covering || between.contains(&above));
        is_sibling && !between.contains(&node.id)
    });
    let others = chosen.iter().copied().filter(|id| *id != covering);
    if covering == clicked { others.collect() } else { others.chain(siblings.map(|node| node.id)).collect() }
}

/// The state of a node's checkbox. It is checked if the node or an ancestor is chosen, and indeterminate if only a
/// descendant is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CheckState {
    Unchecked,
    Indeterminate,
    Checked,
}

pub(crate) fn check_state(chosen: &[NodeId], nodes: &[NodeView], node: NodeId) -> CheckState {
    let self_and_ancestors = |id: NodeId| self_and_ancestors(nodes, id);
    if self_and_ancestors(node).any(|id| chosen.contains(&id)) {
        CheckState::Checked
    } else if chosen.iter().any(|&id| self_and_ancestors(id).any(|above| above == node)) {
        CheckState::Indeterminate
    } else {
        CheckState::Unchecked
    }
}

/// Iterates over a node and its ancestors. The number of nodes limits the steps, so a cycle in the data cannot hang it.
fn self_and_ancestors(nodes: &[NodeView], id: NodeId) -> impl Iterator<Item = NodeId> {
    let parent = move |id: NodeId| nodes.iter().find(|node| node.id == id).and_then(|node| node.parent_id);
    std::iter::successors(Some(id), move |&id| parent(id)).take(nodes.len() + 1)
}

/// Formats a number of users, with a plus sign where it is a lower bound.
pub(crate) fn format_total(language: Language, total: Total) -> String {
    let number = format::number(language, total.value);
    if total.exact { number } else { messages::at_least(language, &number) }
}

/// Returns the sort order after a click on a column's header. It reverses the current sort column, and otherwise sorts
/// text ascending and times descending.
pub(crate) fn toggled_sort(sort: Sort, key: SortKey) -> Sort {
    let descending = if sort.key == key {
        !sort.descending
    } else {
        matches!(key, SortKey::LastActiveAt | SortKey::CreatedAt)
    };
    Sort { key, descending }
}

/// The label of a sort key.
pub(crate) fn sort_name(language: Language, key: SortKey) -> &'static str {
    match key {
        SortKey::Name => messages::name(language),
        SortKey::Email => messages::email_address(language),
        SortKey::Status => messages::status(language),
        SortKey::LastActiveAt => messages::last_active(language),
        SortKey::CreatedAt => messages::created(language),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio_users_domain::NodeKind;
    use uuid::Uuid;

    fn id(number: u128) -> NodeId {
        NodeId(Uuid::from_u128(number))
    }

    /// Node 1 is a provider, 2 an agency with children 3 and 4, and 5 an agency with child 6.
    fn nodes() -> Vec<NodeView> {
        let node = |(number, above): (u128, Option<u128>)| NodeView {
            id: id(number),
            parent_id: above.map(id),
            kind: NodeKind::Environment,
            name: String::new(),
            own_managers: None,
            disabled_roles: None,
        };
        [(1, None), (2, Some(1)), (3, Some(2)), (4, Some(2)), (5, Some(1)), (6, Some(5))].map(node).to_vec()
    }

    fn clicked(chosen: &[u128], node: u128) -> Vec<u128> {
        let chosen: Vec<_> = chosen.iter().copied().map(id).collect();
        let mut after: Vec<_> =
            toggled_node(&chosen, &nodes(), id(node)).iter().map(|id| id.0.as_u128()).collect();
        after.sort_unstable();
        after
    }

    #[test]
    fn checking_a_node_includes_its_descendants() {
        assert_eq!(clicked(&[], 3), [3]);
        assert_eq!(clicked(&[3, 4, 6], 2), [2, 6]);
        assert_eq!(clicked(&[2], 2), [0; 0]);
    }

    #[test]
    fn unchecking_a_descendant_keeps_its_siblings() {
        assert_eq!(clicked(&[2], 3), [4]);
        assert_eq!(clicked(&[1], 3), [4, 5]);
        let chosen = [id(4), id(5)];
        let choice = |node| check_state(&chosen, &nodes(), id(node));
        assert_eq!(choice(3), CheckState::Unchecked);
        assert_eq!(choice(2), CheckState::Indeterminate);
        assert_eq!(choice(6), CheckState::Checked);
    }

    #[test]
    fn reverses_the_order_on_the_second_click() {
        let by_name = toggled_sort(Sort { key: SortKey::CreatedAt, descending: true }, SortKey::Name);
        assert_eq!(by_name, Sort { key: SortKey::Name, descending: false });
        assert!(toggled_sort(by_name, SortKey::Name).descending);
        assert!(toggled_sort(by_name, SortKey::LastActiveAt).descending);
    }
}
