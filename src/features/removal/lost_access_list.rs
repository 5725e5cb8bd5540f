use std::sync::Arc;

use leptos::prelude::*;
use studio_users_contract::UserRow;
use studio_users_domain::{NodeKind, Role};

use super::model::{self, LostAccess};
use super::store::RemovedUsersStore;
use crate::api::{ApiError, Latest};
use crate::i18n::{Language, messages, use_language};
use crate::parts::{AccessListError, AccessListSkeleton};
use crate::state::{explain, use_current_user};
use crate::ui::{Chip, Glyph, Icon};

/// Fetches and lists the access that a user will lose, node by node.
#[component]
pub(super) fn LostAccessList(row: UserRow, store: RemovedUsersStore) -> impl IntoView {
    let language = use_language();
    let current_user = use_current_user();
    let lost_access = RwSignal::new(None::<Result<Arc<Vec<LostAccess>>, ApiError>>);
    let skeleton_rows = row.environments.total.clamp(1, 5) as usize;
    let request = Latest::new();
    let load = move || {
        let _ = lost_access.try_set(None);
        let access = |signal| async move { store.access(row.id, &signal).await };
        request.send(access, move |response| {
            let Some(current_user) = current_user.try_get_untracked() else { return };
            let response = response.map(|access| Arc::new(model::lost_access(&access, &current_user)));
            let _ = lost_access.try_set(Some(response));
        });
    };
    load();
    (move || match lost_access.get() {
        None => view! { <AccessListSkeleton rows=skeleton_rows /> }.into_any(),
        Some(Ok(lost_access)) if lost_access.is_empty() => ().into_any(),
        Some(Ok(lost_access)) => {
            let rows = lost_access.iter().map(|lost| row_view(language, lost)).collect_view();
            // The list scrolls, so it is focusable for keyboard users.
            // WCAG 2.1.1: https://www.w3.org/WAI/WCAG22/Understanding/keyboard.html
            view! {
                <ul class="access-list" tabindex="0" aria-label=messages::access_to_remove(language)>
                    {rows}
                </ul>
            }
            .into_any()
        }
        Some(Err(error)) => {
            let message =
                format!("{} {}", messages::access_to_remove_failed(language), explain(language, &error));
            view! { <AccessListError message on_retry=load /> }.into_any()
        }
    })
    .into_any()
}

fn row_view(language: Language, lost: &LostAccess) -> impl IntoView + use<> {
    let chip = |(role, inherited): (Role, bool)| {
        let inherited = inherited.then(|| messages::inherited(language));
        view! { <Chip label=role.name(language) family=role.family().tag() inherited /> }
    };
    let roles = lost.roles_with_source().map(chip).collect_view();
    let invited_roles = (!lost.invited_roles.is_empty()).then(|| {
        let chips = lost.invited_roles.iter().map(|role| chip((role, false))).collect_view();
        view! {
            <span class="hint">{messages::invited_as(language)}</span>
            {chips}
        }
    });
    let glyph = match lost.kind {
        NodeKind::Environment => None,
        NodeKind::Agency | NodeKind::Provider => Some(Glyph::Agency),
    };
    view! {
        <li class="access-list__row">
            <span class="access-list__node">
                {glyph.map(|glyph| view! { <Icon glyph /> })}
                <bdi>{lost.name.clone()}</bdi>
            </span>
            <span class="chips">{roles} {invited_roles}</span>
        </li>
    }
}
