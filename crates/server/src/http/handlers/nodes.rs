use axum::Json;
use axum::extract::State;
use studio_users_contract::{NodeView, Problem, path};
use studio_users_domain::RoleSet;
use studio_users_domain::licensed_roles;

use crate::error::AppError;
use crate::services::AuthUser;
use crate::state::AppState;

/// Lists the nodes that the caller may see: those that they manage or have a role at, and their ancestors.
#[utoipa::path(
    get, path = path::NODES,
    responses((status = 200, description = "The nodes in the order of the tree.", body = Vec<NodeView>),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn list(
    State(state): State<AppState>,
    mut auth: AuthUser,
) -> Result<Json<Vec<NodeView>>, AppError> {
    let managers = state.store.own_managers(&mut auth.tx, &auth.organisation).await?;
    let tree = &auth.organisation.tree;
    let visible = auth.visible_nodes();
    let views = visible.into_iter().map(|position| {
        let node = &tree.nodes()[position];
        let is_managed = auth.scope.managed().contains(position);
        NodeView {
            id: node.id,
            parent_id: node.parent,
            kind: node.kind,
            name: node.name.clone(),
            own_managers: is_managed.then(|| managers.get(&node.id).copied().unwrap_or(0)),
            disabled_roles: is_managed.then(|| RoleSet::all() - licensed_roles(tree, position)),
        }
    });
    Ok(Json(views.collect()))
}
