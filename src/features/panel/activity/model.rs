use chrono::{DateTime, Datelike, NaiveDate, TimeZone, Utc};
use studio_users_contract::{
    ADDRESS_VERIFIED, Action, ActorKind, AuditEntry, AuditPerson, ERASED, GRANT_NOT_ALLOWED, ViewEnd, path,
};
use studio_users_domain::{RoleSet, UserId, capabilities_of};

use crate::i18n::{Language, format, messages, relative_time};
use crate::ui::{Glyph, PLACEHOLDERS};

/// The entries of one calendar day, in the browser's time zone.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Day {
    pub(super) date: NaiveDate,
    /// The time of the newest entry.
    pub(super) at: DateTime<Utc>,
    /// The entries, newest first.
    pub(super) entries: Vec<AuditEntry>,
}

/// Groups entries by day. The entries must be sorted newest first.
pub(super) fn days(entries: &[AuditEntry], zone: &impl TimeZone) -> Vec<Day> {
    let mut days = Vec::<Day>::new();
    for entry in entries {
        let date = relative_time::day(entry.at, zone);
        match days.last_mut() {
            Some(day) if day.date == date => day.entries.push(entry.clone()),
            _ => days.push(Day { date, at: entry.at, entries: vec![entry.clone()] }),
        }
    }
    days
}

/// Formats a day, as in "Today, 19 November" or "Monday 17 November". Adds the year if it is not the current one.
pub(super) fn day_name(language: Language, day: &Day, now: DateTime<Utc>, zone: &impl TimeZone) -> String {
    let today = relative_time::day(now, zone);
    match (today - day.date).num_days() {
        0 => messages::today_date(language, &format::long_date(language, day.at)),
        1 => messages::yesterday_date(language, &format::long_date(language, day.at)),
        _ => format::weekday_date(language, day.at, day.date.year() != today.year()),
    }
}

/// Returns the icon of an action.
pub(super) const fn glyph(action: Action) -> Glyph {
    match action {
        Action::UserInvited => Glyph::UserPlus,
        Action::InvitationSent => Glyph::Send,
        Action::InvitationResent | Action::InvitationCorrected | Action::SignInLinkCreated => Glyph::Mail,
        Action::InvitationLinkCopied => Glyph::Clipboard,
        Action::InvitationRevoked => Glyph::LinkOff,
        Action::InvitationAccepted => Glyph::Check,
        Action::NodeAdded | Action::NodeMoved | Action::LicenceChanged => Glyph::Layers,
        Action::RolesChanged | Action::UserRenamed => Glyph::Role,
        Action::UserRemoved => Glyph::Trash,
        Action::UserRestored => Glyph::Reset,
        Action::ViewStarted | Action::ViewEnded | Action::ViewRefused => Glyph::ViewAs,
        Action::SessionStarted => Glyph::SignIn,
        Action::SessionEnded => Glyph::Exit,
        Action::UsersExported | Action::AuditExported | Action::PersonExported => Glyph::Export,
        Action::Unknown => Glyph::Clock,
    }
}

/// Returns the name of an action in the filter menu.
pub(super) fn action_name(language: Language, action: Action) -> &'static str {
    match action {
        Action::UserInvited => messages::action_invited(language),
        Action::InvitationSent => messages::action_sent(language),
        Action::InvitationResent => messages::action_resent(language),
        Action::InvitationLinkCopied => messages::action_link_copied(language),
        Action::InvitationRevoked => messages::action_revoked(language),
        Action::InvitationCorrected => messages::action_corrected(language),
        Action::InvitationAccepted => messages::action_accepted(language),
        Action::UserRenamed => messages::action_renamed(language),
        Action::AuditExported => messages::action_audit_exported(language),
        Action::SignInLinkCreated => messages::action_sign_in_link(language),
        Action::PersonExported => messages::action_person_exported(language),
        Action::NodeAdded => messages::action_node_added(language),
        Action::NodeMoved => messages::action_node_moved(language),
        Action::LicenceChanged => messages::action_licence(language),
        Action::RolesChanged => messages::action_roles(language),
        Action::UserRemoved => messages::action_removed(language),
        Action::UserRestored => messages::action_restored(language),
        Action::ViewStarted => messages::action_view_started(language),
        Action::ViewEnded => messages::action_view_ended(language),
        Action::ViewRefused => messages::action_view_refused(language),
        Action::SessionStarted => messages::action_signed_in(language),
        Action::SessionEnded => messages::action_signed_out(language),
        Action::UsersExported => messages::action_exported(language),
        Action::Unknown => messages::action_unknown(language),
    }
}

