use studio_users_contract::{ActivityQuery, AuditPage, path};
use studio_users_domain::UserId;
use web_sys::AbortSignal;

use super::{Call, Client, at, with_query};
use crate::api::{ApiError, Method, OnText};

impl Client {
    /// What a user did and what was done to them, newest first.
    ///
    /// # Errors
    /// `not_found` where the reader sees no such user.
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
        self.get(with_query(&at(path::USER_ACTIVITY, id), values), Some(abort)).await
    }

    /// The same, whole, as a table for a spreadsheet, piece by piece.
    ///
    /// # Errors
    /// Whatever keeps the backend from answering, or from going on to the end.
    pub async fn activity_csv(
        &self,
        id: UserId,
        abort: &AbortSignal,
        on_text: OnText,
    ) -> Result<(), ApiError> {
        let url = with_query(path::AUDIT_CSV, [("user", Some(id.to_string()))]);
        self.stream(Call { abort: Some(abort.clone()), ..Call::new(Method::Get, url) }, on_text).await
    }

    /// Follows what changes, as server-sent events, from after the event with this id.
    ///
    /// # Errors
    /// Whatever keeps the backend from answering. An answer that ends is no error.
    pub async fn events(
        &self,
        last: Option<&str>,
        abort: &AbortSignal,
        on_text: OnText,
    ) -> Result<(), ApiError> {
        let call = Call { abort: Some(abort.clone()), ..Call::new(Method::Get, path::EVENTS) };
        let call = match last {
            Some(last) => call.header("Last-Event-ID", last),
            None => call,
        };
        self.stream(call, on_text).await
    }
}
