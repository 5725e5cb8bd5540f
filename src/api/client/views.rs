use studio_users_contract::{NewView, StudioView, path};
use studio_users_domain::UserId;
use uuid::Uuid;

use super::{Client, with_id};
use crate::api::ApiError;

impl Client {
    /// Starts an impersonation of a user.
    ///
    /// # Errors
    /// With the domain's denial.
    pub async fn start_view(&self, user_id: UserId, reason: String) -> Result<StudioView, ApiError> {
        self.post(path::VIEWS, &NewView { user_id, reason }).await
    }

    /// Fetches an active view.
    ///
    /// # Errors
    /// `view_ended` with the reason.
    pub async fn view(&self, id: Uuid) -> Result<StudioView, ApiError> {
        self.get(with_id(path::VIEW, id), None).await
    }

    /// Ends a view.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn end_view(&self, id: Uuid) -> Result<(), ApiError> {
        self.delete(with_id(path::VIEW, id)).await
    }
}
