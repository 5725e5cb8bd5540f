//! Sending: call after call, each by a key of its own, and none twice.

use js_sys::{Math, Promise};
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{Code, InvitationResult};
use uuid::Builder;
use wasm_bindgen_futures::JsFuture;

use super::addresses::Chips;
use super::model::Call;
use super::store::{Progress, Store};
use crate::api::ApiError;
use crate::state::Change;

/// How often a call is sent that gets no answer.
const TRIES: u32 = 3;
/// How long it is waited after the first try that got no answer, in milliseconds.
const FIRST_PAUSE: f64 = 400.0;

impl Store {
    /// Sends what can be sent. Tells whether nobody is left.
    pub(super) fn send(self, on_end: impl FnOnce(bool) + 'static) {
        if self.progress.with_untracked(Option::is_some) {
            return;
        }
        self.error.set(None);
        self.is_stopped.set_value(false);
        self.chips.update(Chips::forgive);
        let all = self.chips.with_untracked(|chips| chips.sendable().count());
        self.progress.set(Some(Progress { done: 0, all }));
        spawn_local(async move {
            let error = self.send_all(all).await.err();
            let _ = self.progress.try_set(None);
            let _ = self.error.try_set(error.filter(|error| *error != ApiError::Aborted));
            if let Some(is_empty) = self.chips.try_with_untracked(|chips| chips.iter().len() == 0) {
                on_end(is_empty);
            }
        });
    }

    /// Sends nothing more after what is on its way.
    pub(super) fn stop(self) {
        self.is_stopped.try_update_value(|is_stopped| *is_stopped = true);
    }

    /// Sends call after call, until nobody is left or something is in the way.
    async fn send_all(self, all: usize) -> Result<(), ApiError> {
        while self.is_stopped.try_get_value() == Some(false) {
            let emails = self.chips.try_with_untracked(|chips| chips.sendable().map(String::from).collect());
            let emails: Vec<String> = emails.unwrap_or_default();
            let _ = self.progress.try_set(Some(Progress { done: all.saturating_sub(emails.len()), all }));
            let unanswered = self.unanswered.try_get_value().unwrap_or_default();
            let call = untrack(|| self.draft()).next_call(&emails, &unanswered, new_key);
            let Some(call) = call else { return Ok(()) };
            self.unanswered.try_update_value(|calls| {
                if !calls.contains(&call) {
                    calls.push(call.clone());
                }
            });
            let answer = self.send_once(&call).await;
            if !matches!(answer, Err(ApiError::Unreachable | ApiError::Unavailable | ApiError::Unreadable)) {
                self.unanswered.try_update_value(|calls| calls.retain(|other| *other != call));
            }
            self.take(&call, answer)?;
        }
        Ok(())
    }

    /// Sends one call, and once more by the same key where no answer came.
    async fn send_once(self, call: &Call) -> Result<InvitationResult, ApiError> {
        let client = self.client.try_get_value().ok_or(ApiError::Aborted)?;
        let mut tries = 1;
        loop {
            match client.invite(&call.invitation, &call.key).await {
                Err(ApiError::Unreachable | ApiError::Unavailable) if tries < TRIES => pause(tries).await,
                answer => return answer,
            }
            if self.is_stopped.try_get_value() != Some(false) {
                return Err(ApiError::Unreachable);
            }
            tries += 1;
        }
    }

    /// Where the one who was to be the manager was not invited, it is for the reader to say who is instead.
    fn stop_without_manager(self, call: &Call) {
        if call.names_manager {
            self.stop();
        }
    }

    /// Notes what an answer says of those whom it is about.
    fn take(self, call: &Call, answer: Result<InvitationResult, ApiError>) -> Result<(), ApiError> {
        let sent = &call.invitation.emails;
        let result = match answer {
            Ok(result) => result,
            Err(error) => {
                // Of many one was refused: the others are sent without.
                let (email, code) = refused_one(&error, sent).ok_or(error)?;
                let _ = self.chips.try_update(|chips| chips.settle(&[], &[(email, code)]));
                self.stop_without_manager(call);
                return Ok(());
            }
        };
        let failed: Vec<_> = result.failed.into_iter().map(|failed| (failed.email, failed.code)).collect();
        let _ = self.done.try_update(|done| {
            done.invited += result.invited;
            done.updated += result.updated;
        });
        if !failed.is_empty() {
            self.stop_without_manager(call);
        } else if call.names_manager {
            let led = untrack(|| self.without_manager());
            let _ = self.led.try_update(|nodes| nodes.extend(led));
            let _ = self.is_led.try_set(false);
        }
        let _ = self.chips.try_update(|chips| chips.settle(sent, &failed));
        self.changes.tell(Change::Users);
        Ok(())
    }
}

/// The one of many whom a refusal is about, and why.
fn refused_one(error: &ApiError, sent: &[String]) -> Option<(String, Code)> {
    let ApiError::Refused(problem) = error else { return None };
    let place = problem
        .fields
        .iter()
        .find_map(|field| field.field.strip_prefix("emails[")?.strip_suffix(']')?.parse::<usize>().ok());
    Some((sent.get(place?)?.clone(), problem.code))
}

/// A key for one call.
fn new_key() -> String {
    let mut bytes = [0; 16];
    let filled = window().crypto().and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    if filled.is_err() {
        // A key is to differ from one's own others: it is no secret.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255")]
        bytes.fill_with(|| (Math::random() * 256.0) as u8);
    }
    Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// Waits before another try: longer each time, and not as long as others do.
async fn pause(tries: u32) {
    let longest = FIRST_PAUSE * f64::from(3_u32.pow(tries.saturating_sub(1).min(5)));
    let wait = longest * (0.5 + Math::random() / 2.0);
    let promise = Promise::new(&mut |resolve, _| {
        #[allow(clippy::cast_possible_truncation, reason = "some seconds")]
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, wait as i32);
    });
    // A timeout is never refused.
    let _ = JsFuture::from(promise).await;
}
