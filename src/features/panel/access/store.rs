use std::sync::Arc;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{Action, ActivityQuery, UserAccess};
use studio_users_domain::{Denial, RoleSet, Status, UserId};
use web_sys::AbortController;

use super::conflict::{Choices, Conflict, Side};
use super::model::{Organisation, Picture, Staged};
use crate::api::{ApiError, Client};
use crate::i18n::{Language, use_language};
use crate::state::{Changes, Notices, Reader, use_changes, use_notices, use_reader};
use crate::ui::after_frame;

/// What a user has where, and what the reader is about to make of it.
#[derive(Clone, Copy)]
pub(in super::super) struct AccessStore {
    /// What they have and would have; nothing until it has come.
    pub(super) picture: Memo<Option<Picture>>,
    /// What somebody else's change did to the reader's, while it is not settled.
    pub(super) conflict: Memo<Option<Conflict>>,
    /// The choices made about it.
    pub(super) choices: RwSignal<Choices>,
    /// Who made that change and when, if it is known; nobody else where it was the reader, in another place.
    pub(super) changed_by: RwSignal<Option<(Option<String>, DateTime<Utc>)>>,
    /// What keeps the access from being shown.
    pub(super) load_error: RwSignal<Option<ApiError>>,
    /// What kept it from being saved.
    pub(super) save_error: RwSignal<Option<ApiError>>,
    /// Whether it is being saved.
    pub(super) is_saving: RwSignal<bool>,
    pub(super) staged: RwSignal<Staged>,
    pub(super) loaded: RwSignal<Option<Loaded>>,
    pub(super) user: RwSignal<Option<UserId>>,
    pub(super) name: Signal<String>,
    pub(super) language: Language,
    pub(super) reader: Signal<Arc<Reader>>,
    pub(super) notices: Notices,
    pub(super) changes: Changes,
    pub(super) client: StoredValue<Client>,
    call: StoredValue<Option<AbortController>, LocalStorage>,
}

/// What came of the backend.
#[derive(Debug, Clone)]
pub(super) struct Loaded {
    /// What the reader's changes began from.
    pub(super) base: Arc<UserAccess>,
    /// What is so by now.
    pub(super) latest: Arc<UserAccess>,
    /// The version of that.
    pub(super) version: String,
}

impl AccessStore {
    /// The access of whoever is shown, of whom these are the status and the name.
    pub(in super::super) fn new(status: Signal<Option<Status>>, name: Signal<String>) -> Self {
        let reader = use_reader();
        let (staged, loaded) = (RwSignal::new(Staged::new()), RwSignal::new(None::<Loaded>));
        let (user, choices) = (RwSignal::new(None), RwSignal::new(Choices::new()));
        let has_joined = Memo::new(move |_| status.get().map(|status| status == Status::Active));
        let organisation =
            Memo::new_with_compare(move |_| Organisation::of(&reader.read()).map(Arc::new), |_, _| true);
        let conflict = Memo::new(move |_| {
            let (loaded, has_joined) = (loaded.read(), has_joined.get()?);
            let Loaded { base, latest, .. } = loaded.as_ref().filter(|_| !staged.read().is_empty())?;
            let conflict = Conflict::between(base, latest, &staged.read(), has_joined);
            Some(conflict).filter(|conflict| base != latest && !conflict.is_empty())
        });
        let picture = Memo::new_with_compare(
            move |_| {
                let loaded = loaded.read();
                let latest = &loaded.as_ref()?.latest;
                let staged = conflict
                    .with(|conflict| conflict.as_ref().map(|conflict| conflict.settled(&choices.read())))
                    .unwrap_or_else(|| staged.get());
                Some(Picture::new(organisation.get()?, latest, user.get()?, has_joined.get()?, staged))
            },
            |_, _| true,
        );
        let store = Self {
            picture,
            conflict,
            choices,
            changed_by: RwSignal::new(None),
            load_error: RwSignal::new(None),
            save_error: RwSignal::new(None),
            is_saving: RwSignal::new(false),
            staged,
            loaded,
            user,
            name,
            language: use_language(),
            reader,
            notices: use_notices(),
            changes: use_changes(),
            client: StoredValue::new(expect_context()),
            call: StoredValue::new_local(None),
        };
        on_cleanup(move || store.give_up());
        store
    }

    /// Shows another user. What was staged is dropped.
    pub(in super::super) fn show(self, user: UserId) {
        self.user.set(Some(user));
        self.loaded.set(None);
        self.is_saving.set(false);
        self.discard();
        // Whose it is comes first.
        after_frame(move || {
            if self.user.try_get_untracked() == Some(Some(user)) {
                self.load(user);
            }
        });
    }

    /// The panel is closed: nothing is staged any more, and nothing awaited.
    pub(in super::super) fn leave(self) {
        self.give_up();
        self.discard();
    }

    /// Reads the same user's access anew, and keeps what is staged.
    pub(in super::super) fn refresh(self) {
        if let Some(user) = self.user.get_untracked() {
            self.load(user);
        }
    }

    /// Notes that whatever is shown of it matters.
    pub(in super::super) fn track(self) {
        self.picture.track();
        self.conflict.track();
        self.staged.track();
    }

    /// Whether anything is staged.
    pub(in super::super) fn is_dirty(self) -> bool {
        self.staged.with(|staged| !staged.is_empty())
    }

