use studio_users_contract::{Job, JobAction, JobProgress, JobState, JobStopReason};
use studio_users_domain::{Denial, NodeId, Role};

use crate::i18n::{Language, format, messages};
use crate::state::PermissionContext;

/// The outcome of a bulk action: its job, which has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BulkOutcome(pub(super) Job);

impl BulkOutcome {
    /// Text with the number of changed users.
    pub(super) fn done(&self, language: Language) -> String {
        let done = self.0.progress.done;
        match self.0.action {
            JobAction::Remove => messages::users_removed(language, done),
            JobAction::Restore => messages::users_restored(language, done),
            JobAction::Resend => messages::invitations_resent(language, done),
            JobAction::AddRole => messages::role_added_to_users(language, done),
            JobAction::UndoAddRole => messages::role_taken_back(language, done),
        }
    }

    /// Text with the reason of an early end, and the numbers of unchanged and of refused users. `None` if all were changed.
    pub(super) fn remainder(&self, language: Language) -> Option<String> {
        let JobProgress { state, stop_reason, total, unchanged, refused, .. } = self.0.progress;
        let handled = format::number(language, self.0.progress.handled());
        let total = format::number(language, total);
        let early_end = match (state, stop_reason) {
            (JobState::Failed, _) => Some(messages::job_failed(language, &handled, &total)),
            (JobState::Stopped, Some(JobStopReason::RightsLost)) => {
                Some(messages::job_lost_rights(language, &handled, &total))
            }
            (JobState::Stopped, _) => Some(messages::job_stopped(language, &handled, &total)),
            (JobState::Running | JobState::Done, _) => None,
        };
        let unchanged = (unchanged > 0).then(|| match self.0.action {
            JobAction::AddRole => messages::had_role_already(language, unchanged),
            _ => messages::nothing_to_change(language, unchanged),
        });
        let refused = (refused > 0).then(|| messages::users_denied(language, refused));
        let parts: Vec<_> = early_end.into_iter().chain(unchanged).chain(refused).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    /// Whether the outcome needs more than one line: some users were refused, or the job did not handle all.
    pub(super) fn needs_details(&self) -> bool {
        self.0.progress.refused > 0 || self.0.progress.state != JobState::Done
    }

    /// The whole outcome in one line.
    pub(super) fn summary(&self, language: Language) -> String {
        match (self.0.progress.done, self.remainder(language)) {
            (0, Some(remainder)) => remainder,
            (_, Some(remainder)) => format!("{}. {remainder}", self.done(language)),
            (_, None) => self.done(language),
        }
    }
}

/// Whether the typed text is the number. Ignores thousands separators.
pub(super) fn is_number(typed: &str, number: u32) -> bool {
    let is_separator = |letter: char| letter.is_whitespace() || matches!(letter, '.' | ',' | '’' | '\'');
    let digits: String = typed.chars().filter(|&letter| !is_separator(letter)).collect();
    digits.chars().all(|letter| letter.is_ascii_digit()) && digits.parse() == Ok(number)
}

/// Returns why the current user cannot assign a role at a node. Ignores reasons that depend on the assignee.
pub(super) fn denial(permissions: &PermissionContext, node: NodeId, role: Role) -> Option<Denial> {
    permissions.actor().may_give(node, role.into(), None).err()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::CurrentUser;
    use chrono::DateTime;
    use studio_users_contract::{NodeView, Session, SessionNode, SessionUser};
    use studio_users_domain::{CapabilitySet, NodeKind, UserId};
    use uuid::Uuid;

    fn id(number: u128) -> NodeId {
        NodeId(Uuid::from_u128(number))
    }

    /// A user who manages an agency (1) with two environments (2, 3). They see the provider (0) above it but do not
    /// manage it.
    fn current_user() -> CurrentUser {
        let node = |number, parent: Option<u128>, kind, name: &str| NodeView {
            id: id(number),
            parent_id: parent.map(id),
            kind,
            name: name.into(),
            own_managers: None,
            disabled_roles: (number == 3).then(|| Role::Planner | Role::Developer),
        };
        let held = |number| SessionNode {
            node_id: id(number),
            roles: Role::OrganisationManager.into(),
            inherited: number > 1,
            capabilities: CapabilitySet::empty(),
            notified: None,
        };
        let user = SessionUser {
            id: UserId(Uuid::nil()),
            name: None,
            email: "m@x.example".into(),
            locale: None,
            digests: true,
        };
        let managed = [1, 2, 3];
        CurrentUser::new(
            Session {
                user,
                managed: managed.map(id).to_vec(),
                nodes: managed.map(held).to_vec(),
                view: None,
            },
            vec![
                node(0, None, NodeKind::Provider, "Provider"),
                node(1, Some(0), NodeKind::Agency, "Northwind"),
                node(2, Some(1), NodeKind::Environment, "Harbor Bank"),
                node(3, Some(1), NodeKind::Environment, "City Clinic"),
            ],
        )
    }

    fn outcome(progress: JobProgress) -> BulkOutcome {
        BulkOutcome(Job {
            id: Uuid::nil(),
            action: JobAction::AddRole,
            node_id: Some(id(2)),
            role: Some(Role::Agent),
            undo_of: None,
            progress,
            refusals: Vec::new(),
            created_at: DateTime::UNIX_EPOCH,
            ended_at: Some(DateTime::UNIX_EPOCH),
            can_undo: true,
        })
    }

    #[test]
    fn says_why_a_job_ended_early() {
        let progress = |state, stop_reason| JobProgress {
            state,
            stop_reason,
            total: 9_000,
            done: 1_200,
            unchanged: 0,
            refused: 40,
        };
        let summary = |state, reason| {
            let outcome = outcome(progress(state, reason));
            assert!(outcome.needs_details());
            outcome.summary(Language::En)
        };
        let requested = summary(JobState::Stopped, Some(JobStopReason::Requested));
        assert_eq!(
            requested,
            "Role added to 1,200 users. Stopped after 1,240 of 9,000 users. Not allowed for 40 users."
        );
        assert!(summary(JobState::Stopped, Some(JobStopReason::RightsLost)).contains("your access changed"));
        assert!(summary(JobState::Failed, None).contains("Failed after 1,240 of 9,000 users."));
    }

    #[test]
    fn accepts_thousands_separators_in_the_typed_number() {
        for typed in ["4211", " 4,211", "4.211", "4 211", "4’211", "4\u{a0}211"] {
            assert!(is_number(typed, 4211), "{typed}");
        }
        for typed in ["", "421", "42110", "4211x", "-4211", "four"] {
            assert!(!is_number(typed, 4211), "{typed}");
        }
    }

    #[test]
    fn offers_managed_nodes_only() {
        let current_user = current_user();
        let found = |search| {
            let found = current_user.find_managed(search).into_iter();
            let named = |at: usize| (current_user.nodes[at].name.clone(), current_user.managed_depth(at));
            found.map(named).collect::<Vec<_>>()
        };
        let all = [("Northwind".to_owned(), 0), ("Harbor Bank".to_owned(), 1), ("City Clinic".to_owned(), 1)];
        assert_eq!(found(""), all);
        assert_eq!(found(" BANK "), all[1..2]);
        assert_eq!(found("bánk  HARBOR"), all[1..2]);
        assert!(found("provider").is_empty());
    }

    #[test]
    fn returns_the_denial_of_an_unassignable_role() {
        let permissions = PermissionContext::of(&current_user()).unwrap();
        let denied = |node, role| denial(&permissions, id(node), role);
        assert_eq!(denied(2, Role::Planner), None);
        assert_eq!(denied(3, Role::Planner), Some(Denial::NotLicensed));
        assert_eq!(
            denied(1, Role::Planner),
            Some(Denial::NotLicensed),
            "the role would also apply to the environments below"
        );
        assert_eq!(denied(2, Role::Administrator), Some(Denial::NeedsAdministrator));
        assert_eq!(denied(0, Role::Agent), Some(Denial::NotManaged));
    }
}
