use chrono::{DateTime, FixedOffset, Utc};
use studio_users_contract::{NodeView, Sort, SortKey, Total, UserRow, UsersQuery};
use studio_users_domain::NodeId;

use crate::i18n::format::{self, Unit};
use crate::i18n::moment::TimeLeft;
use crate::i18n::{Language, isolated, messages};
use crate::state::{Filters, UsersPlace};

/// The line below the address of somebody who has not joined.
pub(super) fn invitation_line(
    language: Language,
    row: &UserRow,
    by_reader: bool,
    now: DateTime<Utc>,
    offset: FixedOffset,
) -> String {
    let Some(invitation) = &row.invitation else { return String::new() };
    let who = match &row.invited_by {
        Some(_) if by_reader => messages::invited_by_you(language).into(),
        Some(inviter) => messages::invited_by(language, &isolated(&inviter.name)),
        None => messages::invitation(language).to_string(),
    };
    match TimeLeft::until(invitation.expires_at, now, offset) {
        TimeLeft::Days(days) => {
            messages::invitation_days_left(language, &who, &format::number(language, days))
        }
        TimeLeft::OneDay => messages::invitation_one_day_left(language, &who),
        TimeLeft::Today => messages::invitation_ends_today(language, &who),
        TimeLeft::Expired(days) => {
            messages::invitation_expired(language, &format::ago(language, days, Unit::Day))
        }
    }
}

/// Which users are shown, and in which order: what makes a list another one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct List {
    pub(super) filters: Filters,
    pub(super) sort: Sort,
}

impl List {
    pub(super) fn of(place: &UsersPlace) -> Self {
        Self { filters: place.filters.clone(), sort: place.sort }
    }
}

/// What is asked of the backend for a list.
pub(super) fn query(list: &List, now: DateTime<Utc>) -> UsersQuery {
    let filters = &list.filters;
    UsersQuery {
        search: Some(filters.search.trim().to_owned()).filter(|search| !search.is_empty()),
        nodes: filters.nodes.clone(),
        roles: filters.roles,
        assigned: filters.assigned,
        statuses: filters.statuses.clone(),
        active_since: filters.active.map(|span| span.since(now)),
        sort: Some(list.sort),
        ..UsersQuery::default()
    }
}

/// The nodes chosen once this one was clicked. A node covers all below it: choosing it lets go of those, and letting
/// go of one that is covered from above leaves its siblings, all the way up.
pub(super) fn toggled_node(chosen: &[NodeId], nodes: &[NodeView], clicked: NodeId) -> Vec<NodeId> {
    let line = |id: NodeId| line(nodes, id);
    let Some(covering) = line(clicked).find(|id| chosen.contains(id)) else {
        // Not chosen yet.
        let mut chosen: Vec<_> =
            chosen.iter().copied().filter(|&id| !line(id).any(|above| above == clicked)).collect();
        chosen.push(clicked);
        return chosen;
    };
    let on_the_way: Vec<_> = line(clicked).take_while(|id| *id != covering).collect();
    let siblings = nodes.iter().filter(|node| {
        let is_beside = node.parent_id.is_some_and(|above| above == covering || on_the_way.contains(&above));
        is_beside && !on_the_way.contains(&node.id)
    });
    let others = chosen.iter().copied().filter(|id| *id != covering);
    if covering == clicked { others.collect() } else { others.chain(siblings.map(|node| node.id)).collect() }
}

/// Whether a node is chosen: itself, or covered from above; or only something below it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NodeChoice {
    Not,
    Partly,
    Whole,
}

pub(super) fn node_choice(chosen: &[NodeId], nodes: &[NodeView], node: NodeId) -> NodeChoice {
    let line = |id: NodeId| line(nodes, id);
    if line(node).any(|id| chosen.contains(&id)) {
        NodeChoice::Whole
    } else if chosen.iter().any(|&id| line(id).any(|above| above == node)) {
        NodeChoice::Partly
    } else {
        NodeChoice::Not
    }
}

/// A node and all above it. As many steps as there are nodes, whatever they say of each other.
fn line(nodes: &[NodeView], id: NodeId) -> impl Iterator<Item = NodeId> {
    let parent = move |id: NodeId| nodes.iter().find(|node| node.id == id).and_then(|node| node.parent_id);
    std::iter::successors(Some(id), move |&id| parent(id)).take(nodes.len() + 1)
}

/// A number of users, with a mark where there are more.
pub(super) fn total(language: Language, total: Total) -> String {
    let number = format::number(language, total.value);
    if total.exact { number } else { messages::at_least(language, &number) }
}

/// The order that a click on a column's header asks for: the other way round where it is ordered by already, else
/// letters from the first and times from the latest.
pub(super) fn toggled(sort: Sort, key: SortKey) -> Sort {
    let descending = if sort.key == key {
        !sort.descending
    } else {
        matches!(key, SortKey::LastActiveAt | SortKey::CreatedAt)
    };
    Sort { key, descending }
}

/// What a list is ordered by, in words.
pub(super) fn sort_name(language: Language, key: SortKey) -> &'static str {
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

    /// 1 a provider; 2 an agency with 3 and 4; 5 an agency with 6.
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
    fn choosing_a_node_covers_all_below_it() {
        assert_eq!(clicked(&[], 3), [3]);
        assert_eq!(clicked(&[3, 4, 6], 2), [2, 6]);
        assert_eq!(clicked(&[2], 2), [0; 0]);
    }

    #[test]
    fn letting_go_of_a_covered_node_leaves_the_others() {
        assert_eq!(clicked(&[2], 3), [4]);
        assert_eq!(clicked(&[1], 3), [4, 5]);
        let chosen = [id(4), id(5)];
        let choice = |node| node_choice(&chosen, &nodes(), id(node));
        assert_eq!(choice(3), NodeChoice::Not);
        assert_eq!(choice(2), NodeChoice::Partly);
        assert_eq!(choice(6), NodeChoice::Whole);
    }

    #[test]
    fn a_second_click_turns_the_order_round() {
        let by_name = toggled(Sort { key: SortKey::CreatedAt, descending: true }, SortKey::Name);
        assert_eq!(by_name, Sort { key: SortKey::Name, descending: false });
        assert!(toggled(by_name, SortKey::Name).descending);
        assert!(toggled(by_name, SortKey::LastActiveAt).descending);
    }
}