/// The users of an entry from the view of the current user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Perspective {
    /// The actor and the target are the current user.
    YouYourself,
    /// The actor and the target are one other user.
    Themselves,
    /// The target is the current user, and the actor is not.
    You,
    /// The target is another user than the actor and the current user, or there is no target.
    Other,
}

impl Perspective {
    /// Returns the perspective on an entry with these users. `is_you` recognises the current user.
    pub(super) fn of(
        actor: Option<&AuditPerson>,
        target: Option<&AuditPerson>,
        is_you: impl Fn(UserId) -> bool,
    ) -> Self {
        match (actor.map(|actor| actor.id), target.map(|target| target.id)) {
            (Some(actor), Some(target)) if actor == target && is_you(actor) => Self::YouYourself,
            (Some(actor), Some(target)) if actor == target => Self::Themselves,
            (_, Some(target)) if is_you(target) => Self::You,
            _ => Self::Other,
        }
    }
}

/// Returns the sentence of an entry, with [`PLACEHOLDERS`] for the actor, the target and the node.
pub(super) fn sentence(language: Language, action: Action, perspective: Perspective) -> String {
    let [actor, target, node] = PLACEHOLDERS;
    match action {
        Action::UserInvited => messages::did_invite(language, actor, target, node),
        Action::InvitationSent => messages::did_send(language, actor, target, node),
        Action::InvitationResent => messages::did_resend(language, actor, target, node),
        Action::InvitationLinkCopied => messages::did_copy_link(language, actor, target, node),
        Action::InvitationRevoked if perspective == Perspective::You => {
            messages::did_revoke_yours(language, actor, node)
        }
        Action::InvitationRevoked => messages::did_revoke(language, actor, target, node),
        Action::InvitationCorrected => messages::did_correct(language, actor, target, node),
        Action::InvitationAccepted => messages::did_accept(language, actor, node),
        Action::UserRenamed if perspective == Perspective::YouYourself => {
            messages::you_renamed(language, actor, target)
        }
        Action::UserRenamed => messages::did_rename(language, actor, target),
        Action::AuditExported => messages::did_export_audit_log(language, actor),
        Action::SignInLinkCreated => messages::did_create_sign_in_link(language, actor, target),
        Action::PersonExported if perspective == Perspective::You => {
            messages::did_export_your_data(language, actor)
        }
        Action::PersonExported => messages::did_export_person(language, actor, target),
        Action::NodeAdded => messages::did_add_node(language, actor, node),
        Action::NodeMoved => messages::did_move_node(language, actor, node),
        Action::LicenceChanged => messages::did_change_licence(language, actor, node),
        Action::RolesChanged => match perspective {
            Perspective::YouYourself => messages::you_changed_own_roles(language, actor, node),
            Perspective::Themselves => messages::did_change_own_roles(language, actor, node),
            Perspective::You => messages::did_change_your_roles(language, actor, node),
            Perspective::Other => messages::did_change_roles(language, actor, target, node),
        },
        Action::UserRemoved => messages::did_remove(language, actor, target, node),
        Action::UserRestored => messages::did_restore(language, actor, target, node),
        Action::ViewStarted => messages::did_start_view(language, actor, target, node),
        Action::ViewEnded => messages::did_end_view(language, actor, target, node),
        Action::ViewRefused => messages::did_try_change(language, actor, target, node),
        Action::SessionStarted => messages::did_sign_in(language, actor),
        Action::SessionEnded => messages::did_sign_out(language, actor),
        Action::UsersExported => messages::did_export(language, actor),
        Action::Unknown => messages::did_unknown(language, actor),
    }
}

/// Returns the name of an actor who is not a user with a known name.
pub(super) fn actor_name(language: Language, kind: ActorKind) -> &'static str {
    match kind {
        ActorKind::System => messages::actor_system(language),
        ActorKind::CommandLine => messages::actor_command_line(language),
        ActorKind::ServiceToken => messages::actor_service_token(language),
        // Hidden, or erased by the operator.
        ActorKind::Person | ActorKind::Unknown => messages::actor_unknown(language),
    }
}

