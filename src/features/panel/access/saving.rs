use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{AccessChange, AccessChanges, Code, UserAccess, WarningCode};
use studio_users_domain::UserId;

use super::model::conflict::ConflictChoices;
use super::model::draft::Staged;
use super::store::{AccessStore, Loaded};
use crate::api::ApiError;
use crate::i18n::{isolated, messages};
use crate::state::{Change, NoticeAction, explain};

/// The time for which the notice offers undo, in seconds.
const UNDO_SECONDS: u32 = 10;

impl AccessStore {
    /// Saves all staged changes in one request. Does nothing while a conflict is unresolved.
    pub(crate) fn save(self) {
        let draft = self.draft.get_untracked();
        let (Some(user), Some(draft)) = (self.user.get_untracked(), draft) else { return };
        let has_unresolved = self.conflict.with_untracked(|conflict| {
            let choices = self.choices.read_untracked();
            conflict.as_ref().is_some_and(|conflict| conflict.unresolved(&choices).next().is_some())
        });
        if has_unresolved || self.is_saving.get_untracked() {
            return;
        }
        if draft.staged.is_empty() {
            // The choices left nothing to save.
            self.discard();
            return;
        }
        self.save_error.set(None);
        spawn_local(async move {
            match self.send(user, draft.staged).await {
                Some(Ok(())) => {
                    let name = self.name.try_get_untracked().unwrap_or_default();
                    self.notices.success(messages::access_saved(self.language, &isolated(&name)));
                }
                Some(Err(error)) if error.code() == Some(Code::VersionMismatch) => self.load(user),
                Some(Err(error)) => {
                    let _ = self.save_error.try_set(Some(error));
                }
                None => {}
            }
        });
    }

    /// Saves changes without staging them first, and offers to undo them. If that fails, stages them.
    pub(crate) fn save_immediately(self, staged: Staged, before: Staged, names: String) {
        let Some(user) = self.user.get_untracked().filter(|_| !self.is_saving.get_untracked()) else {
            return;
        };
        let language = self.language;
        spawn_local(async move {
            match self.send(user, staged.clone()).await {
                Some(Ok(())) => {
                    let name = self.name.try_get_untracked().unwrap_or_default();
                    let undo = Callback::new(move |()| self.undo(user, &staged, &before));
                    let action = NoticeAction {
                        label: messages::undo(language).into(),
                        key: Some("u"),
                        run: undo,
                        counts_down: true,
                    };
                    let text = messages::notifications_assigned(language, &isolated(&name), &names);
                    self.notices.success_with_action(text, UNDO_SECONDS, action);
                }
                // Shows the current access, and stages the change so that the user can save it.
                Some(Err(error)) if error.code() == Some(Code::VersionMismatch) => {
                    self.stage_unsaved(staged);
                    self.load(user);
                }
                Some(Err(error)) => {
                    self.stage_unsaved(staged);
                    let _ = self.save_error.try_set(Some(error));
                }
                None => {}
            }
        });
    }

    /// Stages changes that could not be saved. What the user staged at the same nodes meanwhile stays.
    fn stage_unsaved(self, unsaved: Staged) {
        let _ = self.staged.try_update(|staged| {
            for (node, roles) in unsaved {
                staged.entry(node).or_insert(roles);
            }
        });
    }

    /// Assigns the roles from before again, unless someone has changed them since. Fetches the access first: the
    /// panel may show another user by now.
    fn undo(self, user: UserId, saved: &Staged, before: &Staged) {
        let Some(client) = self.client.try_get_value() else { return };
        let (saved, before) = (saved.clone(), to_request(before.clone()));
        spawn_local(async move {
            let response = match client.access(user, None).await {
                Ok((access, version)) if has_assigned(&access, &saved) => {
                    client.change_access(user, &before, &version).await.map(drop)
                }
                Ok(_) => return self.notices.error(messages::undo_outdated(self.language)),
                Err(error) => Err(error),
            };
            match response {
                Ok(()) => {
                    self.changes.notify(Change::User(user));
                    self.notices.success(messages::undone(self.language));
                }
                Err(ApiError::Aborted) => {}
                Err(error) => self.notices.error(explain(self.language, &error)),
            }
        });
    }

    /// Sends changes for the user in the panel. Returns `None` if the panel shows another user when the response
    /// arrives; a notice then reports a failure.
    async fn send(self, user: UserId, staged: Staged) -> Option<Result<(), ApiError>> {
        let version =
            self.loaded.try_with_untracked(|loaded| loaded.as_ref().map(|l| l.version.clone()))??;
        let client = self.client.try_get_value()?;
        let _ = self.is_saving.try_set(true);
        let sent = staged.clone();
        let response = client.change_access(user, &to_request(staged), &version).await;
        let is_current = self.user.try_get_untracked() == Some(Some(user));
        if response.is_ok() {
            self.changes.notify(Change::User(user));
        }
        if !is_current {
            if let Err(error) = response
                && error != ApiError::Aborted
            {
                self.notices.error(explain(self.language, &error));
            }
            return None;
        }
        let _ = self.is_saving.try_set(false);
        let (access, version) = match response {
            Ok(response) => response,
            Err(ApiError::Aborted) => return None,
            Err(error) => return Some(Err(error)),
        };
        self.show_warnings(&access);
        let latest = Arc::new(UserAccess { warnings: Vec::new(), ..access });
        let _ = self.loaded.try_set(Some(Loaded { base: Arc::clone(&latest), latest, version }));
        // Keeps what the user staged while the request was in flight.
        let _ = self.staged.try_update(|staged| staged.retain(|node, roles| sent.get(node) != Some(roles)));
        let _ = self.choices.try_set(ConflictChoices::new());
        let _ = self.changed_by.try_set(None);
        Some(Ok(()))
    }

    fn show_warnings(self, access: &UserAccess) {
        let current_user = self.current_user.get_untracked();
        for warning in access.warnings.iter().filter(|warning| warning.code == WarningCode::NoOwnManager) {
            if let Some(node) = current_user.node(warning.node_id) {
                self.notices.info(messages::no_own_manager_left(self.language, &isolated(&node.name)));
            }
        }
    }
}

/// Whether exactly these roles are assigned at these nodes.
fn has_assigned(access: &UserAccess, roles: &Staged) -> bool {
    let found = access.nodes.iter().filter(|row| roles.get(&row.node_id) == Some(&row.assigned));
    found.count() == roles.len()
}

fn to_request(staged: Staged) -> AccessChanges {
    let changes = staged.into_iter().map(|(node_id, roles)| AccessChange { node_id, roles });
    AccessChanges { changes: changes.collect() }
}
