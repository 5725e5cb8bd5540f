use studio_users_contract::{
    Code, DemoPerson, DemoSignIn, NewSession, NodeView, OwnSession, OwnViews, ProfileChange, Session,
    SignInLinkRequest, path,
};
use studio_users_domain::UserId;
use uuid::Uuid;

use super::{Call, Client, decode, with_id};
use crate::api::{ApiError, Method};

impl Client {
    /// Fetches the session. `None` if no user is signed in.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn session(&self) -> Result<Option<Session>, ApiError> {
        match self.get(path::SESSION.into(), None).await {
            Ok(session) => Ok(Some(session)),
            Err(error) if error.code() == Some(Code::Unauthenticated) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Requests a sign-in link by e-mail. The response does not reveal whether the account exists.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn request_sign_in_link(&self, email: String) -> Result<(), ApiError> {
        self.send(Call::new(Method::Post, path::SIGN_IN_LINKS).with(&SignInLinkRequest { email })?)
            .await
            .map(drop)
    }

    /// Signs in with the token of a link.
    ///
    /// # Errors
    /// `link_invalid` if the link is unknown, used or expired.
    pub async fn sign_in(&self, token: String) -> Result<Session, ApiError> {
        self.post(path::SESSIONS, &NewSession { token, bearer: false }).await
    }

    /// Signs out.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn sign_out(&self) -> Result<(), ApiError> {
        self.delete(path::SESSION.into()).await
    }

    /// Changes the current user's name or language.
    ///
    /// # Errors
    /// `invalid` with the invalid field.
    pub async fn change_profile(&self, change: &ProfileChange) -> Result<Session, ApiError> {
        decode(&self.send(Call::new(Method::Patch, path::SESSION).with(change)?).await?)
    }

    /// Fetches the sessions of the current user.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn sessions(&self) -> Result<Vec<OwnSession>, ApiError> {
        self.get(path::SESSIONS.into(), None).await
    }

    /// Fetches the views in which others saw the studio as the current user. `before` is the cursor of the next page.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn own_views(&self, before: Option<String>) -> Result<OwnViews, ApiError> {
        // The cursor is the id of a view, so it needs no encoding.
        let query = before.map(|before| format!("?before={before}")).unwrap_or_default();
        self.get(format!("{}{query}", path::SESSION_VIEWS), None).await
    }

    /// Ends a session of the current user.
    ///
    /// # Errors
    /// `not_found` if the session no longer exists.
    pub async fn end_session(&self, id: Uuid) -> Result<(), ApiError> {
        self.delete(with_id(path::SESSION_BY_ID, id)).await
    }

    /// Fetches the people of a demo to sign in as. Empty if the backend is no demo.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn demo_people(&self) -> Result<Vec<DemoPerson>, ApiError> {
        match self.get(path::DEMO_PEOPLE.into(), None).await {
            Err(error) if error.code() == Some(Code::NotFound) => Ok(Vec::new()),
            result => result,
        }
    }

    /// Signs in as one of the demo's people.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn demo_sign_in(&self, user_id: UserId) -> Result<Session, ApiError> {
        self.post(path::DEMO_SESSIONS, &DemoSignIn { user_id, bearer: false }).await
    }

    /// Fetches the visible nodes of the organisation, in tree order.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn nodes(&self) -> Result<Vec<NodeView>, ApiError> {
        self.get(path::NODES.into(), None).await
    }
}
