//! Views: what a request sees that is made inside of one, how one ends, and that nothing changes there.

use std::sync::LazyLock;

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use studio_users_contract::{StudioView, VIEW_HEADER, ViewEnd, ViewNode, ViewedUser, path};
use studio_users_domain::{
    Actor, Denial, Overview, Scope, Section, Status, Tree, UserId, VIEW_LASTS, View, capabilities_of,
};
use uuid::Uuid;

use crate::app::App;
use crate::openapi::{Reading, reading};
use crate::problem::Refusal;
use crate::reader::Reader;
use crate::store::{Error, KeptView, Organisation, Tx, UserKey, Write};
use crate::token::random_id;

/// How many views run at once in one session: as many tabs as somebody may have lost sight of. One more ends the
/// oldest.
const MOST_AT_ONCE: usize = 20;

/// A view that runs, as it is at the moment of the request.
pub(crate) struct Viewing {
    /// What is kept of it.
    pub(crate) kept: KeptView,
    /// What it shows.
    pub(crate) view: View,
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
        let (organisation, actor) = (&reader.organisation, reader.actor());
        let found = see(app, &mut reader.tx, organisation, &actor, user.into(), now).await?;
        let (seen, view) = found.filter(|(seen, _)| seen.user.id == user).ok_or(Refusal::NotFound)?;
        let view = view?;
        let people = (reader.account.key(), user.into());
        let kept = KeptView::new(random_id()?, people, reason, (now, now + VIEW_LASTS));
        let tree = &organisation.tree;
        let tops = view.tops(tree).filter_map(|at| organisation.key(tree.nodes()[at].id)).collect::<Vec<_>>();
        // Given back before another is asked for.
        drop(reader.tx);

        let mut write = app.store.write().await?;
        sweep(app, &mut write, now).await?;
        app.store.forget_views(&mut write, now).await?;
        let running = app.store.running_views(&mut write, reader.session).await?;
        for oldest in running.iter().rev().skip(MOST_AT_ONCE - 1) {
            end(app, &mut write, oldest, ViewEnd::Replaced, now).await?;
        }
        app.store.keep_view(&mut write, reader.session, &kept, &tops).await?;
        write.commit().await?;
        Ok(Self { kept, view, seen }.describe(tree))
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
        let kept = app.store.view(&mut reader.tx, id, reader.session, actor).await?;
        let Some(kept) = kept else { return Ok(None) };
        let why = match kept.is_over(now) {
            Some(why) => why,
            None => {
                let (organisation, actor) = (&reader.organisation, reader.actor());
                match see(app, &mut reader.tx, organisation, &actor, kept.user, now).await? {
                    Some((seen, Ok(view))) => return Ok(Some((reader, Self { kept, view, seen }))),
                    Some((_, Err(_))) | None => ViewEnd::ConditionsLost,
                }
            }
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
        let kept = app.store.view(&mut reader.tx, id, reader.session, actor).await?;
        drop(reader);
        let Some(kept) = kept else { return Ok(false) };
        if kept.ended.is_none() {
            let mut write = app.store.write().await?;
            end(app, &mut write, &kept, kept.is_over(now).unwrap_or(ViewEnd::Exited), now).await?;
            write.commit().await?;
        }
        Ok(true)
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

    /// Whether the viewed user has joined at the node: what waits for them there notifies them of nothing yet.
    pub(crate) fn has_joined_at(&self, position: usize) -> bool {
        self.seen.has_joined && !self.view.promised().contains(position)
    }
}

impl Reader {
    /// The reader inside the view that the request names: it shows what the viewed user would see, and the account
    /// stays the actor's. A view that is not found is never passed over: the request would run as the actor.
    pub(crate) async fn inside_view(self, app: &App, name: &str) -> Result<Self, Refusal> {
        let id: Uuid = name.parse().map_err(|_| Refusal::ViewEnded(None))?;
        let (reader, viewing) = Viewing::find(app, self, id).await?.ok_or(Refusal::ViewEnded(None))?;
        let access = viewing.view.access().clone();
        let scope = Scope::of(&reader.organisation.tree, &access);
        Ok(Self { access, scope, view: Some(viewing), ..reader })
    }
}

/// Ends the views whose time or whose session is over. Nobody waits for them: it is done when something else
/// begins or ends.
pub(crate) async fn sweep(app: &App, write: &mut Write, now: DateTime<Utc>) -> Result<(), Error> {
    for kept in app.store.overdue_views(write, now).await? {
        if let Some(why) = kept.is_over(now) {
            end(app, write, &kept, why, now).await?;
        }
    }
    Ok(())
}

/// Refuses whatever would change something inside a view.
pub(crate) async fn refuse_changes(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_inside = request.headers().contains_key(VIEW_HEADER);
    match request.extensions().get::<MatchedPath>() {
        Some(path) if is_inside && is_change(request.method(), path.as_str()) => {
            let operation = format!("{} {}", request.method(), path.as_str());
            let (mut parts, _) = request.into_parts();
            match Reader::from_request_parts(&mut parts, &app).await {
                Ok(reader) => refuse(&app, reader, operation).await,
                Err(refusal) => refusal,
            }
            .into_response()
        }
        _ => next.run(request).await,
    }
}

/// Whether a call changes something, but for the one that ends a view. What the contract does not list counts as
/// a change.
fn is_change(method: &Method, path: &str) -> bool {
    static READING: LazyLock<Reading> = LazyLock::new(reading);
    let method = if method == Method::HEAD { &Method::GET } else { method };
    let ends_view = method == Method::DELETE && path == path::VIEW;
    !ends_view && !READING.get(path).is_some_and(|methods| methods.contains(method))
}

async fn refuse(_app: &App, _reader: Reader, _operation: String) -> Refusal {
    Refusal::ViewIsReadOnly
}

/// What the actor would see as this user, or what forbids it; none where they do not see the user at all.
async fn see(
    app: &App,
    tx: &mut Tx,
    organisation: &Organisation,
    actor: &Actor<'_>,
    user: UserKey,
    now: DateTime<Utc>,
) -> Result<Option<(Seen, Result<View, Denial>)>, Error> {
    let Some(account) = app.store.account(tx, user).await? else { return Ok(None) };
    let subject = app.store.subject(tx, organisation, user).await?;
    let view = actor.may_view(account.id, &subject, now);
    let status =
        Overview::of(&organisation.tree, actor.managed(), &subject.held, &subject.pending, now)
            .map(|overview| overview.status);
    // Oneself one always knows.
    if status.is_none() && view != Err(Denial::OwnView) {
        return Ok(None);
    }
    let name = account.name.filter(|_| status == Some(Status::Active));
    let user = ViewedUser { id: account.id, name, email: account.email };
    Ok(Some((Seen { user, has_joined: account.joined_at.is_some() }, view)))
}

/// Ends a view, unless somebody else has ended it meanwhile.
async fn end(
    app: &App,
    write: &mut Write,
    kept: &KeptView,
    why: ViewEnd,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let at = now.min(kept.expires_at);
    app.store.end_view(write, kept.id, why, at).await?;
    Ok(())
}
