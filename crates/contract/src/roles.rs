use serde::de::Error;
use serde::{Deserialize, Deserializer};
use studio_users_domain::{Role, RoleSet};

/// The maximum number of roles in a list of a request, with repeated ones.
pub const MAX_ROLES: usize = 50;

/// The roles of a list in a request.
pub(crate) struct LimitedRoles(pub(crate) RoleSet);

impl<'de> Deserialize<'de> for LimitedRoles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let roles = Vec::<Role>::deserialize(deserializer)?;
        if roles.len() > MAX_ROLES {
            return Err(D::Error::custom(format_args!("at most {MAX_ROLES} roles")));
        }
        Ok(Self(roles.into_iter().collect()))
    }
}

/// Deserialises a list of roles in a request. Refuses more than [`MAX_ROLES`].
pub(crate) fn limited_roles<'de, D: Deserializer<'de>>(deserializer: D) -> Result<RoleSet, D::Error> {
    LimitedRoles::deserialize(deserializer).map(|roles| roles.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_the_values_of_a_list() {
        let parse = |count: usize| serde_json::from_value::<LimitedRoles>(vec!["agent"; count].into());
        assert_eq!(parse(MAX_ROLES).unwrap().0, Role::Agent);
        assert!(parse(MAX_ROLES + 1).is_err());
        assert!(serde_json::from_str::<LimitedRoles>(r#"["king"]"#).is_err());
    }
}
