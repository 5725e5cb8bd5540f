use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use leptos::leptos_dom::helpers::set_timeout_with_handle;
use leptos::prelude::*;
use studio_users_contract::{AddressKind, AddressPreview, Code, InvitationDraft, MAX_ADDRESSES};
use studio_users_domain::{DEFAULT_INVITATION_DAYS, Denial, Language, NodeId, Role, RoleSet, has_visible};
use web_sys::AbortController;

use super::list_parser::parse_list;
use super::model::{self, InvitationBatch, InviteDraft};
use super::recipients::{Recipients, normalize};
use crate::api::{ApiError, Client, Latest};
use crate::parts::BrowserUnicode;
use crate::reactive::{effect, memo};
use crate::state::{Changes, CurrentUser, Navigation, PermissionContext, Route};

/// The debounce of the preview request.
const PREVIEW_DEBOUNCE: Duration = Duration::from_millis(350);

/// The progress of sending, in recipients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) done: usize,
    pub(super) total: usize,
}

/// The numbers of recipients processed so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct SentCounts {
    /// New users who got an invitation.
    pub(super) invited: u32,
    /// Existing users who got the roles immediately.
    pub(super) updated: u32,
}

/// The state of the invite dialog.
#[derive(Clone, Copy)]
pub(super) struct InviteStore {
    pub(super) recipients: RwSignal<Recipients>,
    /// The text of the live region for changes of the list.
    pub(super) announcement: RwSignal<String>,
    /// The error of a file without addresses, and the file's name.
    pub(super) file_error: RwSignal<Option<(String, String)>>,
    /// The text in the address field that is not yet added to the list.
    pub(super) typed: RwSignal<String>,
    pub(super) nodes: RwSignal<Vec<NodeId>>,
    /// The checked roles, including those that cannot be assigned at the current nodes.
    pub(super) selected_roles: RwSignal<RoleSet>,
    /// Whether the first recipient becomes Organisation Manager of nodes without one.
    pub(super) first_manages: RwSignal<bool>,
    /// The personal message in the mail.
    pub(super) message: RwSignal<String>,
    /// The language of the mail.
    pub(super) language: RwSignal<Language>,
    /// The number of days until the invitation expires.
    pub(super) days: RwSignal<u8>,
    pub(super) current_user: Signal<Arc<CurrentUser>>,
    /// The roles that cannot be assigned at the chosen nodes, with the reasons.
    pub(super) denials: Memo<BTreeMap<Role, Denial>>,
    /// The backend's preview of each recipient, by normalized address.
    pub(super) previews: RwSignal<HashMap<String, AddressPreview>>,
    /// The reason for which the backend would refuse the whole invitation.
    pub(super) denied: RwSignal<Option<Code>>,
    /// `None` while nothing is being sent.
    pub(super) progress: RwSignal<Option<Progress>>,
    /// The error that ended sending early.
    pub(super) error: RwSignal<Option<ApiError>>,
    pub(super) sent: RwSignal<SentCounts>,
    /// The nodes for which a manager was already invited from this dialog.
    pub(super) nodes_given_manager: RwSignal<Vec<NodeId>>,
    /// The batches that got no response.
    pub(super) unanswered: StoredValue<Vec<InvitationBatch>>,
    /// Whether the user stopped sending.
    pub(super) is_stopped: StoredValue<bool>,
    /// The request in flight.
    pub(super) request: StoredValue<Option<AbortController>, LocalStorage>,
    pub(super) client: StoredValue<Client>,
    pub(super) changes: Changes,
}

impl InviteStore {
    /// Creates an empty draft for the node in focus, or for the only managed node.
    pub(super) fn new(language: Language) -> Self {
        let current_user: Signal<Arc<CurrentUser>> = expect_context();
        let route = expect_context::<Navigation>().route.get_untracked();
        let nodes = RwSignal::new(initial_nodes(&current_user.read_untracked(), &route));
        let denials = memo(move |_| {
            let (current_user, nodes) = (current_user.read(), nodes.read());
            let Some(permissions) = PermissionContext::of(&current_user) else { return BTreeMap::new() };
            let denied = |role| model::denial(&permissions, &nodes, role).map(|denial| (role, denial));
            Role::all().filter_map(denied).collect()
        });
        let store = Self {
            recipients: RwSignal::default(),
            announcement: RwSignal::default(),
            file_error: RwSignal::new(None),
            typed: RwSignal::default(),
            nodes,
            selected_roles: RwSignal::new(RoleSet::empty()),
            first_manages: RwSignal::new(false),
            message: RwSignal::default(),
            language: RwSignal::new(language),
            days: RwSignal::new(DEFAULT_INVITATION_DAYS),
            current_user,
            denials,
            previews: RwSignal::default(),
            denied: RwSignal::new(None),
            progress: RwSignal::new(None),
            error: RwSignal::new(None),
            sent: RwSignal::default(),
            nodes_given_manager: RwSignal::default(),
            unanswered: StoredValue::default(),
            is_stopped: StoredValue::new(false),
            request: StoredValue::new_local(None),
            client: StoredValue::new(expect_context()),
            changes: expect_context(),
        };
        store.preview_on_change();
        store
    }

