use std::sync::Arc;

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use studio_users_contract::{Action, ActivityQuery, UserAccess};
use studio_users_domain::{Denial, RoleSet, Status, UserId};

use super::model::conflict::{Conflict, ConflictChoices, Version};
use super::model::draft::{AccessDraft, Organisation, Staged};
use crate::api::{ApiError, Client, Latest};
use crate::i18n::{Language, use_language};
use crate::reactive::memo;
use crate::state::{Changes, CurrentUser, Notices, use_changes, use_current_user, use_notices};
use crate::ui::after_paint;

/// The access of the user in the panel, and the changes that the current user staged.
#[derive(Clone, Copy)]
pub(crate) struct AccessStore {
    /// The access with the staged changes applied, or `None` until it is loaded.
    pub(crate) draft: Memo<Option<AccessDraft>>,
    /// The conflict between the staged changes and a concurrent change, until the changes are saved or discarded.
    pub(crate) conflict: Memo<Option<Conflict>>,
    /// The current user's choices in that conflict.
    pub(crate) choices: RwSignal<ConflictChoices>,
    /// The name of the user who made the conflicting change, and its time, if known. The name is `None` if the current
    /// user made it in another window.
    pub(crate) changed_by: RwSignal<Option<(Option<String>, DateTime<Utc>)>>,
    pub(crate) load_error: RwSignal<Option<ApiError>>,
    pub(crate) save_error: RwSignal<Option<ApiError>>,
    pub(crate) is_saving: RwSignal<bool>,
    pub(crate) staged: RwSignal<Staged>,
    pub(crate) loaded: RwSignal<Option<Loaded>>,
    pub(crate) user: RwSignal<Option<UserId>>,
    pub(crate) name: Signal<String>,
    pub(crate) language: Language,
    pub(crate) current_user: Signal<Arc<CurrentUser>>,
    pub(crate) notices: Notices,
    pub(crate) changes: Changes,
    pub(crate) client: StoredValue<Client>,
    request: Latest,
    changed_by_request: Latest,
}

/// The access as loaded from the backend.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    /// The access on which the staged changes are based.
    pub(crate) base: Arc<UserAccess>,
    /// The access of the latest response.
    pub(crate) latest: Arc<UserAccess>,
    /// The `ETag` of `latest`, sent as `If-Match` with a change (optimistic lock, [RFC 9110, section 13.1.1]).
    ///
    /// [RFC 9110, section 13.1.1]: https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1
    pub(crate) version: String,
}

impl AccessStore {
    /// Creates the store. `status` and `name` are those of the user in the panel.
    /// `is_address_locked` is whether the user's unconfirmed e-mail address prevents giving roles.
    pub(crate) fn new(
        status: Signal<Option<Status>>,
        name: Signal<String>,
        is_address_locked: Signal<bool>,
    ) -> Self {
        let current_user = use_current_user();
        let (staged, loaded) = (RwSignal::new(Staged::new()), RwSignal::new(None::<Loaded>));
        let (user, choices) = (RwSignal::new(None), RwSignal::new(ConflictChoices::new()));
        let has_joined = memo(move |_| status.get().map(|status| status == Status::Active));
        let organisation = Memo::new_with_compare(
            move |_| Organisation::of(&current_user.read()).map(Arc::new),
            |_, _| true,
        );
        let conflict = memo(move |_| {
            let (loaded, has_joined) = (loaded.read(), has_joined.get()?);
            let Loaded { base, latest, .. } = loaded.as_ref().filter(|_| !staged.read().is_empty())?;
            let conflict = Conflict::between(base, latest, &staged.read(), has_joined);
            Some(conflict).filter(|conflict| base != latest && !conflict.is_empty())
        });
        let draft = Memo::new_with_compare(
            move |_| {
                let loaded = loaded.read();
                let latest = &loaded.as_ref()?.latest;
                let staged = conflict
                    .with(|conflict| conflict.as_ref().map(|conflict| conflict.resolved(&choices.read())))
                    .unwrap_or_else(|| staged.get());
                let (organisation, has_joined) = (organisation.get()?, has_joined.get()?);
                let is_locked = is_address_locked.get();
                Some(AccessDraft::new(organisation, latest, user.get()?, has_joined, is_locked, staged))
            },
            |_, _| true,
        );
        let store = Self {
            draft,
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
            current_user,
            notices: use_notices(),
            changes: use_changes(),
            client: StoredValue::new(expect_context()),
            request: Latest::new(),
            changed_by_request: Latest::new(),
        };
        #[cfg(not(target_family = "wasm"))]
        store.prerender();
        store
    }

