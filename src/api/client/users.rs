use studio_users_contract::{
    AccessChanges, BulkRequest, BulkResult, RemovedUser, UserAccess, UserDetails, UserPage, UsersQuery, path,
};
use studio_users_domain::UserId;
use web_sys::AbortSignal;

use super::{Call, Client, at, decode, with_query};
use crate::api::{ApiError, Method, OnText};

impl Client {
    /// A window of the users that match.
    ///
    /// # Errors
    /// Whatever keeps the backend from answering.
    pub async fn users(&self, query: &UsersQuery, abort: &AbortSignal) -> Result<UserPage, ApiError> {
        self.get(users_url(path::USERS, query), Some(abort)).await
    }

    /// All users that match, as a table for a spreadsheet, piece by piece.
    ///
    /// # Errors
    /// Whatever keeps the backend from answering, or from going on to the end.
    pub async fn users_csv(
        &self,
        query: &UsersQuery,
        abort: &AbortSignal,
        on_text: OnText,
    ) -> Result<(), ApiError> {
        let call = Call::new(Method::Get, users_url(path::USERS_CSV, query));
        self.stream(Call { abort: Some(abort.clone()), ..call }, on_text).await
    }

    /// Everything about one user.
    ///
    /// # Errors
    /// `not_found` where the reader sees no such user.
    pub async fn user(&self, id: UserId, abort: &AbortSignal) -> Result<UserDetails, ApiError> {
        self.get(at(path::USER, id), Some(abort)).await
    }

    /// What a user has where, with the version that a change of it names.
    ///
    /// # Errors
    /// `not_found` where the reader sees no such user.
    pub async fn access(&self, id: UserId, abort: &AbortSignal) -> Result<(UserAccess, String), ApiError> {
        let call = Call::new(Method::Get, at(path::USER_ACCESS, id));
        let answer = self.send(Call { abort: Some(abort.clone()), ..call }).await?;
        let version = answer.etag.clone().ok_or(ApiError::Unreadable)?;
        Ok((decode(&answer)?, version))
    }

    /// Changes what a user has: all of it or nothing. Answers as [`Client::access`], with warnings.
    ///
    /// # Errors
    /// `version_mismatch` where it is another version by now; or the domain's denial.
    pub async fn change_access(
        &self,
        id: UserId,
        changes: &AccessChanges,
        version: &str,
    ) -> Result<(UserAccess, String), ApiError> {
        let call = Call::new(Method::Patch, at(path::USER_ACCESS, id)).with(changes)?;
        let answer = self.send(call.header("If-Match", version)).await?;
        let version = answer.etag.clone().ok_or(ApiError::Unreadable)?;
        Ok((decode(&answer)?, version))
    }

    /// Removes a user.
    ///
    /// # Errors
    /// The domain's denial.
    pub async fn remove_user(&self, id: UserId) -> Result<(), ApiError> {
        self.delete(at(path::USER, id)).await
    }

    /// Undoes a removal.
    ///
    /// # Errors
    /// `changed_since` where somebody touched what was taken; or the domain's denial.
    pub async fn restore_user(&self, id: UserId) -> Result<(), ApiError> {
        self.send(Call::new(Method::Post, at(path::USER_RESTORE, id))).await.map(drop)
    }

    /// Those removed within the last 24 hours.
    ///
    /// # Errors
    /// Whatever keeps the backend from answering.
    pub async fn removed_users(&self) -> Result<Vec<RemovedUser>, ApiError> {
        self.get(path::REMOVED_USERS.into(), None).await
    }

    /// Does the same with many users.
    ///
    /// # Errors
    /// `total_changed` where others match by now.
    pub async fn bulk(&self, request: &BulkRequest) -> Result<BulkResult, ApiError> {
        self.post(path::USERS_BULK, request).await
    }
}

fn users_url(path: &str, query: &UsersQuery) -> String {
    let nodes = query.nodes.iter().map(|node| ("node", Some(node.to_string())));
    let roles = query.roles.iter().map(|role| ("role", Some(role.wire_name().into())));
    let statuses = query.statuses.iter().map(|status| ("status", Some(status.wire_name().into())));
    let values = [
        ("search", query.search.clone()),
        ("assigned", query.assigned.then(|| "true".into())),
        ("active_since", query.active_since.map(|time| time.to_rfc3339())),
        ("sort", query.sort.map(|sort| sort.to_string())),
        ("offset", query.offset.map(|offset| offset.to_string())),
        ("limit", query.limit.map(|limit| limit.to_string())),
    ];
    with_query(path, nodes.chain(roles).chain(statuses).chain(values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_may_hold_what_a_url_gives_a_meaning_to() {
        let query = UsersQuery { search: Some("a&b=ç +%".into()), limit: Some(5), ..UsersQuery::default() };
        assert_eq!(users_url(path::USERS, &query), "/api/v1/users?search=a%26b%3D%C3%A7+%2B%25&limit=5");
    }
}
