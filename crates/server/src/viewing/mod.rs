//! Views: what a request sees that is made inside of one, how one begins and ends, and that nothing changes there.
//!
//! [`Viewing`] is a view that runs, [`refuse_changes`] stands before every call, [`sweep`] ends what nobody
//! looks at any more. Whoever manages one of the topmost nodes of a view finds it in the audit log.

mod changes;
mod record;
#[cfg(test)]
mod sequences;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use studio_users_contract::{StudioView, ViewEnd, ViewNode, ViewedUser};
use studio_users_domain::{
    Actor, Denial, Overview, Scope, Section, Status, Tree, UserId, VIEW_LASTS, View, capabilities_of,
};
use uuid::Uuid;

use crate::app::App;
use crate::problem::Refusal;
use crate::reader::Reader;
use crate::store::{KeptView, Organisation, UserKey, ViewTop};
use crate::token::random_id;
pub(crate) use changes::refuse_changes;
pub(crate) use record::sweep;
use record::{end, started};

/// How many views run at once in one session: as many tabs as somebody may have lost sight of. One more ends the
/// oldest.
const MOST_AT_ONCE: usize = 20;

/// A view that runs, as it is at the moment of the request.
pub(crate) struct Viewing {
    kept: KeptView,
    view: View,
    seen: Seen,
}

/// A user as an actor sees them who would view as them.
struct Seen {
    user: ViewedUser,
    has_joined: bool,
}

impl Viewing {
    /// Begins a view.
    pub(crate) async fn begin(
        app: &App,
        mut reader: Reader,
        user: UserId,
        reason: String,
    ) -> Result<StudioView, Refusal> {
        let now = app.clock.now();
        let found = see(app, &mut reader, user.into(), now).await?;
        let (seen, view) = found.filter(|(seen, _)| seen.user.id == user).ok_or(Refusal::NotFound)?;
        let people = (reader.account.key(), UserKey::from(user));
        let kept = KeptView::new(random_id()?, people, (now, now + VIEW_LASTS));
        let viewing = Self { kept, view: view?, seen };
        let Reader { organisation, token: session, tx, .. } = reader;
        // Given back before another is asked for.
        drop(tx);

        let mut write = app.store.write().await?;
        sweep(app, &mut write, now).await?;
        app.store.forget_views(&mut write, now).await?;
        let running = app.store.running_views(&mut write, session).await?;
        for oldest in running.iter().rev().skip(MOST_AT_ONCE - 1) {
            end(app, &mut write, oldest, ViewEnd::Replaced, now).await?;
        }
        app.store.keep_view(&mut write, session, &viewing.kept, &viewing.tops(&organisation)).await?;
        started(app, &mut write, &viewing.kept, reason).await?;
        write.commit().await?;
        Ok(viewing.describe(&organisation.tree))
    }

    /// The view of this id, judged anew; none where the reader's session has no such view. One that is over by now
    /// is ended first.
    pub(crate) async fn find(
        app: &App,
        mut reader: Reader,
        id: Uuid,
    ) -> Result<Option<(Reader, Self)>, Refusal> {
        let now = app.clock.now();
        let actor = reader.account.key();
        let Some(kept) = app.store.view(&mut reader.tx, id, reader.token, actor).await? else {
            return Ok(None);
        };
        let why = match kept.is_over(now) {
            Some(why) => why,
            None => match see(app, &mut reader, kept.user, now).await? {
                Some((seen, Ok(view))) => return Ok(Some((reader, Self { kept, view, seen }))),
                Some((_, Err(_))) | None => ViewEnd::ConditionsLost,
            },
        };
        drop(reader);
        if kept.ended.is_none() {
            let mut write = app.store.write().await?;
            end(app, &mut write, &kept, why, now).await?;
            write.commit().await?;
        }
        Err(Refusal::ViewEnded(Some(why)))
    }