    /// The roles that all recipients get.
    pub(super) fn roles(self) -> RoleSet {
        let denials = self.denials.read();
        self.selected_roles.get().iter().filter(|role| !denials.contains_key(role)).collect()
    }

    /// The chosen nodes that have no Organisation Manager of their own and would not get one from the roles.
    pub(super) fn nodes_without_manager(self) -> Vec<NodeId> {
        if self.denials.read().contains_key(&Role::OrganisationManager) {
            return Vec::new();
        }
        let mut nodes =
            model::nodes_without_manager(&self.current_user.read(), &self.nodes.read(), self.roles());
        nodes.retain(|node| !self.nodes_given_manager.read().contains(node));
        nodes
    }

    /// The current draft.
    pub(super) fn draft(self) -> InviteDraft {
        InviteDraft {
            nodes: self.nodes.get(),
            roles: self.roles(),
            managed_by_first: if self.first_manages.get() {
                self.nodes_without_manager()
            } else {
                Vec::new()
            },
            message: self.message.get(),
            language: self.language.get(),
            days: self.days.get(),
        }
    }

    /// The names of nodes.
    pub(super) fn node_names(self, nodes: &[NodeId]) -> Vec<String> {
        let current_user = self.current_user.read();
        nodes.iter().filter_map(|node| current_user.node(*node)).map(|node| node.name.clone()).collect()
    }

    /// Whether closing the dialog would lose input.
    pub(super) fn is_dirty(self) -> bool {
        let has_text = |text: RwSignal<String>| text.with(|text| has_visible(text));
        self.recipients.with(|recipients| recipients.iter().len() > 0)
            || has_text(self.typed)
            || has_text(self.message)
    }

    /// Adds the typed text to the list.
    pub(super) fn commit_typed(self) {
        let typed = self.typed.try_update(std::mem::take).unwrap_or_default();
        if !typed.trim().is_empty() {
            self.recipients.update(|recipients| {
                recipients.add(parse_list(&typed), &BrowserUnicode);
            });
        }
    }

    /// Fetches the backend's preview of the recipients whenever the draft changes, debounced.
    fn preview_on_change(self) {
        let request = memo(move |_| {
            let emails: Vec<String> = self.recipients.read().sendable().map(String::from).collect();
            let grants = self.draft().grants(false);
            (!emails.is_empty() && !grants.is_empty()).then_some((emails, grants))
        });
        let latest = Latest::new();
        effect(move |_| {
            latest.abort();
            let Some((emails, grants)) = request.get() else { return self.denied.set(None) };
            let timeout = set_timeout_with_handle(
                move || {
                    let previews = |signal| async move {
                        for emails in emails.chunks(MAX_ADDRESSES) {
                            let draft = InvitationDraft { emails: emails.to_vec(), grants: grants.clone() };
                            let Some(client) = self.client.try_get_value() else { break };
                            let response = client.preview_invitation(&draft, &signal).await?;
                            let _ = self.denied.try_set(response.denied);
                            let _ = self.previews.try_update(|previews| {
                                let of = |address: AddressPreview| {
                                    (normalize(&address.email, &BrowserUnicode), address)
                                };
                                previews.extend(response.addresses.into_iter().map(of));
                            });
                        }
                        Ok(())
                    };
                    // Ignores errors, because the preview is optional and sending reports them.
                    latest.send(previews, |_| {});
                },
                PREVIEW_DEBOUNCE,
            );
            let timeout = StoredValue::new(timeout.ok());
            on_cleanup(move || {
                if let Some(timeout) = timeout.try_update_value(Option::take).flatten() {
                    timeout.clear();
                }
            });
        });
    }

    /// The recipients that the backend's preview assigns to this kind.
    pub(super) fn recipients_of_kind(self, kind: AddressKind) -> Vec<AddressPreview> {
        let (recipients, previews) = (self.recipients.read(), self.previews.read());
        let found = recipients.sendable_keys().filter_map(|key| previews.get(key));
        found.filter(|address| address.kind == kind).cloned().collect()
    }
}

/// The preselected nodes: the node in focus, or the only managed node.
fn initial_nodes(current_user: &CurrentUser, route: &Route) -> Vec<NodeId> {
    let managed = &current_user.session.managed;
    let in_focus = route.node().filter(|node| managed.contains(node));
    let only = managed.first().copied().filter(|_| managed.len() == 1);
    in_focus.or(only).into_iter().collect()
}
