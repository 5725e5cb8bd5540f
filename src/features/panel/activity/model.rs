use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Utc};
use studio_users_contract::{Action, AuditEntry, ViewEnd, path};
use studio_users_domain::{RoleSet, capabilities_of};

use crate::i18n::{Language, format, messages};
use crate::ui::Glyph;

/// The entries of one day of the reader's calendar.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Day {
    /// The day.
    pub(super) date: NaiveDate,
    /// When the last of them happened.
    pub(super) at: DateTime<Utc>,
    /// The entries, the newest first.
    pub(super) entries: Vec<AuditEntry>,
}

/// Entries, the newest first, by day.
pub(super) fn days(entries: &[AuditEntry], offset: FixedOffset) -> Vec<Day> {
    let mut days = Vec::<Day>::new();
    for entry in entries {
        let date = entry.at.with_timezone(&offset).date_naive();
        match days.last_mut() {
            Some(day) if day.date == date => day.entries.push(entry.clone()),
            _ => days.push(Day { date, at: entry.at, entries: vec![entry.clone()] }),
        }
    }
    days
}

/// "Today, 19 November", "Monday 17 November", with the year where it is another.
pub(super) fn day_name(language: Language, day: &Day, now: DateTime<Utc>, offset: FixedOffset) -> String {
    let today = now.with_timezone(&offset).date_naive();
    match (today - day.date).num_days() {
        0 => messages::today_day(language, &format::long_day(language, day.at)),
        1 => messages::yesterday_day(language, &format::long_day(language, day.at)),
        _ => format::weekday(language, day.at, day.date.year() != today.year()),
    }
}

/// What an entry's kind is drawn as.
pub(super) const fn glyph(action: Action) -> Glyph {
    match action {
        Action::UserInvited => Glyph::UserPlus,
        Action::InvitationSent => Glyph::Send,
        Action::InvitationResent => Glyph::Mail,
        Action::InvitationLinkCopied => Glyph::Clipboard,
        Action::InvitationRevoked => Glyph::LinkOff,
        Action::InvitationAccepted => Glyph::Check,
        Action::RolesChanged => Glyph::Role,
        Action::UserRemoved => Glyph::Trash,
        Action::UserRestored => Glyph::Reset,
        Action::ViewStarted | Action::ViewEnded | Action::ViewRefused => Glyph::ViewAs,
        Action::SessionStarted => Glyph::SignIn,
        Action::SessionEnded => Glyph::Exit,
        Action::UsersExported => Glyph::Export,
        Action::Unknown => Glyph::Clock,
    }
}

/// What an action is called where entries are filtered by it.
pub(super) fn action_name(language: Language, action: Action) -> &'static str {
    match action {
        Action::UserInvited => messages::action_invited(language),
        Action::InvitationSent => messages::action_sent(language),
        Action::InvitationResent => messages::action_resent(language),
        Action::InvitationLinkCopied => messages::action_link_copied(language),
        Action::InvitationRevoked => messages::action_revoked(language),
        Action::InvitationAccepted => messages::action_accepted(language),
        Action::RolesChanged => messages::action_roles(language),
        Action::UserRemoved => messages::action_removed(language),
        Action::UserRestored => messages::action_restored(language),
        Action::ViewStarted => messages::action_view_started(language),
        Action::ViewEnded => messages::action_view_ended(language),
        Action::ViewRefused => messages::action_view_refused(language),
        Action::SessionStarted => messages::action_signed_in(language),
        Action::SessionEnded => messages::action_signed_out(language),
        Action::UsersExported => messages::action_exported(language),
        Action::Unknown => messages::did_something(language),
    }
}

/// What somebody did, after their name.
pub(super) fn deed(language: Language, action: Action) -> &'static str {
    match action {
        Action::UserInvited => messages::did_invite(language),
        Action::InvitationSent => messages::did_send(language),
        Action::InvitationResent => messages::did_resend(language),
        Action::InvitationLinkCopied => messages::did_copy_link(language),
        Action::InvitationRevoked => messages::did_revoke(language),
        Action::InvitationAccepted => messages::did_accept(language),
        Action::RolesChanged => messages::did_change_roles(language),
        Action::UserRemoved => messages::did_remove(language),
        Action::UserRestored => messages::did_restore(language),
        Action::ViewStarted => messages::did_view(language),
        Action::ViewEnded => messages::did_end_view(language),
        Action::ViewRefused => messages::did_try(language),
        Action::SessionStarted => messages::did_sign_in(language),
        Action::SessionEnded => messages::did_sign_out(language),
        Action::UsersExported => messages::did_export(language),
        Action::Unknown => messages::did_something(language),
    }
}

/// How the target follows the deed: by itself, after "of", or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Object {
    /// "invited Sanne".
    Plain,
    /// "changed the roles of Sanne".
    Of,
    /// "signed in".
    None,
}

