use studio_users_contract::{ActivityQuery, AuditPage, path};
use studio_users_domain::UserId;
use web_sys::AbortSignal;

use super::{Call, Client, with_id, with_query};
use crate::api::{ApiError, Method, OnText};

impl Client {
    /// Fetches the activity of a user, by and about them, newest first.
    ///
    /// # Errors
    /// `not_found` if the current user sees no such user.
    pub async fn activity(
        &self,
        id: UserId,
        query: &ActivityQuery,
        abort: &AbortSignal,
    ) -> Result<AuditPage, ApiError> {
        let values = [
            ("before", query.before.clone()),
            ("limit", query.limit.map(|limit| limit.to_string())),
            ("action", query.action.map(|action| action.wire_name().into())),
        ];
        self.get(with_query(&with_id(path::USER_ACTIVITY, id), values), Some(abort)).await
    }

    /// Streams the complete activity of a user as CSV.
    ///
    /// # Errors
    /// If the request fails or the stream is interrupted.
    pub async fn activity_csv(
        &self,
        id: UserId,
        abort: &AbortSignal,
        on_text: OnText,
    ) -> Result<(), ApiError> {
        let url = with_query(path::AUDIT_CSV, [("user", Some(id.to_string()))]);
        self.stream(Call { abort: Some(abort.clone()), ..Call::new(Method::Get, url) }, on_text).await
    }

    /// Streams changes as server-sent events. Resumes after the event with the id `last_event_id`.
    ///
    /// # Errors
    /// If the request fails. The end of the stream is not an error.
    pub async fn events(
        &self,
        last_event_id: Option<&str>,
        abort: &AbortSignal,
        on_text: OnText,
    ) -> Result<(), ApiError> {
        let call = Call { abort: Some(abort.clone()), ..Call::new(Method::Get, path::EVENTS) };
        let call = match last_event_id {
            Some(last_event_id) => call.header("Last-Event-ID", last_event_id),
            None => call,
        };
        self.stream(call, on_text).await
    }
}
