use studio_users_contract::{
    AcceptInvitation, AddressCorrection, CorrectedInvitation, InspectInvitation, InvitationDetails,
    InvitationDraft, InvitationLink, InvitationPreview, InvitationResult, NewInvitation, StartedSession,
    path,
};
use studio_users_domain::UserId;
use web_sys::AbortSignal;

use super::{Call, Client, decode, with_id};
use crate::api::{ApiError, Method};

impl Client {
    /// Invites users. Repeating a request with the same `Idempotency-Key` invites nobody twice.
    ///
    /// # Errors
    /// With the domain's denial of a grant. Then no user is invited.
    pub async fn invite(
        &self,
        invitation: &NewInvitation,
        key: &str,
        abort: Option<AbortSignal>,
    ) -> Result<InvitationResult, ApiError> {
        let call = Call::new(Method::Post, path::INVITATIONS).with(invitation)?;
        decode(&self.send(Call { abort, ..call.header("Idempotency-Key", key) }).await?)
    }

    /// Fetches a preview of the effects of an invitation.
    ///
    /// # Errors
    /// If the request fails.
    pub async fn preview_invitation(
        &self,
        draft: &InvitationDraft,
        abort: &AbortSignal,
    ) -> Result<InvitationPreview, ApiError> {
        let call = Call::new(Method::Post, path::INVITATIONS_PREVIEW).with(draft)?;
        decode(&self.send(Call { abort: Some(abort.clone()), ..call }).await?)
    }

    /// Creates a link for a pending invitation. The backend returns it only once.
    ///
    /// # Errors
    /// With the domain's denial.
    pub async fn copy_link(&self, id: UserId) -> Result<InvitationLink, ApiError> {
        decode(&self.send(Call::new(Method::Post, with_id(path::USER_INVITATION_LINK, id))).await?)
    }

    /// Resends an invitation by e-mail.
    ///
    /// # Errors
    /// With the domain's denial.
    pub async fn resend_invitation(&self, id: UserId) -> Result<(), ApiError> {
        self.send(Call::new(Method::Post, with_id(path::USER_INVITATION_RESEND, id))).await.map(drop)
    }

    /// Corrects the address of an invited user. Returns the id of the user with the right address.
    ///
    /// # Errors
    /// With the domain's denial, or `invalid` for an address that is none.
    pub async fn correct_address(&self, id: UserId, email: String) -> Result<UserId, ApiError> {
        let correction = AddressCorrection { email };
        let corrected: CorrectedInvitation =
            self.post(&with_id(path::USER_INVITATION_CORRECT, id), &correction).await?;
        Ok(corrected.user_id)
    }

    /// Revokes an invitation.
    ///
    /// # Errors
    /// With the domain's denial.
    pub async fn revoke_invitation(&self, id: UserId) -> Result<(), ApiError> {
        self.delete(with_id(path::USER_INVITATION, id)).await
    }

    /// Fetches the invitation of a link token.
    ///
    /// # Errors
    /// `link_invalid` for every invalid link, whatever the cause.
    pub async fn inspect_invitation(&self, token: String) -> Result<InvitationDetails, ApiError> {
        self.post(path::INVITATIONS_INSPECT, &InspectInvitation { token }).await
    }

    /// Accepts the invitation of a link token.
    ///
    /// # Errors
    /// `sign_in_required` if the account already exists.
    pub async fn accept_invitation(
        &self,
        token: String,
        name: Option<String>,
    ) -> Result<StartedSession, ApiError> {
        self.post(path::INVITATIONS_ACCEPT, &AcceptInvitation { token, name, bearer: false }).await
    }
}
