use studio_users_contract::{
    AcceptInvitation, InspectInvitation, InvitationDraft, InvitationLink, InvitationPreview,
    InvitationResult, NewInvitation, OpenInvitation, StartedSession, path,
};
use studio_users_domain::UserId;
use web_sys::AbortSignal;

use super::{Call, Client, at, decode};
use crate::api::{ApiError, Method};

impl Client {
    /// Invites people. The same key with the same request is the same invitation, however often it is sent.
    ///
    /// # Errors
    /// The domain's denial of a grant; then nobody is invited.
    pub async fn invite(&self, invitation: &NewInvitation, key: &str) -> Result<InvitationResult, ApiError> {
        let call = Call::new(Method::Post, path::INVITATIONS).with(invitation)?;
        decode(&self.send(call.header("Idempotency-Key", key)).await?)
    }

    /// What an invitation would do.
    ///
    /// # Errors
    /// Whatever keeps the backend from answering.
    pub async fn preview_invitation(
        &self,
        draft: &InvitationDraft,
        abort: &AbortSignal,
    ) -> Result<InvitationPreview, ApiError> {
        let call = Call::new(Method::Post, path::INVITATIONS_PREVIEW).with(draft)?;
        decode(&self.send(Call { abort: Some(abort.clone()), ..call }).await?)
    }

    /// Makes a link to a pending invitation, shown this once.
    ///
    /// # Errors
    /// The domain's denial.
    pub async fn copy_link(&self, id: UserId) -> Result<InvitationLink, ApiError> {
        decode(&self.send(Call::new(Method::Post, at(path::USER_INVITATION_LINK, id))).await?)
    }

    /// Mails an invitation again.
    ///
    /// # Errors
    /// The domain's denial.
    pub async fn resend_invitation(&self, id: UserId) -> Result<(), ApiError> {
        self.send(Call::new(Method::Post, at(path::USER_INVITATION_RESEND, id))).await.map(drop)
    }

    /// Revokes an invitation.
    ///
    /// # Errors
    /// The domain's denial.
    pub async fn revoke_invitation(&self, id: UserId) -> Result<(), ApiError> {
        self.delete(at(path::USER_INVITATION, id)).await
    }

    /// What the link with this token invites to.
    ///
    /// # Errors
    /// `not_found` for every link that does not work, whatever the cause.
    pub async fn inspect_invitation(&self, token: String) -> Result<OpenInvitation, ApiError> {
        self.post(path::INVITATIONS_INSPECT, &InspectInvitation { token }).await
    }

    /// Joins by the link with this token.
    ///
    /// # Errors
    /// `sign_in_required` where the account exists already.
    pub async fn accept_invitation(
        &self,
        token: String,
        name: Option<String>,
    ) -> Result<StartedSession, ApiError> {
        self.post(path::INVITATIONS_ACCEPT, &AcceptInvitation { token, name, bearer: false }).await
    }
}
