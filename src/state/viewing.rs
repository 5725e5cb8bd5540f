use std::time::Duration;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use studio_users_contract::{StudioView, ViewEnd, ViewedUser};
use studio_users_domain::UserId;
use uuid::Uuid;

use super::claim::{Claim, claim};
use super::{Place, keep_in_tab, kept_in_tab};
use crate::api::{ApiError, Client};
use crate::i18n::clock;

// `index.html` reads this too.
const KEY: &str = "studio-users.view";
/// How long to wait before asking once more, where the view is over by this clock and not by the backend's.
const CLOCKS_DIFFER: Duration = Duration::from_secs(2);

/// That the studio is viewed as somebody, in this tab alone: kept in its storage, it outlives a reload and is found
/// by no other tab. A tab that was duplicated finds that the view is another's, and drops its copy.
#[derive(Clone, Copy)]
pub struct Viewing {
    /// The view that runs; none outside one.
    pub running: RwSignal<Option<RunningView>>,
    /// The view that ended by itself, until the reader has taken note of it.
    pub told: RwSignal<Option<EndedView>>,
    came_from: StoredValue<Option<Origin>>,
    claim: StoredValue<Option<Claim>, LocalStorage>,
    on_change: StoredValue<Option<Callback<ViewChange>>>,
}

/// What the tab keeps of a view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningView {
    /// Its id: what each request carries.
    pub id: Uuid,
    /// As whom it is.
    pub user: ViewedUser,
    /// Why it was begun.
    pub reason: String,
    /// When it ends by itself, by this browser's clock.
    pub until: DateTime<Utc>,
    /// Where it was begun: the address to return to.
    back: String,
    origin: Origin,
}

/// By what a view was begun, so that the focus returns there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Whose button it was.
    pub user: UserId,
    /// Whether it stood in the panel, rather than in a row.
    pub is_panel: bool,
}

/// A view that has ended by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedView {
    /// As whom it was.
    pub user: ViewedUser,
    /// Why it ended; none where nobody knows of it any more.
    pub why: Option<ViewEnd>,
}

/// That a view began or ended, for the page around.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ViewChange {
    /// One began: what the page shows is to be read anew, inside of it.
    Started {
        /// What it shows.
        view: Box<StudioView>,
        /// Why.
        reason: String,
    },
    /// It ended: what the page shows is to be read anew, as the reader's own.
    Ended {
        /// Which.
        id: Uuid,
        /// As whom it was, and why it ended.
        ended: EndedView,
        /// Where the reader was when it began.
        back: Box<Place>,
    },
}

impl Default for Viewing {
    fn default() -> Self {
        Self {
            running: RwSignal::new(None),
            told: RwSignal::new(None),
            came_from: StoredValue::new(None),
            claim: StoredValue::new_local(None),
            on_change: StoredValue::new(None),
        }
    }
}

impl Viewing {
    /// The page around is told of what begins and ends. A later listener replaces this one.
    pub fn on_change(self, on_change: impl Fn(ViewChange) + Send + Sync + 'static) {
        let _ = self.on_change.try_set_value(Some(Callback::new(on_change)));
    }

    /// Takes up the view that this tab kept, unless it is another tab's.
    pub async fn resume(self) {
        if self.running.try_with_untracked(Option::is_some) != Some(false) {
            return;
        }
        let kept = kept_in_tab(KEY).and_then(|kept| serde_json::from_str::<RunningView>(&kept).ok());
        let Some(kept) = kept else { return keep_in_tab(KEY, None) };
        match claim(&claim_of(kept.id)).await {
            Some(claim) => {
                let _ = self.claim.try_set_value(Some(claim));
                let _ = self.running.try_set(Some(kept));
            }
            None => keep_in_tab(KEY, None),
        }
    }

