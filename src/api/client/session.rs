use studio_users_contract::{
    Code, DemoPerson, DemoSignIn, NewSession, NodeView, OwnSession, ProfileChange, Session,
    SignInLinkRequest, path,
};
use studio_users_domain::UserId;
use uuid::Uuid;

use super::{Call, Client, at, decode};
use crate::api::{ApiError, Method};

impl Client {
    /// Who is signed in; none where nobody is.
    ///
    /// # Errors
    /// Whatever keeps the backend from answering that.
    pub async fn session(&self) -> Result<Option<Session>, ApiError> {
        match self.get(path::SESSION.into(), None).await {
            Ok(session) => Ok(Some(session)),
            Err(error) if error.code() == Some(Code::Unauthenticated) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Asks for a mailed sign-in link. It is never told that there is no such account.
    ///
    /// # Errors
    /// Whatever keeps the backend from taking the request.
    pub async fn request_sign_in_link(&self, email: String) -> Result<(), ApiError> {
        self.send(Call::new(Method::Post, path::SIGN_IN_LINKS).with(&SignInLinkRequest { email })?)
            .await
            .map(drop)
    }

    /// Signs in with the token of a link.
    ///
    /// # Errors
    /// `link_invalid` where the link is unknown, used or expired.
    pub async fn sign_in(&self, token: String) -> Result<Session, ApiError> {
        self.post(path::SESSIONS, &NewSession { token, bearer: false }).await
    }

    /// Signs out.
    ///
    /// # Errors
    /// Whatever keeps the backend from doing so.
    pub async fn sign_out(&self) -> Result<(), ApiError> {
        self.delete(path::SESSION.into()).await
    }

    /// Changes one's own name or language.
    ///
    /// # Errors
    /// `invalid`, with the field at fault.
    pub async fn change_profile(&self, change: &ProfileChange) -> Result<Session, ApiError> {
        decode(&self.send(Call::new(Method::Patch, path::SESSION).with(change)?).await?)
    }

    /// One's own sessions.
    ///
    /// # Errors
    /// Whatever keeps the backend from answering.
    pub async fn sessions(&self) -> Result<Vec<OwnSession>, ApiError> {
        self.get(path::SESSIONS.into(), None).await
    }

    /// Ends one of one's own sessions.
    ///
    /// # Errors
    /// `not_found` where there is no such session any more.
    pub async fn end_session(&self, id: Uuid) -> Result<(), ApiError> {
        self.delete(at(path::SESSION_BY_ID, id)).await
    }

    /// The people whom a visitor of a demo can be; nobody where the backend is no demo.
    ///
    /// # Errors
    /// Whatever keeps the backend from answering.
    pub async fn demo_people(&self) -> Result<Vec<DemoPerson>, ApiError> {
        match self.get(path::DEMO_PEOPLE.into(), None).await {
            Err(error) if error.code() == Some(Code::NotFound) => Ok(Vec::new()),
            answer => answer,
        }
    }

    /// Signs in as one of them.
    ///
    /// # Errors
    /// Whatever keeps the backend from doing so.
    pub async fn demo_sign_in(&self, user_id: UserId) -> Result<Session, ApiError> {
        self.post(path::DEMO_SESSIONS, &DemoSignIn { user_id, bearer: false }).await
    }

    /// The part of the organisation that the reader may see, in its order.
    ///
    /// # Errors
    /// Whatever keeps the backend from answering.
    pub async fn nodes(&self) -> Result<Vec<NodeView>, ApiError> {
        self.get(path::NODES.into(), None).await
    }
}
