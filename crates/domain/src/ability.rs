use crate::{Capability, CapabilitySet, Language};

/// What capabilities let a person do, in the few lines that say it: whoever edits contacts is not told that they see
/// them, and the inbox as a whole is one thing.
pub fn abilities(capabilities: CapabilitySet, language: Language) -> Vec<&'static str> {
    use Capability as C;
    let inbox = C::Reply | C::StartConversation | C::FindClosed;
    let has_inbox = capabilities.is_superset(inbox);
    let whole = has_inbox.then_some(match language {
        Language::En => "Reply, start conversations, find closed ones",
        Language::Nl => "Beantwoorden, gesprekken starten, gesloten gesprekken vinden",
    });
    let mut others = if has_inbox { capabilities - inbox } else { capabilities };
    if others.contains(C::EditCrm) {
        others.remove(C::ReadCrm);
    }
    whole.into_iter().chain(others.iter().map(|capability| capability.name(language))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;

    #[test]
    fn what_follows_from_something_else_is_not_told() {
        let of = |role: Role| abilities(role.capabilities(), Language::En);
        assert_eq!(of(Role::Agent), ["Reply to incoming messages", "Have conversations assigned to you"]);
        assert_eq!(
            of(Role::Supervisor),
            ["Reply, start conversations, find closed ones", "Edit contacts in the CRM"]
        );
        assert_eq!(of(Role::Analyst), ["See contacts in the CRM", "See analytics"]);
        assert!(abilities(CapabilitySet::empty(), Language::Nl).is_empty());
    }
}
