use axum::Json;
use studio_users_contract::{Problem, RoleView, path};
use studio_users_domain::{Language, Role, Section};

use crate::services::AuthUser;

/// Lists the roles with their capabilities.
#[utoipa::path(
    get, path = path::ROLES,
    responses((status = 200, description = "All roles.", body = Vec<RoleView>),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn list(_: AuthUser) -> Json<Vec<RoleView>> {
    let roles = Role::all().map(|role| {
        let capabilities = role.capabilities();
        RoleView {
            role,
            description: role.description(Language::En).into(),
            capabilities,
            sections: Section::all().filter(|section| section.is_visible_with(capabilities)).collect(),
        }
    });
    Json(roles.collect())
}