/// Whether the action is about impersonation (`view.*`).
pub(super) const fn is_view_action(action: Action) -> bool {
    matches!(action, Action::ViewStarted | Action::ViewEnded | Action::ViewRefused)
}

/// Returns the name of an operation that was refused during impersonation, such as `DELETE /api/v1/users/{id}`.
/// Returns an operation of a newer backend unchanged.
pub(super) fn operation_name(language: Language, operation: &str) -> String {
    let name = match operation.split_once(' ') {
        Some(("PATCH", path::USER_ACCESS)) => messages::operation_change_access(language),
        Some(("DELETE", path::USER)) => messages::operation_remove(language),
        Some(("POST", path::USER_RESTORE)) => messages::operation_restore(language),
        Some(("POST", path::USERS_BULK)) => messages::operation_bulk(language),
        Some(("POST", path::JOB_STOP)) => messages::operation_stop_job(language),
        Some(("POST", path::JOB_UNDO)) => messages::operation_undo_job(language),
        Some(("POST", path::INVITATIONS)) => messages::operation_invite(language),
        Some(("POST", path::USER_INVITATION_LINK)) => messages::operation_copy_link(language),
        Some(("POST", path::USER_INVITATION_RESEND)) => messages::operation_resend(language),
        Some(("POST", path::USER_INVITATION_CORRECT)) => messages::operation_correct(language),
        Some(("DELETE", path::USER_INVITATION)) => messages::operation_revoke(language),
        Some(("POST", path::INVITATIONS_ACCEPT)) => messages::operation_accept(language),
        Some(("POST", path::VIEWS)) => messages::operation_view(language),
        Some(("PATCH", path::SESSION)) => messages::operation_profile(language),
        Some(("DELETE", path::SESSION | path::SESSION_BY_ID)) => messages::operation_sign_out(language),
        Some(("POST", path::SESSIONS | path::DEMO_SESSIONS | path::SIGN_IN_LINKS)) => {
            messages::operation_sign_in(language)
        }
        _ => return operation.to_owned(),
    };
    name.to_owned()
}

/// Returns the text for a reason that is a code of the backend. `None` if the actor entered the reason.
pub(super) fn coded_reason(language: Language, action: Action, reason: &str) -> Option<&'static str> {
    match action {
        Action::ViewEnded => Some(view_end_reason(language, reason)),
        Action::InvitationRevoked if reason == GRANT_NOT_ALLOWED => {
            Some(messages::grant_not_allowed(language))
        }
        Action::SessionEnded if reason == ADDRESS_VERIFIED => Some(messages::address_verified(language)),
        Action::UserRemoved if reason == ERASED => Some(messages::personal_data_erased(language)),
        _ => None,
    }
}

/// Returns the text for the reason why an impersonation ended.
fn view_end_reason(language: Language, wire_name: &str) -> &'static str {
    match ViewEnd::ALL.into_iter().find(|end| end.wire_name() == wire_name) {
        Some(ViewEnd::Exited) => messages::view_end_exited(language),
        Some(ViewEnd::Expired) => messages::view_end_expired(language),
        Some(ViewEnd::ConditionsLost) => messages::view_end_conditions_lost(language),
        Some(ViewEnd::SignedOut) => messages::view_end_signed_out(language),
        Some(ViewEnd::Replaced) => messages::view_end_replaced(language),
        Some(ViewEnd::Unknown) | None => messages::view_end_unknown(language),
    }
}

