use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{Sort, SortKey, UserAccess, UserRow, UsersQuery};
use studio_users_domain::{NodeId, RoleSet, UserId};
use web_sys::{AbortController, AbortSignal};

use super::model::{Difference, Sight, places};
use crate::api::{ApiError, Client};
use crate::state::use_reader;

/// So many people are offered to compare with.
const OFFERED: u32 = 6;
/// Letters that follow one another sooner are searched for together.
const PAUSE: Duration = Duration::from_millis(120);

/// What the second side is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beside {
    /// The same person, with more roles.
    Roles,
    /// Somebody else.
    Person,
}

/// Whose access has come, or what keeps it from coming.
type Known = Option<Result<UserAccess, ApiError>>;

/// What is compared.
#[derive(Clone, Copy)]
pub(super) struct Store {
    /// What the second side is.
    pub(super) beside: RwSignal<Beside>,
    /// The roles that it has besides.
    pub(super) more: RwSignal<RoleSet>,
    /// Who else it is.
    pub(super) other: RwSignal<Option<UserRow>>,
    /// Who is offered.
    pub(super) offered: RwSignal<Vec<UserRow>>,
    /// Where it is compared; chosen by the reader, or the first of the places.
    pub(super) place: Memo<Option<NodeId>>,
    /// Where it can be.
    pub(super) places: Memo<Vec<(NodeId, String)>>,
    /// What keeps it from being compared.
    pub(super) error: Memo<Option<ApiError>>,
    /// What they see.
    pub(super) first: Memo<Option<Sight>>,
    /// What they would see, or what the other one does.
    pub(super) second: Memo<Option<Sight>>,
    /// How the two differ.
    pub(super) difference: Memo<Option<Difference>>,
    chosen: RwSignal<Option<NodeId>>,
    user: UserId,
    own: RwSignal<Known>,
    others: RwSignal<Known>,
    client: StoredValue<Client>,
    search: StoredValue<Search, LocalStorage>,
    abort: StoredValue<Option<AbortController>, LocalStorage>,
}

/// The search that is to come, and the calls that are made.
#[derive(Default)]
struct Search {
    pause: Option<TimeoutHandle>,
    call: Option<AbortController>,
    access: Option<AbortController>,
}

impl Store {
    /// Compares this user. Their access is fetched at once.
    pub(super) fn new(user: UserId) -> Self {
        let reader = use_reader();
        let (own, others) = (RwSignal::new(Known::None), RwSignal::new(Known::None));
        let (beside, more) = (RwSignal::new(Beside::Roles), RwSignal::new(RoleSet::empty()));
        let chosen = RwSignal::new(None);
        let places = Memo::new(move |_| match &*own.read() {
            Some(Ok(access)) => places(access, &reader.read()),
            _ => Vec::new(),
        });
        let place = Memo::new(move |_| {
            chosen.get().or_else(|| places.with(|places| places.first().map(|(place, _)| *place)))
        });
        let first = Memo::new(move |_| match (&*own.read(), place.get()) {
            (Some(Ok(access)), Some(place)) => Some(Sight::of(access, place)),
            _ => None,
        });
        let second = Memo::new(move |_| {
            let place = place.get()?;
            match beside.get() {
                Beside::Roles => {
                    Some(Sight::with_more(own.read().as_ref()?.as_ref().ok()?, place, more.get()))
                }
                Beside::Person => Some(Sight::of(others.read().as_ref()?.as_ref().ok()?, place)),
            }
        });
        let difference = Memo::new(move |_| Some(Difference::between(first.get()?, second.get()?)));
        let error = Memo::new(move |_| {
            let failed = |known: &Known| known.as_ref().and_then(|known| known.as_ref().err().cloned());
            own.with(failed).or_else(|| others.with(failed).filter(|_| beside.get() == Beside::Person))
        });
        let store = Self {
            beside,
            more,
            other: RwSignal::new(None),
            offered: RwSignal::new(Vec::new()),
            place,
            places,
            error,
            first,
            second,
            difference,
            chosen,
            user,
            own,
            others,
            client: StoredValue::new(expect_context()),
            search: StoredValue::new_local(Search::default()),
            abort: StoredValue::new_local(AbortController::new().ok()),
        };
        on_cleanup(move || store.give_up());
        store.load();
        store
    }

    /// Compares at another place.
    pub(super) fn choose_place(self, place: NodeId) {
        self.chosen.set(Some(place));
    }

    /// Compares with somebody else.
    pub(super) fn choose_other(self, other: UserRow) {
        self.others.set(None);
        let id = other.id;
        self.other.set(Some(other));
        let Ok(abort) = AbortController::new() else { return };
        let signal = abort.signal();
        self.search.try_update_value(|search| {
            if let Some(before) = search.access.replace(abort) {
                before.abort();
            }
        });
        self.fetch(id, signal, self.others);
    }

    /// Asks for the access that is compared, or once more for what did not come.
    pub(super) fn load(self) {
        let signal = self.abort.try_with_value(|abort| abort.as_ref().map(AbortController::signal));
        if let Some(signal) = signal.flatten() {
            self.own.set(None);
            self.fetch(self.user, signal, self.own);
        }
        if let Some(other) = self.other.get_untracked() {
            self.choose_other(other);
        }
    }

    /// Looks for people to compare with: by what is typed, or else whoever comes first.
    pub(super) fn look_for(self, typed: String) {
        let pause = set_timeout_with_handle(move || self.find(&typed), PAUSE).ok();
        self.search.try_update_value(|search| {
            if let Some(before) = std::mem::replace(&mut search.pause, pause) {
                before.clear();
            }
        });
    }

    fn find(self, typed: &str) {
        let (Ok(abort), Some(client)) = (AbortController::new(), self.client.try_get_value()) else { return };
        let signal = abort.signal();
        self.search.try_update_value(|search| {
            if let Some(before) = search.call.replace(abort) {
                before.abort();
            }
        });
        let query = UsersQuery {
            search: Some(typed.trim().to_owned()).filter(|typed| !typed.is_empty()),
            nodes: self.place.try_get_untracked().flatten().into_iter().collect(),
            sort: Some(Sort { key: SortKey::Name, descending: false }),
            limit: Some(OFFERED + 1),
            ..UsersQuery::default()
        };
        spawn_local(async move {
            if let Ok(mut page) = client.users(&query, &signal).await {
                page.items.retain(|row| row.id != self.user);
                page.items.truncate(OFFERED as usize);
                let _ = self.offered.try_set(page.items);
            }
        });
    }

    fn fetch(self, user: UserId, signal: AbortSignal, into: RwSignal<Known>) {
        let Some(client) = self.client.try_get_value() else { return };
        spawn_local(async move {
            let answer = client.access(user, &signal).await.map(|(access, _)| access);
            if answer != Err(ApiError::Aborted) {
                let _ = into.try_set(Some(answer));
            }
        });
    }

    fn give_up(self) {
        self.search.try_update_value(|search| {
            if let Some(pause) = search.pause.take() {
                pause.clear();
            }
            for call in [search.call.take(), search.access.take()].into_iter().flatten() {
                call.abort();
            }
        });
        self.abort.try_update_value(|abort| {
            if let Some(abort) = abort.take() {
                abort.abort();
            }
        });
    }
}
