use studio_users_contract::{
    AccessChanges, RemovedUser, UndeliveredMails, UserAccess, UserDetails, UserPage, UserPosition,
    UsersQuery, path,
};
use studio_users_domain::UserId;
use web_sys::AbortSignal;

use super::{Call, Client, decode, with_id};
use crate::api::{ApiError, Method, OnText};

/// Returns the URL that fetches a window of the matching users.
pub fn users_url(query: &UsersQuery) -> String {
    format!("{}?{}", path::USERS, query.encode())
}

/// Returns the URL that fetches the details of a user.
pub fn user_url(id: UserId) -> String {
    with_id(path::USER, id)
}

impl Client {
    /// Fetches a window of the matching users.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn users(&self, query: &UsersQuery, abort: Option<&AbortSignal>) -> Result<UserPage, ApiError> {
        self.get(users_url(query), abort).await
    }

    /// Fetches the position of a user among the matching users.
    ///
    /// # Errors
    /// `not_found` if the user is not visible.
    pub async fn position(&self, id: UserId, query: &UsersQuery) -> Result<Option<u32>, ApiError> {
        let url = format!("{}?{}", with_id(path::USER_POSITION, id), query.encode());
        self.get::<UserPosition>(url, None).await.map(|found| found.position)
    }

    /// Streams all matching users as CSV.
    ///
    /// # Errors
    /// If the request fails or the stream is interrupted.
    pub async fn users_csv(
        &self,
        query: &UsersQuery,
        abort: &AbortSignal,
        on_text: OnText,
    ) -> Result<(), ApiError> {
        let call = Call::new(Method::Get, format!("{}?{}", path::USERS_CSV, query.encode()));
        self.stream(Call { abort: Some(abort.clone()), ..call }, on_text).await
    }

    /// Fetches the details of a user.
    ///
    /// # Errors
    /// `not_found` if the current user sees no such user.
    pub async fn user(&self, id: UserId, abort: &AbortSignal) -> Result<UserDetails, ApiError> {
        self.get(user_url(id), Some(abort)).await
    }

    /// Fetches a user's roles at each node, with the version (`ETag`) for the optimistic lock of a change.
    ///
    /// # Errors
    /// `not_found` if the current user sees no such user.
    pub async fn access(
        &self,
        id: UserId,
        abort: Option<&AbortSignal>,
    ) -> Result<(UserAccess, String), ApiError> {
        let call = Call::new(Method::Get, with_id(path::USER_ACCESS, id));
        let response = self.send(Call { abort: abort.cloned(), ..call }).await?;
        let version = response.etag.clone().ok_or(ApiError::Unreadable)?;
        Ok((decode(&response)?, version))
    }

    /// Changes a user's roles in one transaction. Returns the same as [`Client::access`], with warnings.
    ///
    /// # Errors
    /// `version_mismatch` if the version is outdated (optimistic lock), or the domain's denial.
    pub async fn change_access(
        &self,
        id: UserId,
        changes: &AccessChanges,
        version: &str,
    ) -> Result<(UserAccess, String), ApiError> {
        let call = Call::new(Method::Patch, with_id(path::USER_ACCESS, id)).with(changes)?;
        let response = self.send(call.header("If-Match", version)).await?;
        let version = response.etag.clone().ok_or(ApiError::Unreadable)?;
        Ok((decode(&response)?, version))
    }

    /// Removes a user.
    ///
    /// # Errors
    /// With the domain's denial.
    pub async fn remove_user(&self, id: UserId) -> Result<(), ApiError> {
        self.delete(with_id(path::USER, id)).await
    }

    /// Restores a removed user.
    ///
    /// # Errors
    /// `changed_since` if the removed access was changed since, or the domain's denial.
    pub async fn restore_user(&self, id: UserId) -> Result<(), ApiError> {
        self.send(Call::new(Method::Post, with_id(path::USER_RESTORE, id))).await.map(drop)
    }

    /// Fetches the e-mails that did not arrive.
    ///
    /// # Errors
    /// `needs_administrator` if the current user is an Administrator at no node.
    pub async fn undelivered_mail(&self) -> Result<UndeliveredMails, ApiError> {
        self.get(path::UNDELIVERED_MAIL.into(), None).await
    }

    /// Fetches the users removed within the last 24 hours.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn removed_users(&self) -> Result<Vec<RemovedUser>, ApiError> {
        self.get(path::REMOVED_USERS.into(), None).await
    }
}
