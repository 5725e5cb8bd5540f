use serde::{Deserialize, Serialize};

use crate::Language;

/// The reason why an action is not allowed. The page shows its message on the locked control.
///
/// If several reasons apply, the API reports the first in this order. No reason names a node.
///
/// - `inside_view`: the request is made inside a view, which is read-only.
/// - `own_removal`: the caller cannot remove themselves.
/// - `own_view`: the caller cannot view as themselves.
/// - `not_managed`: the caller does not manage the node, or it does not exist.
/// - `reaches_beyond`: the change would add a role, or change an Administrator, at a node below that the caller
///   does not manage.
/// - `needs_administrator`: the roles include Administrator before or after, and the caller is not an Administrator
///   there.
/// - `not_licensed`: the licence of a node disables an added role.
/// - `outlasts_own`: the change would give a role for longer than the caller's own right to give it.
/// - `address_unconfirmed`: the user joined by a link that another manager copied, and no mail has confirmed the e-mail
///   address since.
/// - `own_management`: the caller cannot give up their own management of a node.
/// - `last_manager`: a node would be left without a joined manager.
/// - `no_invitation`: the user has no pending invitation at the nodes that the caller manages.
/// - `has_joined`: the user has joined, so their invitation can no longer be corrected.
/// - `invitation_expired`: the invitation has expired, so a link to it would not work.
/// - `nothing_to_view`: the user neither has nor will have access at a node that the caller manages.
/// - `view_needs_administrator`: the user is an Administrator at all nodes of the view, and the caller is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Denial {
    /// The request is made inside a view, which is read-only.
    InsideView,
    /// The actor tries to remove themselves.
    OwnRemoval,
    /// The actor tries to view as themselves.
    OwnView,
    /// An assignment would change at a node that the actor does not manage or that does not exist.
    NotManaged,
    /// A role would be added, or an Administrator changed, at a node below that the actor does not manage. The error
    /// does not reveal which node, nor which of the two.
    ReachesBeyond,
    /// Roles that include Administrator, before or after, would change, and the actor is not an Administrator there.
    NeedsAdministrator,
    /// A role would be added at a node whose licence disables it.
    NotLicensed,
    /// A role would last longer than the right of the actor to give it.
    OutlastsOwn,
    /// The user joined by a link that another manager copied, and their e-mail address is not confirmed.
    AddressUnconfirmed,
    /// The actor would give up their own management of a node.
    OwnManagement,
    /// A node would lose its last joined manager.
    LastManager,
    /// No grant is pending at the nodes that the actor manages.
    NoInvitation,
    /// The user has joined, so the address of their invitation can no longer be corrected.
    HasJoined,
    /// The invitation has expired, so a link to it would not work.
    InvitationExpired,
    /// The user neither has nor will have access at a node that the actor manages.
    NothingToView,
    /// The user is an Administrator at all nodes that the view could show, and the actor is not.
    ViewNeedsAdministrator,
}

impl Denial {
    /// All denials, in their order.
    pub const ALL: [Self; 16] = [
        Self::InsideView,
        Self::OwnRemoval,
        Self::OwnView,
        Self::NotManaged,
        Self::ReachesBeyond,
        Self::NeedsAdministrator,
        Self::NotLicensed,
        Self::OutlastsOwn,
        Self::AddressUnconfirmed,
        Self::OwnManagement,
        Self::LastManager,
        Self::NoInvitation,
        Self::HasJoined,
        Self::InvitationExpired,
        Self::NothingToView,
        Self::ViewNeedsAdministrator,
    ];

