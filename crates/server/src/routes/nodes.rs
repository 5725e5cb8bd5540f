use axum::Json;
use axum::extract::State;
use studio_users_contract::{NodeView, Problem, path};
use studio_users_domain::RoleSet;
use studio_users_domain::licensed_roles;

use crate::app::App;
use crate::problem::Refusal;
use crate::reader::Reader;

/// The part of the organisation that the reader may see: the nodes that they manage or have a role at, and
/// those above them.
#[utoipa::path(
    get, path = path::NODES,
    responses((status = 200, description = "In the tree's order.", body = Vec<NodeView>),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn list(State(app): State<App>, mut reader: Reader) -> Result<Json<Vec<NodeView>>, Refusal> {
    let managers = app.store.managers(&mut reader.tx, &reader.organisation).await?;
    let tree = &reader.organisation.tree;
    let visible = reader.visible_nodes();
    let views = visible.into_iter().map(|position| {
        let node = &tree.nodes()[position];
        let is_managed = reader.scope.managed().contains(position);
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