/// How the target of an action is told.
pub(super) const fn object(action: Action) -> Object {
    match action {
        Action::UserInvited
        | Action::UserRemoved
        | Action::UserRestored
        | Action::ViewStarted
        | Action::ViewEnded
        | Action::ViewRefused => Object::Plain,
        Action::InvitationSent
        | Action::InvitationResent
        | Action::InvitationLinkCopied
        | Action::InvitationRevoked
        | Action::RolesChanged => Object::Of,
        Action::InvitationAccepted
        | Action::SessionStarted
        | Action::SessionEnded
        | Action::UsersExported
        | Action::Unknown => Object::None,
    }
}

/// Whether entries of this action belong to a view.
pub(super) const fn is_of_view(action: Action) -> bool {
    matches!(action, Action::ViewStarted | Action::ViewEnded | Action::ViewRefused)
}

/// What was refused inside a view, in words; as it stands where it is of a newer backend.
pub(super) fn operation_words(language: Language, operation: &str) -> String {
    let words = match operation.split_once(' ') {
        Some(("PATCH", path::USER_ACCESS)) => messages::op_change_access(language),
        Some(("DELETE", path::USER)) => messages::op_remove(language),
        Some(("POST", path::USER_RESTORE)) => messages::op_restore(language),
        Some(("POST", path::USERS_BULK)) => messages::op_bulk(language),
        Some(("POST", path::INVITATIONS)) => messages::op_invite(language),
        Some(("POST", path::USER_INVITATION_LINK)) => messages::op_copy_link(language),
        Some(("POST", path::USER_INVITATION_RESEND)) => messages::op_resend(language),
        Some(("DELETE", path::USER_INVITATION)) => messages::op_revoke(language),
        Some(("POST", path::INVITATIONS_ACCEPT)) => messages::op_accept(language),
        Some(("POST", path::VIEWS)) => messages::op_view(language),
        Some(("PATCH", path::SESSION)) => messages::op_profile(language),
        Some(("DELETE", path::SESSION | path::SESSION_BY_ID)) => messages::op_sign_out(language),
        Some(("POST", path::SESSIONS | path::DEMO_SESSIONS | path::SIGN_IN_LINKS)) => {
            messages::op_sign_in(language)
        }
        _ => return operation.to_owned(),
    };
    words.to_owned()
}

/// Why a view ended, in words.
pub(super) fn view_end_words(language: Language, wire_name: &str) -> &'static str {
    match ViewEnd::ALL.into_iter().find(|end| end.wire_name() == wire_name) {
        Some(ViewEnd::Exited) => messages::end_exited(language),
        Some(ViewEnd::Expired) => messages::end_expired(language),
        Some(ViewEnd::ConditionsLost) => messages::end_conditions_lost(language),
        Some(ViewEnd::SignedOut) => messages::end_signed_out(language),
        Some(ViewEnd::Replaced) => messages::end_replaced(language),
        Some(ViewEnd::Unknown) | None => messages::end_unknown(language),
    }
}

/// Whether a change of roles left less than it found. What was inherited on either side is not known.
pub(super) fn is_less(before: Option<RoleSet>, after: Option<RoleSet>) -> bool {
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
    fn entries_are_grouped_by_the_days_of_the_readers_calendar() {
        let at = |hours| DateTime::<Utc>::from_timestamp(1_795_435_200, 0).unwrap() + TimeDelta::hours(hours);
        let entry = |hours| AuditEntry {
            id: Uuid::nil(),
            at: at(hours),
            action: Action::SessionStarted,
            actor: None,
            target: None,
            node: None,
            view: None,
            details: AuditDetails::default(),
        };
        let entries = [entry(0), entry(-11), entry(-13), entry(-40)];
        // It is noon in UTC and one o'clock for the reader: 23 hours ago it was yesterday.
        let counts = |offset: i32| {
            let days = days(&entries, FixedOffset::east_opt(offset * 3_600).unwrap());
            days.iter().map(|day| day.entries.len()).collect::<Vec<_>>()
        };
        assert_eq!(counts(0), [2, 1, 1]);
        assert_eq!(counts(2), [3, 1]);
    }

    #[test]
    fn whatever_the_contract_refuses_inside_a_view_has_words() {
        let contract: serde_json::Value =
            serde_json::from_str(include_str!("../../../../openapi.json")).unwrap();
        let mut changes = 0;
        for (path, methods) in contract["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let ends_view = method == "delete" && path == path::VIEW;
                if operation["x-changes"] == true && !ends_view {
                    let told = format!("{} {path}", method.to_ascii_uppercase());
                    let words = Language::ALL.map(|language| operation_words(language, &told));
                    assert!(words.iter().all(|words| *words != told), "{told}");
                    changes += 1;
                }
            }
        }
        assert!(changes > 10);
    }

    #[test]
    fn less_is_told_where_both_sides_are_known() {
        let (operator, agent) = (Some(RoleSet::only(Role::Operator)), Some(RoleSet::only(Role::Agent)));
        assert!(is_less(operator, agent));
        assert!(!is_less(agent, operator));
        assert!(!is_less(None, agent) && !is_less(operator, None));
    }
}
