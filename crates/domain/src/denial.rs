use serde::{Deserialize, Serialize};

use crate::Language;

/// Why something is not allowed. The backend answers it, and the page shows its sentence on the control that is
/// locked. Where several apply, the first in this order is the one that is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Denial {
    /// The actor views as somebody: a view only shows.
    InsideView,
    /// The actor would remove themselves.
    OwnRemoval,
    /// The actor would view as themselves.
    OwnView,
    /// Something would change at a node that the actor does not manage.
    NotManaged,
    /// Roles would be gained, or an administrator touched, at a node below that the actor does not manage. Which
    /// one is not told.
    ReachesBeyond,
    /// Roles would change where Administrator is among them, and the actor is no administrator there.
    NeedsAdministrator,
    /// A role would be gained at a node whose licence disables it.
    NotLicensed,
    /// The actor would stop managing a node, by their own hand.
    OwnManagement,
    /// A node that has a joined manager would be left without one.
    LastManager,
    /// No invitation waits for an answer at the nodes that the actor manages.
    NoInvitation,
    /// The invitation has expired: a link to it would not work.
    InvitationExpired,
    /// There is no node that the actor manages at which the user has, or will have, access.
    NothingToView,
    /// The user is an administrator wherever the view would show something, and the actor is none there.
    ViewNeedsAdministrator,
}

impl Denial {
    /// Every denial.
    pub const ALL: [Self; 13] = [
        Self::InsideView,
        Self::OwnRemoval,
        Self::OwnView,
        Self::NotManaged,
        Self::ReachesBeyond,
        Self::NeedsAdministrator,
        Self::NotLicensed,
        Self::OwnManagement,
        Self::LastManager,
        Self::NoInvitation,
        Self::InvitationExpired,
        Self::NothingToView,
        Self::ViewNeedsAdministrator,
    ];

    /// The stable code, as it stands on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InsideView => "inside_view",
            Self::OwnRemoval => "own_removal",
            Self::OwnView => "own_view",
            Self::NotManaged => "not_managed",
            Self::ReachesBeyond => "reaches_beyond",
            Self::NeedsAdministrator => "needs_administrator",
            Self::NotLicensed => "not_licensed",
            Self::OwnManagement => "own_management",
            Self::LastManager => "last_manager",
            Self::NoInvitation => "no_invitation",
            Self::InvitationExpired => "invitation_expired",
            Self::NothingToView => "nothing_to_view",
            Self::ViewNeedsAdministrator => "view_needs_administrator",
        }
    }

    /// Whether the present state forbids it, rather than a right that the actor lacks.
    pub const fn is_conflict(self) -> bool {
        matches!(
            self,
            Self::OwnRemoval
                | Self::OwnManagement
                | Self::LastManager
                | Self::NoInvitation
                | Self::InvitationExpired
        )
    }

    /// What a person reads.
    pub const fn sentence(self, language: Language) -> &'static str {
        match language {
            Language::En => self.english(),
            Language::Nl => self.dutch(),
        }
    }

    const fn english(self) -> &'static str {
        match self {
            Self::InsideView => "While you view as somebody else you can only look.",
            Self::OwnRemoval => "You cannot remove yourself. Ask another manager.",
            Self::OwnView => "You cannot view as yourself: you see your own studio already.",
            Self::NotManaged => "You do not manage this place.",
            Self::ReachesBeyond => "This would reach into places below that you do not manage.",
            Self::NeedsAdministrator => {
                "Only an administrator of this place can change who is an administrator."
            }
            Self::NotLicensed => "The licence here does not include this role.",
            Self::OwnManagement => "You would stop managing this place yourself. Ask another manager.",
            Self::LastManager => "Nobody else manages this place. Name another manager first.",
            Self::NoInvitation => "There is no invitation that waits for an answer.",
            Self::InvitationExpired => "This invitation has expired. Send it again first.",
            Self::NothingToView => "This user has no access to a place that you manage.",
            Self::ViewNeedsAdministrator => {
                "This user is an administrator. Only an administrator can view as them."
            }
        }
    }

    const fn dutch(self) -> &'static str {
        match self {
            Self::InsideView => "Zolang je als iemand anders kijkt, kun je alleen kijken.",
            Self::OwnRemoval => "Je kunt jezelf niet verwijderen. Vraag een andere beheerder.",
            Self::OwnView => "Je kunt niet als jezelf kijken: je ziet je eigen studio al.",
            Self::NotManaged => "Je beheert deze plek niet.",
            Self::ReachesBeyond => "Dit zou doorwerken op plekken eronder die je niet beheert.",
            Self::NeedsAdministrator => {
                "Alleen een beheerder (Administrator) van deze plek kan wijzigen wie hier beheerder is."
            }
            Self::NotLicensed => "De licentie hier bevat deze rol niet.",
            Self::OwnManagement => "Je zou deze plek zelf niet meer beheren. Vraag een andere beheerder.",
            Self::LastManager => "Niemand anders beheert deze plek. Wijs eerst een andere beheerder aan.",
            Self::NoInvitation => "Er is geen uitnodiging die op antwoord wacht.",
            Self::InvitationExpired => "Deze uitnodiging is verlopen. Verstuur haar eerst opnieuw.",
            Self::NothingToView => "Deze gebruiker heeft geen toegang tot een plek die jij beheert.",
            Self::ViewNeedsAdministrator => {
                "Deze gebruiker is beheerder (Administrator). Alleen een beheerder kan als deze gebruiker kijken."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denial_has_the_code_that_stands_on_the_wire_and_a_sentence_in_each_language() {
        for denial in Denial::ALL {
            assert_eq!(serde_json::to_value(denial).unwrap(), denial.code());
            let sentences = Language::ALL.map(|language| denial.sentence(language));
            assert_ne!(sentences[0], sentences[1]);
            assert!(sentences.iter().all(|sentence| sentence.ends_with('.')));
        }
        let mut sorted = Denial::ALL;
        sorted.sort();
        assert_eq!(sorted, Denial::ALL);
    }
}
