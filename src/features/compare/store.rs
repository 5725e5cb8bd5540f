use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use studio_users_contract::{Sort, SortKey, UserAccess, UserFilters, UserRow, UsersQuery};
use studio_users_domain::{NodeId, RoleSet, UserId};

use super::model::{Difference, Visible, comparable_nodes};
use crate::api::{ApiError, Client, Latest};
use crate::reactive::memo;
use crate::state::use_current_user;

/// The maximum number of suggested users.
const MAX_SUGGESTIONS: u32 = 6;
/// The debounce of the search.
const DEBOUNCE: Duration = Duration::from_millis(120);

/// The kind of the second column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CompareWith {
    /// The same user with more roles.
    Roles,
    /// Another user.
    OtherUser,
}

/// The fetched access or the error. `None` while the request is in flight.
type FetchedAccess = Option<Result<UserAccess, ApiError>>;

/// The state of the comparison.
#[derive(Clone, Copy)]
pub(super) struct CompareStore {
    pub(super) compare_with: RwSignal<CompareWith>,
    /// The roles added in the second column.
    pub(super) more: RwSignal<RoleSet>,
    /// The user in the second column.
    pub(super) other_user: RwSignal<Option<UserRow>>,
    pub(super) suggestions: RwSignal<Vec<UserRow>>,
    /// The node at which the access is compared: the chosen one, or the first of `nodes`.
    pub(super) node: Memo<Option<NodeId>>,
    /// The nodes to choose from, with their names.
    pub(super) nodes: Memo<Vec<(NodeId, String)>>,
    pub(super) error: Memo<Option<ApiError>>,
    /// The first column: what the user sees.
    pub(super) first: Memo<Option<Visible>>,
    /// The second column: what the user would see, or what the other user sees.
    pub(super) second: Memo<Option<Visible>>,
    pub(super) difference: Memo<Option<Difference>>,
    chosen_node: RwSignal<Option<NodeId>>,
    user: UserId,
    own_access: RwSignal<FetchedAccess>,
    other_access: RwSignal<FetchedAccess>,
    client: StoredValue<Client>,
    debounce: StoredValue<Option<TimeoutHandle>>,
    own_request: Latest,
    other_request: Latest,
    search_request: Latest,
}

impl CompareStore {
    /// Starts a comparison and fetches the access of this user.
    pub(super) fn new(user: UserId) -> Self {
        let current_user = use_current_user();
        let own_access = RwSignal::new(FetchedAccess::None);
        let other_access = RwSignal::new(FetchedAccess::None);
        let (compare_with, more) = (RwSignal::new(CompareWith::Roles), RwSignal::new(RoleSet::empty()));
        let chosen_node = RwSignal::new(None);
        let nodes = memo(move |_| match &*own_access.read() {
            Some(Ok(access)) => comparable_nodes(access, &current_user.read()),
            _ => Vec::new(),
        });
        let node = memo(move |_| {
            chosen_node.get().or_else(|| nodes.with(|nodes| nodes.first().map(|(node, _)| *node)))
        });
        let first = memo(move |_| match (&*own_access.read(), node.get()) {
            (Some(Ok(access)), Some(node)) => Some(Visible::of(access, node)),
            _ => None,
        });
        let second = memo(move |_| {
            let node = node.get()?;
            match compare_with.get() {
                CompareWith::Roles => {
                    Some(Visible::with_more(own_access.read().as_ref()?.as_ref().ok()?, node, more.get()))
                }
                CompareWith::OtherUser => {
                    Some(Visible::of(other_access.read().as_ref()?.as_ref().ok()?, node))
                }
            }
        });
        let difference = memo(move |_| Some(Difference::between(first.get()?, second.get()?)));
        let error = memo(move |_| {
            let error_of = |fetched: &FetchedAccess| {
                fetched.as_ref().and_then(|fetched| fetched.as_ref().err().cloned())
            };
            own_access.with(error_of).or_else(|| {
                other_access.with(error_of).filter(|_| compare_with.get() == CompareWith::OtherUser)
            })
        });
        let store = Self {
            compare_with,
            more,
            other_user: RwSignal::new(None),
            suggestions: RwSignal::new(Vec::new()),
            node,
            nodes,
            error,
            first,
            second,
            difference,
            chosen_node,
            user,
            own_access,
            other_access,
            client: StoredValue::new(expect_context()),
            debounce: StoredValue::new(None),
            own_request: Latest::new(),
            other_request: Latest::new(),
            search_request: Latest::new(),
        };
        on_cleanup(move || store.cancel_debounce());
        store.load();
        store
    }

    /// Compares at another node.
    pub(super) fn choose_node(self, node: NodeId) {
        self.chosen_node.set(Some(node));
    }

    /// Compares with another user and fetches their access.
    pub(super) fn choose_other_user(self, row: UserRow) {
        self.other_access.set(None);
        let id = row.id;
        self.other_user.set(Some(row));
        self.fetch_access(id, self.other_request, self.other_access);
    }

    /// Fetches the access of the compared users. Call this again to retry after an error.
    pub(super) fn load(self) {
        self.own_access.set(None);
        self.fetch_access(self.user, self.own_request, self.own_access);
        if let Some(row) = self.other_user.get_untracked() {
            self.choose_other_user(row);
        }
    }

    /// Searches for users to compare with, debounced. An empty text suggests the first users.
    pub(super) fn search_users(self, typed: String) {
        self.cancel_debounce();
        let debounce = set_timeout_with_handle(move || self.fetch_suggestions(&typed), DEBOUNCE).ok();
        let _ = self.debounce.try_set_value(debounce);
    }

    fn fetch_suggestions(self, typed: &str) {
        let Some(client) = self.client.try_get_value() else { return };
        let query = UsersQuery {
            filters: UserFilters {
                search: Some(typed.trim().to_owned()).filter(|typed| !typed.is_empty()),
                nodes: self.node.try_get_untracked().flatten().into_iter().collect(),
                ..UserFilters::default()
            },
            sort: Some(Sort { key: SortKey::Name, descending: false }),
            limit: Some(MAX_SUGGESTIONS + 1),
            ..UsersQuery::default()
        };
        let request = |signal| async move { client.users(&query, Some(&signal)).await };
        self.search_request.send(request, move |response| {
            if let Ok(mut page) = response {
                page.items.retain(|row| row.id != self.user);
                page.items.truncate(MAX_SUGGESTIONS as usize);
                let _ = self.suggestions.try_set(page.items);
            }
        });
    }

    fn fetch_access(self, user: UserId, request: Latest, into: RwSignal<FetchedAccess>) {
        let Some(client) = self.client.try_get_value() else { return };
        let access = |signal| async move { client.access(user, Some(&signal)).await };
        request.send(access, move |response| {
            let _ = into.try_set(Some(response.map(|(access, _)| access)));
        });
    }

    fn cancel_debounce(self) {
        if let Some(debounce) = self.debounce.try_update_value(Option::take).flatten() {
            debounce.clear();
        }
    }
}