    /// The stable code on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InsideView => "inside_view",
            Self::OwnRemoval => "own_removal",
            Self::OwnView => "own_view",
            Self::NotManaged => "not_managed",
            Self::ReachesBeyond => "reaches_beyond",
            Self::NeedsAdministrator => "needs_administrator",
            Self::NotLicensed => "not_licensed",
            Self::OutlastsOwn => "outlasts_own",
            Self::AddressUnconfirmed => "address_unconfirmed",
            Self::OwnManagement => "own_management",
            Self::LastManager => "last_manager",
            Self::NoInvitation => "no_invitation",
            Self::HasJoined => "has_joined",
            Self::InvitationExpired => "invitation_expired",
            Self::NothingToView => "nothing_to_view",
            Self::ViewNeedsAdministrator => "view_needs_administrator",
        }
    }

    /// Whether the denial is a conflict with the current state (HTTP 409), not a missing permission (HTTP 403).
    pub const fn is_conflict(self) -> bool {
        matches!(
            self,
            Self::OwnRemoval
                | Self::OwnManagement
                | Self::LastManager
                | Self::NoInvitation
                | Self::HasJoined
                | Self::InvitationExpired
        )
    }

    /// The message for people: one or two full sentences.
    pub const fn message(self, language: Language) -> &'static str {
        match language {
            Language::En => self.english(),
            Language::Nl => self.dutch(),
        }
    }

    const fn english(self) -> &'static str {
        match self {
            Self::InsideView => "Not available while you’re viewing as someone else.",
            Self::OwnRemoval => "You cannot remove yourself. Ask another manager.",
            Self::OwnView => "You can’t view as yourself.",
            Self::NotManaged => "You don’t manage this environment or agency.",
            Self::ReachesBeyond => "This would also apply to environments below that you don’t manage.",
            Self::NeedsAdministrator => {
                "Only an Administrator can give the Administrator role or change an Administrator’s access."
            }
            Self::NotLicensed => "The licence here does not include this role. Ask your service provider.",
            Self::OutlastsOwn => "This would last longer than your own access. Choose an earlier end date.",
            Self::AddressUnconfirmed => {
                "This user’s e-mail address isn’t confirmed. Invite them again by e-mail, or ask them to sign in with a link from an e-mail."
            }
            Self::OwnManagement => {
                "You can’t remove your own management access. Ask another manager to do it."
            }
            Self::LastManager => "This would leave no manager here. Assign another manager first.",
            Self::NoInvitation => "There’s no pending invitation for this user.",
            Self::HasJoined => "This user has already joined, so you can’t correct their address.",
            Self::InvitationExpired => "This invitation has expired. Resend it first.",
            Self::NothingToView => "This user has no access to anything you manage.",
            Self::ViewNeedsAdministrator => {
                "This user is an Administrator. Only an Administrator can view as them."
            }
        }
    }

    const fn dutch(self) -> &'static str {
        match self {
            Self::InsideView => "Niet beschikbaar zolang je de studio als iemand anders bekijkt.",
            Self::OwnRemoval => "Je kunt jezelf niet verwijderen. Vraag een andere beheerder.",
            Self::OwnView => "Je kunt de studio niet als jezelf bekijken.",
            Self::NotManaged => "Je beheert deze omgeving of dit bureau niet.",
            Self::ReachesBeyond => "Dit zou ook gelden voor onderliggende omgevingen die je niet beheert.",
            Self::NeedsAdministrator => {
                "Alleen een Administrator kan de rol Administrator geven of de toegang van een Administrator wijzigen."
            }
            Self::NotLicensed => "De licentie hier bevat deze rol niet. Vraag het je aanbieder.",
            Self::OutlastsOwn => "Dit zou langer duren dan je eigen toegang. Kies een eerdere einddatum.",
            Self::AddressUnconfirmed => {
                "Het e-mailadres van deze gebruiker is niet bevestigd. Nodig de gebruiker opnieuw per e-mail uit, of vraag om in te loggen met een link uit een e-mail."
            }
            Self::OwnManagement => {
                "Je kunt je eigen beheerrechten niet verwijderen. Vraag een andere beheerder om dat te doen."
            }
            Self::LastManager => "Dan is hier geen beheerder meer. Wijs eerst een andere beheerder aan.",
            Self::NoInvitation => "Er is geen openstaande uitnodiging voor deze gebruiker.",
            Self::HasJoined => "Deze gebruiker doet al mee. Je kunt het adres niet meer verbeteren.",
            Self::InvitationExpired => "Deze uitnodiging is verlopen. Verstuur hem eerst opnieuw.",
            Self::NothingToView => "Deze gebruiker heeft geen toegang tot iets wat jij beheert.",
            Self::ViewNeedsAdministrator => {
                "Deze gebruiker is Administrator. Alleen een Administrator kan de studio als deze gebruiker bekijken."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_a_wire_code_and_a_message_in_each_language() {
        for denial in Denial::ALL {
            assert_eq!(serde_json::to_value(denial).unwrap(), denial.code());
            let messages = Language::ALL.map(|language| denial.message(language));
            assert_ne!(messages[0], messages[1]);
            assert!(messages.iter().all(|message| message.ends_with('.')));
        }
        let mut sorted = Denial::ALL;
        sorted.sort();
        assert_eq!(sorted, Denial::ALL);
    }
}