    /// Ends the view of this id, if it has not ended; answers whether the reader's session has such a view.
    pub(crate) async fn exit(app: &App, mut reader: Reader, id: Uuid) -> Result<bool, Refusal> {
        let now = app.clock.now();
        let actor = reader.account.key();
        let kept = app.store.view(&mut reader.tx, id, reader.token, actor).await?;
        drop(reader);
        let Some(kept) = kept else { return Ok(false) };
        if kept.ended.is_none() {
            let mut write = app.store.write().await?;
            end(app, &mut write, &kept, kept.is_over(now).unwrap_or(ViewEnd::Exited), now).await?;
            write.commit().await?;
        }
        Ok(true)
    }

    /// What `Studio-View` carries.
    pub(crate) fn id(&self) -> Uuid {
        self.kept.id
    }

    /// As whom it is.
    pub(crate) fn user(&self) -> UserId {
        self.seen.user.id
    }

    /// The view as it is answered.
    pub(crate) fn describe(&self, tree: &Tree) -> StudioView {
        let node = |at: usize| {
            let roles = self.view.access().at(at).effective;
            let capabilities = capabilities_of(roles);
            ViewNode {
                node_id: tree.nodes()[at].id,
                roles,
                sections: Section::all().filter(|section| section.is_seen_with(capabilities)).collect(),
                pending: self.view.promised().contains(at),
            }
        };
        StudioView {
            id: self.kept.id,
            user: self.seen.user.clone(),
            nodes: self.view.nodes().iter().map(node).collect(),
            started_at: self.kept.started_at,
            expires_at: self.kept.expires_at,
        }
    }

    /// The topmost nodes, and by what name the user is known there.
    fn tops(&self, organisation: &Organisation) -> Vec<ViewTop> {
        let ViewedUser { name, email, .. } = &self.seen.user;
        let top = |at: usize| {
            let name = name.as_ref().filter(|_| self.has_joined_at(at));
            let node = organisation.key(organisation.tree.nodes()[at].id)?;
            Some(ViewTop { node, user_name: name.unwrap_or(email).clone() })
        };
        self.view.tops(&organisation.tree).filter_map(top).collect()
    }

    /// Whether the viewed user has joined at the node: what waits for them there notifies them of nothing yet.
    pub(crate) fn has_joined_at(&self, position: usize) -> bool {
        self.seen.has_joined && !self.view.promised().contains(position)
    }
}

impl Reader {
    /// The reader inside the view that the request names: it shows what the viewed user would see, and the account
    /// stays the actor's. A view that is not found is never passed over: the request would run as the actor.
    pub(crate) async fn inside_view(self, app: &App, id: Uuid) -> Result<Self, Refusal> {
        let (reader, viewing) = Viewing::find(app, self, id).await?.ok_or(Refusal::ViewEnded(None))?;
        let access = viewing.view.access().clone();
        let scope = Scope::of(&reader.organisation.tree, &access);
        Ok(Self { access, scope, view: Some(viewing), ..reader })
    }
}

/// What the reader would see as this user, or what forbids it; none where they do not see the user at all.
async fn see(
    app: &App,
    reader: &mut Reader,
    user: UserKey,
    now: DateTime<Utc>,
) -> Result<Option<(Seen, Result<View, Denial>)>, Refusal> {
    let Reader { account, organisation, access, view, tx, .. } = reader;
    let actor = Actor::new(&organisation.tree, account.id, access, view.is_some());
    let Some(account) = app.store.account(tx, user).await? else { return Ok(None) };
    let subject = app.store.subject(tx, organisation, user).await?;
    let view = actor.may_view(account.id, &subject, now);
    let status = Overview::of(&organisation.tree, actor.managed(), &subject.held, &subject.pending, now)
        .map(|overview| overview.status);
    // Oneself one always knows.
    if status.is_none() && view != Err(Denial::OwnView) {
        return Ok(None);
    }
    let name = account.name.filter(|_| status == Some(Status::Active));
    let user = ViewedUser { id: account.id, name, email: account.email };
    Ok(Some((Seen { user, has_joined: account.joined_at.is_some() }, view)))
}