    /// A view has begun, at this place and by this button.
    pub fn begin(self, view: StudioView, reason: String, at: &Place, origin: Origin) {
        let running = RunningView {
            id: view.id,
            user: view.user.clone(),
            reason: reason.clone(),
            until: clock::now() + (view.expires_at - view.started_at),
            back: at.url(),
            origin,
        };
        keep_in_tab(KEY, serde_json::to_string(&running).ok().as_deref());
        let (id, name) = (view.id, claim_of(view.id));
        let _ = self.told.try_set(None);
        let _ = self.running.try_set(Some(running));
        spawn_local(async move {
            let claim = claim(&name).await;
            // It may have ended by then.
            if self.id() == Some(id) {
                let _ = self.claim.try_set_value(claim);
            }
        });
        self.tell(ViewChange::Started { view: Box::new(view), reason });
    }

    /// The view turned out to be over: the reader is told why.
    pub fn ended(self, why: Option<ViewEnd>) {
        self.end(why, true);
    }

    fn end(self, why: Option<ViewEnd>, is_news: bool) {
        let Some(RunningView { id, user, back, origin, .. }) = self.drop_view() else { return };
        let ended = EndedView { user, why };
        if is_news {
            let _ = self.told.try_set(Some(ended.clone()));
        }
        let _ = self.came_from.try_set_value(Some(origin));
        self.tell(ViewChange::Ended { id, ended, back: Box::new(Place::read(&back)) });
    }

    /// The view is nothing to whoever is here now.
    pub fn forget(self) {
        self.drop_view();
        let _ = self.told.try_set(None);
    }

    /// Ends the view, as the reader wants. It is left whatever comes in between: it is never prolonged, and nothing
    /// is made of it any more.
    pub async fn exit(self, client: Client) {
        let id =
            self.running.try_with_untracked(|running| running.as_ref().map(|running| running.id)).flatten();
        if let Some(id) = id {
            // Where it had ended by itself a moment before, that has been told.
            let _ = client.end_view(id).await;
            self.end(Some(ViewEnd::Exited), false);
        }
    }

    /// Its time is over by this browser's clock; the backend's counts.
    pub fn time_is_over(self, client: Client) {
        let id =
            self.running.try_with_untracked(|running| running.as_ref().map(|running| running.id)).flatten();
        let Some(id) = id else { return };
        spawn_local(async move {
            match client.view(id).await {
                Ok(_) => set_timeout(move || self.time_is_over(client), CLOCKS_DIFFER),
                // That it has ended has been told by then.
                Err(ApiError::Aborted) => {}
                Err(_) => self.ended(Some(ViewEnd::Expired)),
            }
        });
    }

    /// The calls as they are to be made now: inside of the view, where one runs.
    pub fn client(self, own: &Client) -> Client {
        match self.id() {
            Some(id) => own.clone().inside(id, move |why| {
                // An answer to an earlier view says nothing of this one.
                if self.id() == Some(id) {
                    self.ended(why);
                }
            }),
            None => own.clone(),
        }
    }

    /// By what the view was begun from which the reader has just returned; told once to whoever has that button.
    pub fn take_origin(self, is_wanted: impl Fn(Origin) -> bool) -> Option<Origin> {
        let origin = self.came_from.try_get_value().flatten().filter(|&origin| is_wanted(origin))?;
        let _ = self.came_from.try_set_value(None);
        Some(origin)
    }

    fn id(self) -> Option<Uuid> {
        self.running.try_with_untracked(|running| running.as_ref().map(|running| running.id)).flatten()
    }

    fn drop_view(self) -> Option<RunningView> {
        keep_in_tab(KEY, None);
        drop(self.claim.try_update_value(Option::take));
        self.running.try_update(Option::take).flatten()
    }

    fn tell(self, change: ViewChange) {
        if let Some(on_change) = self.on_change.try_get_value().flatten() {
            let _ = on_change.try_run(change);
        }
    }
}

impl EndedView {
    /// What whoever was viewed is called.
    pub fn name(&self) -> &str {
        name_of(&self.user)
    }
}

impl RunningView {
    /// What whoever is viewed is called.
    pub fn name(&self) -> &str {
        name_of(&self.user)
    }
}

fn name_of(user: &ViewedUser) -> &str {
    user.name.as_deref().unwrap_or(&user.email)
}

fn claim_of(view: Uuid) -> String {
    format!("{KEY}.{view}")
}

/// The view of this tab.
pub fn use_viewing() -> Viewing {
    expect_context()
}