/// Whether a change of roles took away capabilities. Returns `false` if the roles before or after were inherited, as
/// the entry does not contain those.
pub(super) fn reduces_access(before: Option<RoleSet>, after: Option<RoleSet>) -> bool {
    let (Some(before), Some(after)) = (before, after) else { return false };
    !capabilities_of(after).is_superset(capabilities_of(before))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use studio_users_contract::AuditDetails;
    use studio_users_domain::Role;
    use uuid::Uuid;

    #[test]
    fn groups_entries_by_local_day() {
        let at = |hours| DateTime::<Utc>::from_timestamp(1_795_435_200, 0).unwrap() + TimeDelta::hours(hours);
        let entry = |hours| AuditEntry {
            id: Uuid::nil(),
            at: at(hours),
            action: Action::SessionStarted,
            actor_kind: ActorKind::Person,
            actor: None,
            target: None,
            node: None,
            view: None,
            details: AuditDetails::default(),
        };
        let entries = [entry(0), entry(-11), entry(-13), entry(-40)];
        // The newest entry is at noon UTC. The one 13 hours before is from the previous day in UTC, but not in UTC+2.
        let counts = |offset: i32| {
            let days = days(&entries, &chrono::FixedOffset::east_opt(offset * 3_600).unwrap());
            days.iter().map(|day| day.entries.len()).collect::<Vec<_>>()
        };
        assert_eq!(counts(0), [2, 1, 1]);
        assert_eq!(counts(2), [3, 1]);
    }

    #[test]
    fn names_every_operation_that_impersonation_refuses() {
        let contract: serde_json::Value =
            serde_json::from_str(include_str!("../../../../openapi.json")).unwrap();
        let mut changes = 0;
        for (path, methods) in contract["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let ends_view = method == "delete" && path == path::VIEW;
                if operation["x-changes"] == true && !ends_view {
                    let operation = format!("{} {path}", method.to_ascii_uppercase());
                    let names = Language::ALL.map(|language| operation_name(language, &operation));
                    assert!(names.iter().all(|name| *name != operation), "no name for {operation}");
                    changes += 1;
                }
            }
        }
        assert!(changes > 10);
    }

    #[test]
    fn addresses_the_current_user() {
        let person = |number: u128| AuditPerson { id: UserId(Uuid::from_u128(number)), name: String::new() };
        let (you, maud, sanne) = (person(1), person(2), person(3));
        let sentence = |language, action, actor: &AuditPerson, target: &AuditPerson| {
            let perspective = Perspective::of(Some(actor), Some(target), |user| user == you.id);
            let text = sentence(language, action, perspective);
            let names = ["{actor}", "{target}", "{node}"];
            PLACEHOLDERS
                .iter()
                .zip(names)
                .fold(text, |text, (placeholder, name)| text.replace(placeholder, name))
        };
        let roles = |actor, target| sentence(Language::En, Action::RolesChanged, actor, target);
        assert_eq!(roles(&maud, &you), "{actor} changed your roles in {node}");
        assert_eq!(roles(&you, &you), "{actor} changed your own roles in {node}");
        assert_eq!(roles(&maud, &maud), "{actor} changed their own roles in {node}");
        assert_eq!(roles(&you, &maud), "{actor} changed the roles of {target} in {node}");
        assert_eq!(roles(&maud, &sanne), "{actor} changed the roles of {target} in {node}");
        let revoked = sentence(Language::Nl, Action::InvitationRevoked, &maud, &you);
        assert_eq!(revoked, "{actor} trok jouw uitnodiging voor {node} in");
    }

    #[test]
    fn names_every_kind_of_actor() {
        use ActorKind as K;
        for kind in [K::Person, K::ServiceToken, K::System, K::CommandLine, K::Unknown] {
            let [english, dutch] = Language::ALL.map(|language| actor_name(language, kind));
            assert_ne!(english, dutch);
        }
        assert_eq!(actor_name(Language::En, K::System), "The system");
    }

    #[test]
    fn translates_the_codes_of_the_backend() {
        for (action, reason) in [
            (Action::ViewEnded, "exited"),
            (Action::InvitationRevoked, GRANT_NOT_ALLOWED),
            (Action::SessionEnded, ADDRESS_VERIFIED),
            (Action::UserRemoved, ERASED),
        ] {
            assert!(action.has_coded_reason());
            let texts = Language::ALL.map(|language| coded_reason(language, action, reason).unwrap());
            assert_ne!(texts[0], texts[1], "{reason}");
        }
        for action in Action::ALL.into_iter().filter(|action| !action.has_coded_reason()) {
            assert_eq!(coded_reason(Language::En, action, ERASED), None);
        }
    }

    #[test]
    fn detects_reduced_access_only_if_both_sides_are_known() {
        let (operator, agent) = (Some(RoleSet::only(Role::Operator)), Some(RoleSet::only(Role::Agent)));
        assert!(reduces_access(operator, agent));
        assert!(!reduces_access(agent, operator));
        assert!(!reduces_access(None, agent) && !reduces_access(operator, None));
    }
}
