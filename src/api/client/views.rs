use studio_users_contract::{NewView, StudioView, path};
use studio_users_domain::UserId;
use uuid::Uuid;

use super::{Client, at};
use crate::api::ApiError;

impl Client {
    /// Begins to view the studio as a user.
    ///
    /// # Errors
    /// The domain's denial.
    pub async fn begin_view(&self, user_id: UserId, reason: String) -> Result<StudioView, ApiError> {
        self.post(path::VIEWS, &NewView { user_id, reason }).await
    }

    /// A view that runs.
    ///
    /// # Errors
    /// `view_ended`, with its reason.
    pub async fn view(&self, id: Uuid) -> Result<StudioView, ApiError> {
        self.get(at(path::VIEW, id), None).await
    }

    /// Ends a view.
    ///
    /// # Errors
    /// Whatever keeps the backend from doing so.
    pub async fn end_view(&self, id: Uuid) -> Result<(), ApiError> {
        self.delete(at(path::VIEW, id)).await
    }
}