    /// Drops what is staged.
    pub(in super::super) fn discard(self) {
        self.choices.set(Choices::new());
        self.changed_by.set(None);
        self.save_error.set(None);
        self.staged.set(Staged::new());
        self.loaded.update(|loaded| {
            if let Some(loaded) = loaded {
                loaded.base = Arc::clone(&loaded.latest);
            }
        });
    }

    /// The names of the environments in which the user has roles, or will have, and whether these are all there are.
    pub(in super::super) fn environments(self) -> Option<(Vec<String>, bool)> {
        self.picture.with(|picture| {
            let picture = picture.as_ref()?;
            let all: Vec<_> =
                picture.positions().filter(|&at| picture.organisation.is_environment(at)).collect();
            let held = all
                .iter()
                .filter(|&&at| !picture.before(at).effective.is_empty() || picture.is_invited_besides(at));
            let names: Vec<_> = held.map(|&at| picture.organisation.name(at).to_owned()).collect();
            let is_all = names.len() == all.len();
            Some((names, is_all))
        })
    }

    /// Stages that a node is to have these roles, or is to inherit.
    pub(super) fn stage(self, at: usize, roles: Option<RoleSet>) {
        let staged = self.picture.with_untracked(|picture| Some(picture.as_ref()?.staged_with(at, roles)));
        if let Some(staged) = staged {
            self.save_error.set(None);
            self.staged.set(staged);
        }
    }

    /// Makes what counts in these environments their own, so that their chats notify. At once, with a way back; where
    /// other changes wait to be saved, with them.
    pub(super) fn assign_in(self, positions: &[usize], names: String) {
        let Some(picture) = self.picture.get_untracked() else { return };
        let staged = picture.assigned_in(positions);
        if self.is_dirty_untracked() {
            self.staged.set(staged);
            return;
        }
        let node = |at: &usize| picture.organisation.tree().nodes()[*at].id;
        let before = positions.iter().map(|at| (node(at), picture.before(*at).assigned)).collect();
        self.save_at_once(staged, before, names);
    }

    /// Chooses whose change counts, at each place that needs it.
    pub(super) fn choose(self, side: Side, is_meant: impl Fn(usize) -> bool) {
        let Some(conflict) = self.conflict.get_untracked() else { return };
        self.choices.update(|choices| {
            for (number, clash) in conflict.clashes.iter().enumerate() {
                if is_meant(number) {
                    choices.insert(clash.node, (side, clash.theirs));
                }
            }
        });
    }

    /// Why what is staged cannot be saved, as far as the page can know.
    pub(super) fn denial(self) -> Option<Denial> {
        self.picture.with(|picture| picture.as_ref().and_then(|picture| picture.judge(&picture.staged).err()))
    }

    pub(super) fn load(self, user: UserId) {
        self.give_up();
        let (Some(client), Ok(abort)) = (self.client.try_get_value(), AbortController::new()) else { return };
        let signal = abort.signal();
        self.call.try_update_value(|call| *call = Some(abort));
        let _ = self.load_error.try_set(None);
        spawn_local(async move {
            let answer = client.access(user, &signal).await;
            if signal.aborted() || self.user.try_get_untracked() != Some(Some(user)) {
                return;
            }
            match answer {
                Ok((latest, version)) => self.take(user, latest, version),
                Err(ApiError::Aborted) => {}
                Err(error) => {
                    let _ = self.load_error.try_set(Some(error));
                }
            }
        });
    }

    fn take(self, user: UserId, latest: UserAccess, version: String) {
        let latest = Arc::new(latest);
        let is_dirty = self.is_dirty_untracked();
        let known = self.loaded.try_update(|loaded| {
            let is_same = loaded.as_ref().is_some_and(|loaded| loaded.version == version);
            let base = loaded.take().filter(|_| is_dirty).map(|loaded| loaded.base);
            let base = base.unwrap_or_else(|| Arc::clone(&latest));
            *loaded = Some(Loaded { base, latest, version });
            is_same
        });
        if known == Some(true) || !is_dirty {
            return;
        }
        let settled = self.conflict.with_untracked(|conflict| {
            let conflict = conflict.as_ref()?;
            Some(conflict.clashes.is_empty() && conflict.mine.is_empty())
        });
        match settled {
            // All of it is saved already: by the other, or by an answer that was lost on its way.
            Some(true) => self.discard(),
            Some(false) => self.ask_who(user),
            None => {}
        }
    }

    /// Asks the audit log who changed the user's roles last.
    fn ask_who(self, user: UserId) {
        let (Some(client), Ok(abort)) = (self.client.try_get_value(), AbortController::new()) else { return };
        let query =
            ActivityQuery { action: Some(Action::RolesChanged), limit: Some(5), ..ActivityQuery::default() };
        spawn_local(async move {
            let Ok(page) = client.activity(user, &query, &abort.signal()).await else { return };
            let is_of_user = |id: Option<UserId>| id == Some(user);
            let entry = page.items.into_iter().find(|entry| is_of_user(entry.target.as_ref().map(|t| t.id)));
            if self.user.try_get_untracked() == Some(Some(user)) {
                let who = entry.and_then(|entry| {
                    let actor = entry.actor?;
                    let is_reader = self.reader.try_get_untracked()?.is(actor.id);
                    Some((Some(actor.name).filter(|_| !is_reader), entry.at))
                });
                let _ = self.changed_by.try_set(who);
            }
        });
    }

    fn is_dirty_untracked(self) -> bool {
        self.staged.try_with_untracked(|staged| !staged.is_empty()) == Some(true)
    }

    fn give_up(self) {
        if let Some(call) = self.call.try_update_value(Option::take).flatten() {
            call.abort();
        }
    }
}
