//! Lists of roles, by node.

use studio_users_domain::{Language, RoleSet};

use super::sentence::Sentence;

/// Returns a line per node with its roles.
pub(super) fn list(language: Language, grants: &[(String, RoleSet)]) -> Vec<Sentence> {
    let none = match language {
        Language::En => "no access",
        Language::Nl => "geen toegang",
    };
    let entry = |(node, roles): &(String, RoleSet)| {
        let roles: Vec<_> = roles.iter().map(|role| role.name(language)).collect();
        let roles = if roles.is_empty() { none.to_owned() } else { roles.join(", ") };
        Sentence::new("{}: {}", &[node, &roles])
    };
    grants.iter().map(entry).collect()
}
