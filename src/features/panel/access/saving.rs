use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{AccessChange, AccessChanges, Code, UserAccess, WarningCode};
use studio_users_domain::UserId;
use web_sys::AbortController;

use super::conflict::Choices;
use super::model::Staged;
use super::store::{AccessStore, Loaded};
use crate::api::ApiError;
use crate::i18n::{isolated, messages};
use crate::state::{Change, NoticeAction, explain};

/// For how many seconds it is offered to undo what one click did.
const UNDO_FOR: u32 = 10;

impl AccessStore {
    /// Saves what is staged: all of it or nothing.
    pub(super) fn save(self) {
        let picture = self.picture.get_untracked();
        let (Some(user), Some(picture)) = (self.user.get_untracked(), picture) else { return };
        let is_open = self.conflict.with_untracked(|conflict| {
            let choices = self.choices.read_untracked();
            conflict.as_ref().is_some_and(|conflict| conflict.open(&choices).next().is_some())
        });
        if is_open || self.is_saving.get_untracked() {
            return;
        }
        if picture.staged.is_empty() {
            // Whatever was chosen is saved already.
            self.discard();
            return;
        }
        self.save_error.set(None);
        spawn_local(async move {
            match self.send(user, picture.staged).await {
                Some(Ok(())) => {
                    let name = self.name.try_get_untracked().unwrap_or_default();
                    self.notices.done(messages::access_saved(self.language, &isolated(&name)));
                }
                Some(Err(error)) if error.code() == Some(Code::VersionMismatch) => self.load(user),
                Some(Err(error)) => {
                    let _ = self.save_error.try_set(Some(error));
                }
                None => {}
            }
        });
    }

    /// Saves what one click asked for, and offers the way back.
    pub(super) fn save_at_once(self, staged: Staged, before: Staged, names: String) {
        let Some(user) = self.user.get_untracked().filter(|_| !self.is_saving.get_untracked()) else {
            return;
        };
        let language = self.language;
        spawn_local(async move {
            match self.send(user, staged.clone()).await {
                Some(Ok(())) => {
                    let name = self.name.try_get_untracked().unwrap_or_default();
                    let undo = Callback::new(move |()| self.undo(user, before.clone()));
                    let action = NoticeAction {
                        label: messages::undo(language).into(),
                        key: Some("u"),
                        run: undo,
                        counts_down: true,
                    };
                    let words = messages::assigned_done(language, &isolated(&name), &names);
                    self.notices.offer(words, UNDO_FOR, action);
                }
                // What is so by now is shown; what was clicked waits to be saved.
                Some(Err(error)) if error.code() == Some(Code::VersionMismatch) => {
                    let _ = self.staged.try_set(staged);
                    self.load(user);
                }
                Some(Err(error)) => {
                    let _ = self.staged.try_set(staged);
                    let _ = self.save_error.try_set(Some(error));
                }
                None => {}
            }
        });
    }

    fn undo(self, user: UserId, before: Staged) {
        if self.user.try_get_untracked() != Some(Some(user)) {
            // Another user is shown by now: what is to be undone is read first.
            self.undo_unseen(user, before);
            return;
        }
        spawn_local(async move {
            match self.send(user, before).await {
                Some(Ok(())) => self.notices.done(messages::undone(self.language)),
                Some(Err(error)) => self.notices.error(explain(self.language, &error)),
                None => {}
            }
        });
    }

    fn undo_unseen(self, user: UserId, before: Staged) {
        let (Some(client), Ok(abort)) = (self.client.try_get_value(), AbortController::new()) else { return };
        spawn_local(async move {
            let answer = match client.access(user, &abort.signal()).await {
                Ok((_, version)) => client.change_access(user, &changes_of(before), &version).await,
                Err(error) => Err(error),
            };
            match answer {
                Ok(_) => {
                    self.changes.tell(Change::User(user));
                    self.notices.done(messages::undone(self.language));
                }
                Err(error) => self.notices.error(explain(self.language, &error)),
            }
        });
    }

    /// Sends changes of the user who is shown. Nothing comes of it where another is by the time of the answer.
    async fn send(self, user: UserId, staged: Staged) -> Option<Result<(), ApiError>> {
        let version =
            self.loaded.try_with_untracked(|loaded| loaded.as_ref().map(|l| l.version.clone()))??;
        let client = self.client.try_get_value()?;
        let _ = self.is_saving.try_set(true);
        let sent = staged.clone();
        let answer = client.change_access(user, &changes_of(staged), &version).await;
        let is_shown = self.user.try_get_untracked() == Some(Some(user));
        if answer.is_ok() {
            self.changes.tell(Change::User(user));
        }
        if !is_shown {
            return None;
        }
        let _ = self.is_saving.try_set(false);
        let (access, version) = match answer {
            Ok(answer) => answer,
            Err(ApiError::Aborted) => return None,
            Err(error) => return Some(Err(error)),
        };
        self.warn(&access);
        let latest = Arc::new(UserAccess { warnings: Vec::new(), ..access });
        let _ = self.loaded.try_set(Some(Loaded { base: Arc::clone(&latest), latest, version }));
        // What was staged since is kept.
        let _ = self.staged.try_update(|staged| staged.retain(|node, roles| sent.get(node) != Some(roles)));
        let _ = self.choices.try_set(Choices::new());
        let _ = self.changed_by.try_set(None);
        Some(Ok(()))
    }

    fn warn(self, access: &UserAccess) {
        let reader = self.reader.get_untracked();
        for warning in access.warnings.iter().filter(|warning| warning.code == WarningCode::NoOwnManager) {
            if let Some(node) = reader.node(warning.node_id) {
                self.notices.info(messages::no_own_manager_now(self.language, &isolated(&node.name)));
            }
        }
    }
}

fn changes_of(staged: Staged) -> AccessChanges {
    let changes = staged.into_iter().map(|(node_id, roles)| AccessChange { node_id, roles });
    AccessChanges { changes: changes.collect() }
}
