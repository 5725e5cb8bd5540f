//! Who changes something: read within the transaction that changes it, so that what was allowed is still so when
//! it happens.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use studio_users_domain::{Access, Actor, NodeId, NodeSet, Overview, Scope, Status, Subject, Tree, UserId};

use crate::app::App;
use crate::problem::Refusal;
use crate::reader::{Reader, named_view, session_token};
use crate::store::{Account, Organisation, Pending, Tx, UserKey, Write};

/// Somebody signed in, of whom no more is known yet: the body is read before the store is asked to write.
pub(crate) struct SignedIn(HeaderMap);

/// A person with what they have, at one moment.
pub(crate) struct Who {
    /// Their account.
    pub(crate) account: Account,
    /// The organisation.
    pub(crate) organisation: Arc<Organisation>,
    /// What they have in it.
    pub(crate) access: Access,
    /// What they manage of it.
    pub(crate) scope: Scope,
}

/// Somebody who changes something, and the change.
pub(crate) struct Editor {
    /// Who, as they were before it.
    pub(crate) who: Who,
    /// When.
    pub(crate) now: DateTime<Utc>,
    /// The transaction.
    pub(crate) write: Write,
}

/// A user whom an editor sees, with everything that was given to them, elsewhere too.
pub(crate) struct Seen {
    /// The account.
    pub(crate) account: Account,
    /// What they hold, and what waits for them.
    pub(crate) subject: Subject,
    /// The latter, with all that is kept of it.
    pub(crate) pending: Vec<Pending>,
    /// Whether they have joined at a node of the editor's.
    pub(crate) is_active: bool,
}

impl SignedIn {
    /// Begins to read what a request with a body asks for; inside a view, where one is named.
    pub(crate) async fn read(self, app: &App) -> Result<Reader, Refusal> {
        let token = session_token(app, &self.0).ok_or(Refusal::Unauthenticated)?;
        Reader::of(app, token, named_view(&self.0)?).await
    }

    /// Begins to change something.
    pub(crate) async fn edit(self, app: &App) -> Result<Editor, Refusal> {
        let now = app.clock.now();
        let token = session_token(app, &self.0).ok_or(Refusal::Unauthenticated)?;
        let mut write = app.store.write().await?;
        let visitor = app.store.visitor(&mut write, token, now).await?.ok_or(Refusal::Unauthenticated)?;
        if visitor.is_worth_noting(now) {
            app.store.note_activity_in(&mut write, visitor.account.key(), token, now).await?;
        }
        let organisation = app.store.organisation(&mut write).await?.ok_or(Refusal::Unavailable)?;
        let who = Who::read(app, &mut write, organisation, visitor.account).await?;
        Ok(Editor { who, now, write })
    }
}

impl Who {
    /// Reads what a person has.
    pub(crate) async fn read(
        app: &App,
        tx: &mut Tx,
        organisation: Arc<Organisation>,
        account: Account,
    ) -> Result<Self, Refusal> {
        let assignments = app.store.assignments(tx, &organisation, account.key()).await?;
        let access = Access::new(&organisation.tree, &assignments);
        let scope = Scope::of(&organisation.tree, &access);
        Ok(Self { account, organisation, access, scope })
    }

    /// Who the rules judge.
    pub(crate) fn actor(&self) -> Actor<'_> {
        Actor::new(&self.organisation.tree, self.account.id, &self.access, false)
    }

    /// The organisation's tree.
    pub(crate) fn tree(&self) -> &Tree {
        &self.organisation.tree
    }

    /// The position of a node that they may know of.
    pub(crate) fn known(&self, node: NodeId) -> Result<usize, Refusal> {
        let tree = self.tree();
        let position = tree.position(node).ok_or(Refusal::NotFound)?;
        let has = |at: usize| self.scope.managed().contains(at) || !self.access.at(at).effective.is_empty();
        if tree.subtree(position).any(has) { Ok(position) } else { Err(Refusal::NotFound) }
    }
}

impl Editor {
    /// A user whom the editor sees.
    pub(crate) async fn see(&mut self, app: &App, user: UserId) -> Result<Seen, Refusal> {
        let key = UserKey::from(user);
        let account = app.store.live_account(&mut self.write, key).await?;
        let account = account.filter(|account| account.id == user).ok_or(Refusal::NotFound)?;
        let seen = Seen::read(app, &mut self.write, &self.who.organisation, account).await?;
        seen.within(self.who.tree(), self.who.scope.managed(), self.now).ok_or(Refusal::NotFound)
    }
}

impl Seen {
    /// Reads what was given to a user; whether somebody sees them is another question.
    pub(crate) async fn read(
        app: &App,
        tx: &mut Tx,
        organisation: &Organisation,
        account: Account,
    ) -> Result<Self, Refusal> {
        let held = app.store.assignments(tx, organisation, account.key()).await?;
        let pending = app.store.pending(tx, organisation, account.key()).await?;
        let grants = pending.iter().map(|pending| pending.grant.clone()).collect();
        Ok(Self { account, subject: Subject { held, pending: grants }, pending, is_active: false })
    }

    /// The user as those see them who see these nodes; nothing where they do not.
    pub(crate) fn within(self, tree: &Tree, nodes: &NodeSet, now: DateTime<Utc>) -> Option<Self> {
        let overview = self.overview(tree, nodes, now)?;
        Some(Self { is_active: overview.status == Status::Active, ..self })
    }

    /// What is seen of the user at these nodes.
    pub(crate) fn overview(&self, tree: &Tree, nodes: &NodeSet, now: DateTime<Utc>) -> Option<Overview> {
        Overview::of(tree, nodes, &self.subject.held, &self.subject.pending, now)
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let token = session_token(app, &parts.headers).ok_or(Refusal::Unauthenticated)?;
        let mut tx = app.store.read().await?;
        app.store.visitor(&mut tx, token, app.clock.now()).await?.ok_or(Refusal::Unauthenticated)?;
        Ok(Self(parts.headers.clone()))
    }
}
