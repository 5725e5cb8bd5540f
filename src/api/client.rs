use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use studio_users_contract::{
    DemoPerson, DemoSignIn, NewSession, NodeView, Session, SignInLinkRequest, UserPage, UsersQuery, path,
};
use studio_users_domain::UserId;
use web_sys::AbortSignal;

use super::{ApiError, Fetch, Method, Request, Response, Transport};

/// The backend's calls, typed by the contract.
#[derive(Clone)]
pub struct Client {
    transport: Arc<dyn Transport>,
}

impl Default for Client {
    fn default() -> Self {
        Self::new(Fetch)
    }
}

impl Client {
    /// A client over the transport.
    pub fn new(transport: impl Transport + 'static) -> Self {
        Self { transport: Arc::new(transport) }
    }

    /// Who is signed in; none where nobody is.
    ///
    /// # Errors
    /// Whatever keeps the backend from answering that.
    pub async fn session(&self) -> Result<Option<Session>, ApiError> {
        match self.get(path::SESSION.into(), None).await {
            Ok(session) => Ok(Some(session)),
            Err(error) if error.code() == Some(studio_users_contract::Code::Unauthenticated) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Asks for a mailed sign-in link.
    ///
    /// # Errors
    /// Whatever keeps the backend from taking the request; never that there is no such account.
    pub async fn request_sign_in_link(&self, email: String) -> Result<(), ApiError> {
        self.post(path::SIGN_IN_LINKS, &SignInLinkRequest { email }).await.map(drop)
    }

    /// Signs in with the token of a link.
    ///
    /// # Errors
    /// `link_invalid` where the link is unknown, used or expired.
    pub async fn sign_in(&self, token: String) -> Result<Session, ApiError> {
        decode(&self.post(path::SESSIONS, &NewSession { token, bearer: false }).await?)
    }

    /// Signs out.
    ///
    /// # Errors
    /// Whatever keeps the backend from doing so.
    pub async fn sign_out(&self) -> Result<(), ApiError> {
        self.send(Method::Delete, path::SESSION.into(), None, None).await.map(drop)
    }

    /// The people whom a visitor of a demo can be; nobody where the backend is no demo.
    ///
    /// # Errors
    /// Whatever keeps the backend from answering.
    pub async fn demo_people(&self) -> Result<Vec<DemoPerson>, ApiError> {
        match self.get(path::DEMO_PEOPLE.into(), None).await {
            Err(error) if error.code() == Some(studio_users_contract::Code::NotFound) => Ok(Vec::new()),
            answer => answer,
        }
    }

    /// Signs in as one of them.
    ///
    /// # Errors
    /// Whatever keeps the backend from doing so.
    pub async fn demo_sign_in(&self, user_id: UserId) -> Result<Session, ApiError> {
        decode(&self.post(path::DEMO_SESSIONS, &DemoSignIn { user_id, bearer: false }).await?)
    }

    /// The part of the organisation that the reader may see, in its order.
    ///
    /// # Errors
    /// Whatever keeps the backend from answering.
    pub async fn nodes(&self) -> Result<Vec<NodeView>, ApiError> {
        self.get(path::NODES.into(), None).await
    }

    /// A window of the users that match.
    ///
    /// # Errors
    /// Whatever keeps the backend from answering.
    pub async fn users(&self, query: &UsersQuery, abort: &AbortSignal) -> Result<UserPage, ApiError> {
        self.get(users_url(query), Some(abort.clone())).await
    }

    async fn get<T: DeserializeOwned>(&self, url: String, abort: Option<AbortSignal>) -> Result<T, ApiError> {
        decode(&self.send(Method::Get, url, None, abort).await?)
    }

    async fn post(&self, url: &str, body: &impl Serialize) -> Result<Response, ApiError> {
        // The contract's requests are plain structs: they always serialise.
        let body = serde_json::to_string(body).map_err(|_| ApiError::Unreadable)?;
        self.send(Method::Post, url.into(), Some(body), None).await
    }

    async fn send(
        &self,
        method: Method,
        url: String,
        body: Option<String>,
        abort: Option<AbortSignal>,
    ) -> Result<Response, ApiError> {
        let response = self.transport.send(Request { method, url, body, abort }).await?;
        if (200..300).contains(&response.status) { Ok(response) } else { Err(ApiError::of(&response)) }
    }
}

fn decode<T: DeserializeOwned>(response: &Response) -> Result<T, ApiError> {
    serde_json::from_str(&response.body).map_err(|_| ApiError::Unreadable)
}

fn users_url(query: &UsersQuery) -> String {
    let nodes = query.nodes.iter().map(|node| ("node", node.to_string()));
    let roles = query.roles.iter().map(|role| ("role", role.wire_name().into()));
    let statuses = query.statuses.iter().map(|status| ("status", status.wire_name().into()));
    let values = [
        ("search", query.search.clone()),
        ("active_since", query.active_since.map(|time| time.to_rfc3339())),
        ("sort", query.sort.map(|sort| sort.to_string())),
        ("offset", query.offset.map(|offset| offset.to_string())),
        ("limit", query.limit.map(|limit| limit.to_string())),
    ];
    let url = format!("{}?", path::USERS);
    let query_at = url.len();
    let mut pairs = form_urlencoded::Serializer::for_suffix(url, query_at);
    pairs.extend_pairs(nodes.chain(roles).chain(statuses));
    pairs.extend_pairs(values.into_iter().filter_map(|(name, value)| Some((name, value?))));
    pairs.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio_users_domain::{Role, Status};

    #[test]
    fn a_search_may_hold_what_a_url_gives_a_meaning_to() {
        let query = UsersQuery { search: Some("a&b=ç +%".into()), limit: Some(5), ..UsersQuery::default() };
        assert_eq!(users_url(&query), "/api/v1/users?search=a%26b%3D%C3%A7+%2B%25&limit=5");
    }

    #[test]
    fn each_of_several_values_stands_by_itself() {
        let query = UsersQuery {
            roles: Role::Agent | Role::Planner,
            statuses: vec![Status::Invited, Status::Expired],
            ..UsersQuery::default()
        };
        let expected = "/api/v1/users?role=agent&role=planner&status=invited&status=expired";
        assert_eq!(users_url(&query), expected);
    }
}
