use axum::Json;
use studio_users_contract::{Problem, RoleView, path};
use studio_users_domain::{Language, Role, Section};

use crate::reader::Reader;

/// The roles and what they allow.
#[utoipa::path(
    get, path = path::ROLES,
    responses((status = 200, description = "Every role.", body = Vec<RoleView>),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn list(_: Reader) -> Json<Vec<RoleView>> {
    let roles = Role::all().map(|role| {
        let capabilities = role.capabilities();
        RoleView {
            role,
            description: role.description(Language::En).into(),
            capabilities,
            sections: Section::all().filter(|section| section.is_seen_with(capabilities)).collect(),
        }
    });
    Json(roles.collect())
}