    /// Shows the access of the [`PrerenderedUser`](crate::features::panel::PrerenderedUser) context.
    #[cfg(not(target_family = "wasm"))]
    fn prerender(self) {
        if let Some(crate::features::panel::PrerenderedUser { details: Ok(details), access: Some(access) }) =
            use_context()
        {
            self.user.set(Some(details.row.id));
            let (base, version) = (Arc::clone(&access), String::new());
            self.loaded.set(Some(Loaded { base, latest: access, version }));
        }
    }

    /// Shows another user, and discards the staged changes.
    pub(crate) fn show(self, user: UserId) {
        self.user.set(Some(user));
        self.loaded.set(None);
        self.is_saving.set(false);
        self.discard();
        // The request waits for the frame that renders the user's name.
        after_paint(move || {
            if self.user.try_get_untracked() == Some(Some(user)) {
                self.load(user);
            }
        });
    }

    /// Discards the staged changes and aborts the request in flight, after the panel closed.
    pub(crate) fn close(self) {
        self.request.abort();
        self.discard();
    }

    /// Loads the same user's access again, and keeps the staged changes.
    pub(crate) fn refresh(self) {
        if let Some(user) = self.user.get_untracked() {
            self.load(user);
        }
    }

    /// Subscribes the calling effect to everything that the Access tab shows.
    pub(crate) fn track(self) {
        self.draft.track();
        self.conflict.track();
        self.staged.track();
    }

    /// Whether there are staged changes.
    pub(crate) fn is_dirty(self) -> bool {
        self.staged.with(|staged| !staged.is_empty())
    }

    /// Discards the staged changes.
    pub(crate) fn discard(self) {
        self.choices.set(ConflictChoices::new());
        self.changed_by.set(None);
        self.save_error.set(None);
        self.staged.set(Staged::new());
        self.loaded.update(|loaded| {
            if let Some(loaded) = loaded {
                loaded.base = Arc::clone(&loaded.latest);
            }
        });
    }

    /// Returns the names of the environments in which the user has roles or a pending invitation.
    pub(crate) fn environments(self) -> Option<Vec<String>> {
        self.draft.with(|draft| {
            let draft = draft.as_ref()?;
            let with_roles = draft.positions().filter(|&position| {
                draft.organisation.is_environment(position)
                    && (!draft.before(position).effective.is_empty()
                        || draft.has_pending_invitation(position))
            });
            Some(with_roles.map(|position| draft.organisation.name(position).to_owned()).collect())
        })
    }

    /// Stages these roles at a node, or `None` to inherit.
    pub(crate) fn stage(self, position: usize, roles: Option<RoleSet>) {
        let staged = self.draft.with_untracked(|draft| Some(draft.as_ref()?.staged_with(position, roles)));
        if let Some(staged) = staged {
            self.save_error.set(None);
            self.staged.set(staged);
        }
    }

    /// Assigns the effective roles in these environments directly, so that their chats notify. Saves immediately with
    /// an undo action. If other changes are staged, stages this one too.
    pub(crate) fn assign_here(self, positions: &[usize], names: String) {
        let Some(draft) = self.draft.get_untracked() else { return };
        let staged = draft.staged_assigning_here(positions);
        if self.is_dirty_untracked() {
            self.staged.set(staged);
            return;
        }
        let node = |position: &usize| draft.organisation.tree().nodes()[*position].id;
        let before =
            positions.iter().map(|position| (node(position), draft.before(*position).assigned)).collect();
        self.save_immediately(staged, before, names);
    }

