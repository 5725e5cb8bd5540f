use crate::{Capability, CapabilitySet, Language};

/// Returns the labels of capabilities, as a short list for people.
///
/// Omits [`Capability::ReadCrm`] beside [`Capability::EditCrm`], which implies it. Merges the three inbox
/// capabilities into one line.
pub fn capability_labels(capabilities: CapabilitySet, language: Language) -> Vec<&'static str> {
    use Capability as C;
    let inbox = C::Reply | C::StartConversation | C::FindClosed;
    let has_inbox = capabilities.is_superset(inbox);
    let inbox_label = has_inbox.then_some(match language {
        Language::En => "Reply, start conversations and find closed conversations",
        Language::Nl => "Berichten beantwoorden, gesprekken starten en gesloten gesprekken vinden",
    });
    let mut others = if has_inbox { capabilities - inbox } else { capabilities };
    if others.contains(C::EditCrm) {
        others.remove(C::ReadCrm);
    }
    inbox_label.into_iter().chain(others.iter().map(|capability| capability.name(language))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;

    #[test]
    fn omits_implied_capabilities() {
        let labels = |role: Role| capability_labels(role.capabilities(), Language::En);
        assert_eq!(labels(Role::Agent), ["Reply to incoming messages", "Be assigned conversations"]);
        assert_eq!(
            labels(Role::Supervisor),
            ["Reply, start conversations and find closed conversations", "Edit contacts in the CRM"]
        );
        assert_eq!(labels(Role::Analyst), ["View contacts in the CRM", "View analytics"]);
        assert!(capability_labels(CapabilitySet::empty(), Language::Nl).is_empty());
    }
}
