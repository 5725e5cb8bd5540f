//! The check of a change at every node and at every moment.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::Actor;
use crate::timeline::{State, Timeline};
use crate::{Access, Change, Denial, Role, RoleSet, licensed_roles};

impl Actor<'_> {
    /// Checks a change in the present and at each later moment. Returns the denial that comes first in their order.
    pub(super) fn check_over_time(&self, change: &Change) -> Option<Denial> {
        change.timelines().filter_map(|timeline| self.check_timeline(timeline, change)).min()
    }

    /// Checks whether the actor may give roles at these positions, until a moment, to a user without any access.
    pub(super) fn check_gift(
        &self,
        positions: std::ops::Range<usize>,
        roles: RoleSet,
        until: Option<DateTime<Utc>>,
    ) -> Result<(), Denial> {
        let changes = || positions.clone().map(|position| (position, RoleSet::empty(), roles));
        let denied = changes().filter_map(|(at, before, after)| self.check(at, before, after, true)).min();
        let later = self.moments().into_iter().filter(|moment| until.is_none_or(|until| *moment < until));
        let mut outlasts = later.filter_map(|moment| self.outlasts(moment, changes()));
        denied.or_else(|| outlasts.next()).map_or(Ok(()), Err)
    }

    fn check_timeline(&self, timeline: &Timeline, change: &Change) -> Option<Denial> {
        let check = |state: &State| {
            let changes = state.changes();
            changes
                .filter_map(|(at, before, after)| self.check(at, before, after, change.asks_licence()))
                .min()
        };
        let present = check(timeline.present());
        if change.is_for_now() {
            return present;
        }
        let mut moments = self.moments();
        moments.extend(timeline.moments());
        let later = moments.into_iter().filter_map(|moment| {
            let state = timeline.at(Some(moment));
            check(state).or_else(|| self.outlasts(moment, state.changes()))
        });
        present.into_iter().chain(later).min()
    }

    /// Checks one change of the effective roles at a node against the actor's access in the present.
    fn check(&self, position: usize, before: RoleSet, after: RoleSet, asks_licence: bool) -> Option<Denial> {
        if before == after {
            return None;
        }
        let gained = after - before;
        let has_administrator = (before | after).contains(Role::Administrator);
        if !self.managed.contains(position) {
            return (has_administrator || !gained.is_empty()).then_some(Denial::ReachesBeyond);
        }
        if has_administrator && !is_administrator(&self.access, position) {
            return Some(Denial::NeedsAdministrator);
        }
        let is_licensed = !asks_licence || gained.is_subset(licensed_roles(self.tree, position));
        (!is_licensed).then_some(Denial::NotLicensed)
    }

    /// Returns a denial if a user gains a role, from a later moment on, that the actor can no longer give then.
    fn outlasts(
        &self,
        moment: DateTime<Utc>,
        changes: impl Iterator<Item = (usize, RoleSet, RoleSet)>,
    ) -> Option<Denial> {
        let mut gains = changes.filter(|(_, before, after)| !after.is_subset(*before)).peekable();
        gains.peek()?;
        let access = self.held?.later(moment).access(self.tree);
        let has_ended = |(position, before, after): (usize, RoleSet, RoleSet)| {
            let needs_administrator = (before | after).contains(Role::Administrator);
            !access.at(position).manages() || needs_administrator && !is_administrator(&access, position)
        };
        gains.any(has_ended).then_some(Denial::OutlastsOwn)
    }

    /// The moments at which the actor's own access changes by itself.
    fn moments(&self) -> BTreeSet<DateTime<Utc>> {
        self.held.map(crate::HeldAccess::moments).unwrap_or_default()
    }
}

impl State {
    /// The effective roles at each position, before and after the change.
    fn changes(&self) -> impl Iterator<Item = (usize, RoleSet, RoleSet)> + '_ {
        let states = self.before.iter().zip(self.after.iter());
        states.enumerate().map(|(position, (before, after))| (position, before.effective, after.effective))
    }
}

fn is_administrator(access: &Access, position: usize) -> bool {
    access.at(position).effective.contains(Role::Administrator)
}
