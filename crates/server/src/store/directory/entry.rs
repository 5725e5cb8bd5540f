use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{DateTime, Utc};
use studio_users_contract::DeliveryState;
use studio_users_domain::{NodeSet, PartOverview, PartOverviews, PendingGrant, RoleSet, ScopePart, Status};

use crate::store::accounts::{AccessRecord, PendingRecord};
use crate::store::{Error, Organisation, roles_to_bits};

/// A row of the directory: one user as the managers of one scope part see them.
pub(super) struct Entry {
    pub(super) part: i64,
    pub(super) status: Status,
    pub(super) roles: RoleSet,
    /// Whether the user has an assignment or a pending grant in the part itself, not only above it.
    pub(super) is_assigned: bool,
    /// Whether the mail of a pending grant in the part did not arrive, and the user has not joined there.
    pub(super) is_undelivered: bool,
    pub(super) expires_at: Option<DateTime<Utc>>,
    pub(super) created_at: Option<DateTime<Utc>>,
    pub(super) digest: i64,
}

/// Computes the directory rows of a user from their stored access.
pub(super) fn entries(
    organisation: &Organisation,
    record: &AccessRecord,
    now: DateTime<Utc>,
) -> Result<Vec<Entry>, Error> {
    let tree = &organisation.tree;
    let pending: Vec<PendingGrant> = record.pending.iter().map(|pending| pending.grant.clone()).collect();
    let overviews = PartOverviews::new(tree, &record.assignments, &pending);
    let mut entries = Vec::new();
    for part in parts_touched(organisation, record) {
        let Some(overview) = overviews.of(part, now) else { continue };
        let digest = digest(organisation, &overviews, part, record);
        let PartOverview { status, roles, invitation, .. } = overview;
        // An override with no roles does not count.
        let is_assigned = overviews.assigned(part).any(|roles| !roles.is_empty())
            || overviews.granted(part).next().is_some();
        let is_active = status == Status::Active;
        let expires_at = invitation.map(|index| pending[index].expires_at).filter(|_| !is_active);
        let created_at = overviews.granted(part).map(|index| record.pending[index].created_at).min();
        let created_at = created_at.filter(|_| !is_active);
        let is_undelivered =
            !is_active && overviews.granted(part).any(|index| record.pending[index].is_undelivered());
        let part = organisation.part_key(part)?;
        entries.push(Entry {
            part,
            status,
            roles,
            is_assigned,
            is_undelivered,
            expires_at,
            created_at,
            digest,
        });
    }
    Ok(entries)
}

/// Hashes the access of a user within a part, to detect changes.
///
/// If another version of the program hashes differently, subscribers get an event without a change, which is harmless.
fn digest(
    organisation: &Organisation,
    overviews: &PartOverviews<'_>,
    part: ScopePart,
    record: &AccessRecord,
) -> i64 {
    let mut hasher = DefaultHasher::new();
    for position in part.positions(&organisation.tree) {
        let here = overviews.access().at(position);
        here.assigned.map(roles_to_bits).hash(&mut hasher);
        roles_to_bits(here.inherited).hash(&mut hasher);
        here.inherited_from.hash(&mut hasher);
    }
    let mut pending: Vec<_> = overviews
        .granted(part)
        .map(|index| &record.pending[index])
        .map(|PendingRecord { grant, created_at, delivery }| {
            // A sent mail is deleted after a day, which changes nothing.
            let delivery =
                delivery.filter(|&state| state != DeliveryState::Sent).map(DeliveryState::wire_name);
            let roles = roles_to_bits(grant.roles);
            (grant.node, roles, grant.granted_by, grant.expires_at, *created_at, delivery)
        })
        .collect();
    pending.sort_unstable();
    pending.hash(&mut hasher);
    hasher.finish().cast_signed()
}

/// Returns the creation time of the oldest pending grant at these nodes.
///
/// Managers of these nodes see it as the creation time of the account, so that they learn nothing of other nodes.
pub(in crate::store) fn invited_at(
    organisation: &Organisation,
    within: &NodeSet,
    record: &AccessRecord,
) -> Option<DateTime<Utc>> {
    let is_within = |grant: &PendingGrant| {
        organisation.tree.position(grant.node).is_some_and(|position| within.contains(position))
    };
    let here = record.pending.iter().filter(|pending| is_within(&pending.grant));
    here.map(|pending| pending.created_at).min()
}

/// Returns the parts in which the user can be visible: those with a node at, above or below an assignment or pending
/// grant.
fn parts_touched(organisation: &Organisation, record: &AccessRecord) -> BTreeSet<ScopePart> {
    let tree = &organisation.tree;
    let nodes =
        record.assignments.keys().copied().chain(record.pending.iter().map(|pending| pending.grant.node));
    let mut parts = BTreeSet::new();
    for position in nodes.filter_map(|node| tree.position(node)) {
        parts.extend(tree.ancestors(position).map(|above| ScopePart::Subtree(tree.nodes()[above].id)));
        for below in tree.subtree(position) {
            let id = tree.nodes()[below].id;
            parts.insert(ScopePart::Subtree(id));
            if !tree.is_leaf(below) {
                parts.insert(ScopePart::Node(id));
            }
        }
    }
    parts
}