    /// Chooses a version for the conflicting nodes whose index `includes` accepts.
    pub(crate) fn choose(self, version: Version, includes: impl Fn(usize) -> bool) {
        let Some(conflict) = self.conflict.get_untracked() else { return };
        self.choices.update(|choices| {
            for (number, node_conflict) in conflict.nodes.iter().enumerate() {
                if includes(number) {
                    choices.insert(node_conflict.node, (version, node_conflict.theirs));
                }
            }
        });
    }

    /// Returns why the staged changes cannot be saved, as far as the page can know.
    pub(crate) fn denial(self) -> Option<Denial> {
        self.draft.with(|draft| draft.as_ref().and_then(|draft| draft.may_save(&draft.staged).err()))
    }

    pub(crate) fn load(self, user: UserId) {
        let Some(client) = self.client.try_get_value() else { return };
        let _ = self.load_error.try_set(None);
        let request = |signal| async move { client.access(user, Some(&signal)).await };
        self.request.send(request, move |response| {
            if self.user.try_get_untracked() != Some(Some(user)) {
                return;
            }
            match response {
                Ok((latest, version)) => self.receive(user, latest, version),
                Err(error) => {
                    let _ = self.load_error.try_set(Some(error));
                }
            }
        });
    }

    fn receive(self, user: UserId, latest: UserAccess, version: String) {
        let latest = Arc::new(latest);
        let is_dirty = self.is_dirty_untracked();
        let is_same_version = self.loaded.try_update(|loaded| {
            let is_same = loaded.as_ref().is_some_and(|loaded| loaded.version == version);
            let base = loaded.take().filter(|_| is_dirty).map(|loaded| loaded.base);
            let base = base.unwrap_or_else(|| Arc::clone(&latest));
            *loaded = Some(Loaded { base, latest, version });
            is_same
        });
        if is_same_version == Some(true) || !is_dirty {
            return;
        }
        let is_saved_already = self.conflict.with_untracked(|conflict| {
            let conflict = conflict.as_ref()?;
            Some(conflict.nodes.is_empty() && conflict.mine.is_empty())
        });
        match is_saved_already {
            // Everything is already saved: by someone else, or by a request whose response was lost.
            Some(true) => self.discard(),
            Some(false) => self.fetch_changed_by(user),
            None => {}
        }
    }

    /// Fetches from the audit log who changed the user's roles last.
    fn fetch_changed_by(self, user: UserId) {
        let Some(client) = self.client.try_get_value() else { return };
        let query =
            ActivityQuery { action: Some(Action::RolesChanged), limit: Some(5), ..ActivityQuery::default() };
        let request = |signal| async move { client.activity(user, &query, &signal).await };
        self.changed_by_request.send(request, move |response| {
            let Ok(page) = response else { return };
            let is_of_user = |id: Option<UserId>| id == Some(user);
            let entry = page.items.into_iter().find(|entry| is_of_user(entry.target.as_ref().map(|t| t.id)));
            if self.user.try_get_untracked() == Some(Some(user)) {
                let changed_by = entry.and_then(|entry| {
                    let actor = entry.actor?;
                    let is_current_user = self.current_user.try_get_untracked()?.is_self(actor.id);
                    Some((Some(actor.name).filter(|_| !is_current_user), entry.at))
                });
                let _ = self.changed_by.try_set(changed_by);
            }
        });
    }

    fn is_dirty_untracked(self) -> bool {
        self.staged.try_with_untracked(|staged| !staged.is_empty()) == Some(true)
    }
}

/// Like [`with_draft`], without subscribing to the draft.
pub(crate) fn with_draft_untracked<T: Default>(access: AccessStore, get: impl Fn(&AccessDraft) -> T) -> T {
    untrack(|| with_draft(access, get))
}

/// Reads the draft. Returns the default while it is not loaded.
pub(crate) fn with_draft<T: Default>(access: AccessStore, get: impl Fn(&AccessDraft) -> T) -> T {
    access.draft.with(|draft| draft.as_ref().map(get)).unwrap_or_default()
}
