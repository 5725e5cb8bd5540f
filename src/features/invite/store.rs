use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use leptos::leptos_dom::helpers::set_timeout_with_handle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{AddressKind, AddressPreview, Code, InvitationDraft, MAX_ADDRESSES};
use studio_users_domain::{DEFAULT_INVITATION_DAYS, Denial, Language, NodeId, Role, RoleSet};
use web_sys::AbortController;

use super::addresses::{Chips, compared, split};
use super::model::{self, Call, Draft};
use crate::api::{ApiError, Client};
use crate::state::{Changes, Navigation, Place, Reader, Standing};

/// How long the list stays as it is before the backend is asked whom of it is known.
const ASK_AFTER: Duration = Duration::from_millis(350);

/// How far the sending is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Progress {
    /// So many are done.
    pub(super) done: usize,
    /// Of so many.
    pub(super) all: usize,
}

/// What was done so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Done {
    /// So many are invited.
    pub(super) invited: u32,
    /// So many have the roles at once.
    pub(super) updated: u32,
}

/// The invitation that is being written, and what becomes of it.
#[derive(Clone, Copy)]
pub(super) struct Store {
    /// Whom.
    pub(super) chips: RwSignal<Chips>,
    /// What became of the list last, for those who do not see it.
    pub(super) said: RwSignal<String>,
    /// Why a file gave no address, and its name.
    pub(super) file_error: RwSignal<Option<(String, String)>>,
    /// What is typed and not yet on the list.
    pub(super) typed: RwSignal<String>,
    /// Where.
    pub(super) nodes: RwSignal<Vec<NodeId>>,
    /// The roles that are ticked, also those that cannot be given where it is now.
    pub(super) ticked: RwSignal<RoleSet>,
    /// Whether the first of the list becomes the manager, where there is none.
    pub(super) is_led: RwSignal<bool>,
    /// A few words for the mail.
    pub(super) message: RwSignal<String>,
    /// The language of the mail.
    pub(super) language: RwSignal<Language>,
    /// For how many days.
    pub(super) days: RwSignal<u8>,
    /// The reader, as they change.
    pub(super) reader: Signal<Arc<Reader>>,
    /// Which roles cannot be given there, and why.
    pub(super) refusals: Memo<BTreeMap<Role, Denial>>,
    /// What is known of each address, by how it is compared.
    pub(super) known: RwSignal<HashMap<String, AddressPreview>>,
    /// Why the backend would refuse the whole.
    pub(super) denied: RwSignal<Option<Code>>,
    /// How far the sending is; none where nothing is being sent.
    pub(super) progress: RwSignal<Option<Progress>>,
    /// Why the sending did not come to its end.
    pub(super) error: RwSignal<Option<ApiError>>,
    /// What was done so far.
    pub(super) done: RwSignal<Done>,
    /// Where a manager was invited from here already.
    pub(super) led: RwSignal<Vec<NodeId>>,
    /// The calls whose answers never came.
    pub(super) unanswered: StoredValue<Vec<Call>>,
    /// Whether nothing more is to be sent.
    pub(super) is_stopped: StoredValue<bool>,
    /// The backend.
    pub(super) client: StoredValue<Client>,
    /// Is told of what changed.
    pub(super) changes: Changes,
}

impl Store {
    /// An empty invitation, to the node in focus or to the only one that there is.
    pub(super) fn new(language: Language) -> Self {
        let reader: Signal<Arc<Reader>> = expect_context();
        let place = expect_context::<Navigation>().place.get_untracked();
        let nodes = RwSignal::new(start(&reader.read_untracked(), &place));
        let refusals = Memo::new(move |_| {
            let (reader, nodes) = (reader.read(), nodes.read());
            let Some(standing) = Standing::of(&reader) else { return BTreeMap::new() };
            let why = |role| model::refusal(&standing, &nodes, role).map(|denial| (role, denial));
            Role::all().filter_map(why).collect()
        });
        let store = Self {
            chips: RwSignal::default(),
            said: RwSignal::default(),
            file_error: RwSignal::new(None),
            typed: RwSignal::default(),
            nodes,
            ticked: RwSignal::new(RoleSet::empty()),
            is_led: RwSignal::new(false),
            message: RwSignal::default(),
            language: RwSignal::new(language),
            days: RwSignal::new(DEFAULT_INVITATION_DAYS),
            reader,
            refusals,
            known: RwSignal::default(),
            denied: RwSignal::new(None),
            progress: RwSignal::new(None),
            error: RwSignal::new(None),
            done: RwSignal::default(),
            led: RwSignal::default(),
            unanswered: StoredValue::default(),
            is_stopped: StoredValue::new(false),
            client: StoredValue::new(expect_context()),
            changes: expect_context(),
        };
        store.follow_known();
        store
    }

