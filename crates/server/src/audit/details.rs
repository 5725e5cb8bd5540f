//! Splits the details of an entry into those that are always kept, and personal texts that can be erased.

use serde::{Deserialize, Serialize};
use studio_users_contract::{Action, ActorKind, AuditDetails};

/// The personal texts of the details.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct PersonalDetails {
    /// The reason, as a manager entered it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The browser and operating system of the actor.
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    /// The search text of an export.
    #[serde(skip_serializing_if = "Option::is_none")]
    search: Option<String>,
}

/// The details as stored, with the kind of actor. So the hash of the entry covers the kind too.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StoredDetails {
    #[serde(flatten)]
    pub(crate) details: AuditDetails,
    /// `None` for a person, if the entry has an actor, or else for the system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<ActorKind>,
}

impl StoredDetails {
    /// `source` is who acted in an entry without an actor.
    pub(super) fn new(details: AuditDetails, has_actor: bool, source: ActorKind) -> Self {
        let is_implied = has_actor || source == ActorKind::System;
        Self { details, by: (!is_implied).then_some(source) }
    }

    /// Returns the kind of actor of an entry with or without an actor.
    pub(crate) fn actor_kind(&self, has_actor: bool) -> ActorKind {
        self.by.unwrap_or(if has_actor { ActorKind::Person } else { ActorKind::System })
    }
}

impl PersonalDetails {
    /// Puts the texts back into the details.
    pub(crate) fn merge_into(self, details: &mut AuditDetails) {
        details.reason = details.reason.take().or(self.reason);
        details.device = details.device.take().or(self.device);
        if let Some(exported) = &mut details.exported {
            exported.search = exported.search.take().or(self.search);
        }
    }
}

/// Returns the details without personal texts, and the texts, if there are any.
pub(super) fn split_details(
    action: Action,
    details: &AuditDetails,
) -> (AuditDetails, Option<PersonalDetails>) {
    let mut kept = details.clone();
    let personal = PersonalDetails {
        reason: if action.has_coded_reason() { None } else { kept.reason.take() },
        device: kept.device.take(),
        search: kept.exported.as_mut().and_then(|exported| exported.search.take()),
    };
    let is_empty = personal == PersonalDetails::default();
    (kept, (!is_empty).then_some(personal))
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio_users_contract::ExportFilters;

    #[test]
    fn splits_and_merges_all_texts() {
        let details = AuditDetails {
            reason: Some("Asks for help".into()),
            device: Some("Firefox on Linux".into()),
            exported: Some(ExportFilters { search: Some("Ada".into()), ..ExportFilters::default() }),
            ..AuditDetails::default()
        };
        for action in Action::ALL {
            let (mut kept, personal) = split_details(action, &details);
            let text = serde_json::to_string(&kept).unwrap();
            assert!(!text.contains("Firefox") && !text.contains("Ada"), "{text}");
            assert_eq!(text.contains("help"), action.has_coded_reason());
            personal.unwrap().merge_into(&mut kept);
            assert_eq!(kept, details);
        }
        assert_eq!(split_details(Action::ViewStarted, &AuditDetails::default()).1, None);
    }
}
