//! Sends the invitation in sequential batches. Each batch has an idempotency key, so a retry invites nobody twice.

use std::mem::replace;
use std::time::Duration;

use js_sys::{Math, Promise};
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{Code, FailedAddress, InvitationResult};
use uuid::Builder;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortController;

use super::model::InvitationBatch;
use super::recipients::{RecipientError, Recipients};
use super::store::{InviteStore, Progress};
use crate::api::ApiError;
use crate::state::Change;

/// The number of attempts for a request without a response.
const MAX_ATTEMPTS: u32 = 3;
/// The maximum delay before the second attempt, in milliseconds.
const FIRST_BACKOFF: f64 = 400.0;
/// The time in which the response to the last request may arrive after the user has stopped.
const STOP_GRACE: Duration = Duration::from_secs(3);

impl InviteStore {
    /// Sends the invitations. Calls `on_end` with whether the list is empty afterwards.
    pub(super) fn send(self, on_end: impl FnOnce(bool) + 'static) {
        if self.progress.with_untracked(Option::is_some) {
            return;
        }
        self.error.set(None);
        self.is_stopped.set_value(false);
        self.recipients.update(Recipients::clear_refusals);
        let total = self.recipients.with_untracked(|recipients| recipients.sendable().count());
        self.progress.set(Some(Progress { done: 0, total }));
        spawn_local(async move {
            let error = self.send_all(total).await.err();
            let _ = self.progress.try_set(None);
            let _ = self.error.try_set(error.filter(|error| *error != ApiError::Aborted));
            if let Some(is_empty) =
                self.recipients.try_with_untracked(|recipients| recipients.iter().len() == 0)
            {
                on_end(is_empty);
            }
        });
    }

    /// Stops after the request in flight, but does not wait long for its response. A second call does not wait at all.
    pub(super) fn stop(self) {
        let was_stopped = self.is_stopped.try_update_value(|is_stopped| replace(is_stopped, true));
        let Some(request) = self.request.try_get_value().flatten() else { return };
        if was_stopped == Some(true) {
            request.abort();
        } else {
            set_timeout(move || request.abort(), STOP_GRACE);
        }
    }

    /// Sends batch after batch, until no recipients are left, the user stops, or a request fails.
    async fn send_all(self, total: usize) -> Result<(), ApiError> {
        while self.is_stopped.try_get_value() == Some(false) {
            let emails = self
                .recipients
                .try_with_untracked(|recipients| recipients.sendable().map(String::from).collect());
            let emails: Vec<String> = emails.unwrap_or_default();
            let _ = self.progress.try_set(Some(Progress { done: total.saturating_sub(emails.len()), total }));
            let unanswered = self.unanswered.try_get_value().unwrap_or_default();
            let batch = untrack(|| self.draft()).next_batch(&emails, &unanswered, new_idempotency_key);
            let Some(batch) = batch else { return Ok(()) };
            self.unanswered.try_update_value(|batches| {
                if !batches.contains(&batch) {
                    batches.push(batch.clone());
                }
            });
            let response = self.send_with_retry(&batch).await;
            if !matches!(response, Err(ApiError::Unreachable | ApiError::Unavailable | ApiError::Unreadable))
            {
                self.unanswered.try_update_value(|batches| batches.retain(|other| *other != batch));
            }
            self.apply_response(&batch, response)?;
        }
        Ok(())
    }

    /// Sends one batch. Retries with the same idempotency key if there is no response.
    async fn send_with_retry(self, batch: &InvitationBatch) -> Result<InvitationResult, ApiError> {
        let client = self.client.try_get_value().ok_or(ApiError::Aborted)?;
        let mut attempts = 1;
        loop {
            let request = AbortController::new().ok();
            let signal = request.as_ref().map(AbortController::signal);
            self.request.try_update_value(|current| *current = request);
            match client.invite(&batch.invitation, &batch.idempotency_key, signal).await {
                // The user has stopped before the response, so the outcome is unknown.
                Err(ApiError::Aborted) if self.is_stopped.try_get_value() == Some(true) => {
                    return Err(ApiError::Unreachable);
                }
                Err(ApiError::Unreachable | ApiError::Unavailable) if attempts < MAX_ATTEMPTS => {
                    backoff(attempts).await;
                }
                response => return response,
            }
            if self.is_stopped.try_get_value() != Some(false) {
                return Err(ApiError::Unreachable);
            }
            attempts += 1;
        }
    }

    /// Stops if the recipient who should become manager was not invited. The user then chooses another one.
    fn stop_without_manager(self, batch: &InvitationBatch) {
        if batch.assigns_manager {
            self.stop();
        }
    }

    /// Applies a response to the recipients of the batch.
    fn apply_response(
        self,
        batch: &InvitationBatch,
        response: Result<InvitationResult, ApiError>,
    ) -> Result<(), ApiError> {
        let sent = &batch.invitation.emails;
        let result = match response {
            Ok(result) => result,
            Err(error) => {
                // The backend refused the batch because of one recipient. The others are sent without that one.
                let (email, code) = refused_recipient(&error, sent).ok_or(error)?;
                let failed = [(email, RecipientError::Refused(code))];
                let _ = self.recipients.try_update(|recipients| recipients.remove_sent(&[], &failed));
                self.stop_without_manager(batch);
                return Ok(());
            }
        };
        let failed: Vec<_> = result.failed.into_iter().map(failed_recipient).collect();
        let _ = self.sent.try_update(|done| {
            done.invited += result.invited;
            done.updated += result.updated;
        });
        if !failed.is_empty() {
            self.stop_without_manager(batch);
        } else if batch.assigns_manager {
            let nodes_given_manager = untrack(|| self.nodes_without_manager());
            let _ = self.nodes_given_manager.try_update(|nodes| nodes.extend(nodes_given_manager));
            let _ = self.first_manages.try_set(false);
        }
        let _ = self.recipients.try_update(|recipients| recipients.remove_sent(sent, &failed));
        self.changes.notify(Change::Users);
        Ok(())
    }
}

/// Returns a recipient who was not invited, and the reason.
fn failed_recipient(failed: FailedAddress) -> (String, RecipientError) {
    let FailedAddress { email, code, address_error, .. } = failed;
    (email, address_error.map_or(RecipientError::Refused(code), RecipientError::Invalid))
}

/// Returns the recipient that caused the refusal of a batch, and the code.
fn refused_recipient(error: &ApiError, sent: &[String]) -> Option<(String, Code)> {
    let ApiError::Refused(problem) = error else { return None };
    let index = problem
        .fields
        .iter()
        .find_map(|field| field.field.strip_prefix("emails[")?.strip_suffix(']')?.parse::<usize>().ok());
    Some((sent.get(index?)?.clone(), problem.code))
}

/// Generates a random idempotency key (UUID version 4).
fn new_idempotency_key() -> String {
    let mut bytes = [0; 16];
    let filled = window().crypto().and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    if filled.is_err() {
        // The key needs to be unique per user, not secret, so `Math.random` suffices as a fallback.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
        bytes.fill_with(|| (Math::random() * 256.0) as u8);
    }
    Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// Waits before a retry: exponential backoff with jitter.
async fn backoff(attempts: u32) {
    let longest = FIRST_BACKOFF * f64::from(3_u32.pow(attempts.saturating_sub(1).min(5)));
    let wait = longest * (0.5 + Math::random() / 2.0);
    let promise = Promise::new(&mut |resolve, _| {
        #[allow(clippy::cast_possible_truncation, reason = "some seconds")]
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, wait as i32);
    });
    // The promise of a timeout never rejects.
    let _ = JsFuture::from(promise).await;
}