    /// The roles that everybody on the list gets.
    pub(super) fn roles(self) -> RoleSet {
        let refusals = self.refusals.read();
        self.ticked.get().iter().filter(|role| !refusals.contains_key(role)).collect()
    }

    /// The chosen environments that have no manager of their own, and would get none by these roles.
    pub(super) fn without_manager(self) -> Vec<NodeId> {
        if self.refusals.read().contains_key(&Role::OrganisationManager) {
            return Vec::new();
        }
        let mut nodes = model::without_manager(&self.reader.read(), &self.nodes.read(), self.roles());
        nodes.retain(|node| !self.led.read().contains(node));
        nodes
    }

    /// What is written so far.
    pub(super) fn draft(self) -> Draft {
        Draft {
            nodes: self.nodes.get(),
            roles: self.roles(),
            managed_by_first: if self.is_led.get() { self.without_manager() } else { Vec::new() },
            message: self.message.get(),
            language: self.language.get(),
            days: self.days.get(),
        }
    }

    /// The names of nodes.
    pub(super) fn names(self, nodes: &[NodeId]) -> Vec<String> {
        let reader = self.reader.read();
        nodes.iter().filter_map(|node| reader.node(*node)).map(|node| node.name.clone()).collect()
    }

    /// Whether something was entered that would be lost.
    pub(super) fn is_touched(self) -> bool {
        let has_text = |text: RwSignal<String>| text.with(|text| !text.trim().is_empty());
        self.chips.with(|chips| chips.iter().len() > 0) || has_text(self.typed) || has_text(self.message)
    }

    /// Puts what is typed onto the list.
    pub(super) fn take_typed(self) {
        let typed = self.typed.try_update(std::mem::take).unwrap_or_default();
        if !typed.trim().is_empty() {
            self.chips.update(|chips| {
                chips.add(split(&typed));
            });
        }
    }

    /// Asks whom of the list the backend knows, a moment after it has changed.
    fn follow_known(self) {
        let asked = Memo::new(move |_| {
            let emails: Vec<String> = self.chips.read().sendable().map(String::from).collect();
            let grants = self.draft().grants(false);
            (!emails.is_empty() && !grants.is_empty()).then_some((emails, grants))
        });
        Effect::new(move |_| {
            let Some((emails, grants)) = asked.get() else { return self.denied.set(None) };
            let Ok(abort) = AbortController::new() else { return };
            let signal = abort.signal();
            let timeout = set_timeout_with_handle(
                move || {
                    spawn_local(async move {
                        for emails in emails.chunks(MAX_ADDRESSES) {
                            let draft = InvitationDraft { emails: emails.to_vec(), grants: grants.clone() };
                            let Some(client) = self.client.try_get_value() else { return };
                            // Without an answer the list is as useful as before: sending tells what is wrong.
                            let Ok(answer) = client.preview_invitation(&draft, &signal).await else { return };
                            let _ = self.denied.try_set(answer.denied);
                            let _ = self.known.try_update(|known| {
                                let of = |address: AddressPreview| (compared(&address.email), address);
                                known.extend(answer.addresses.into_iter().map(of));
                            });
                        }
                    });
                },
                ASK_AFTER,
            );
            let held = StoredValue::new_local((abort, timeout.ok()));
            on_cleanup(move || {
                held.try_with_value(|(abort, timeout)| {
                    abort.abort();
                    if let Some(timeout) = timeout {
                        timeout.clear();
                    }
                });
            });
        });
    }

    /// Those on the list of whom the backend said so.
    pub(super) fn people(self, kind: AddressKind) -> Vec<AddressPreview> {
        let (chips, known) = (self.chips.read(), self.known.read());
        let found = chips.sendable().filter_map(|email| known.get(&compared(email)));
        found.filter(|address| address.kind == kind).cloned().collect()
    }
}

/// Where an invitation leads at first: to the node in focus, or to the only one that the reader manages.
fn start(reader: &Reader, place: &Place) -> Vec<NodeId> {
    let managed = &reader.session.managed;
    let in_focus = place.node().filter(|node| managed.contains(node));
    let only = managed.first().copied().filter(|_| managed.len() == 1);
    in_focus.or(only).into_iter().collect()
}
