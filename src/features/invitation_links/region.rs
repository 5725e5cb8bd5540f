use leptos::prelude::*;

use super::dialog::LinkDialog;
use super::store::InvitationLinksStore;
use crate::parts::{LazyDialog, lazy};
use crate::state::{DialogRequest, use_dialogs, use_invitation_links};

/// Copies links for the whole page. Renders its live region from the start, because screen readers announce only
/// changes to an existing region: <https://developer.mozilla.org/docs/Web/Accessibility/ARIA/Guides/Live_regions>.
#[component]
pub fn InvitationLinkRegion() -> impl IntoView {
    let store = InvitationLinksStore::new();
    use_invitation_links().on_copy(move |link| store.copy(link));
    view! {
        <p class="visually-hidden" role="status">
            {store.announcement}
        </p>
        <LazyDialog load=dialog handles=|request| matches!(request, DialogRequest::ShowLink { .. }) />
    }
}

lazy! {
    fn dialog(_: ()) in dialogs {
        let dialogs = use_dialogs();
        move || match dialogs.0.get() {
            Some(DialogRequest::ShowLink { name, url, expires_at }) => Some(view! { <LinkDialog name url expires_at /> }),
            _ => None,
        }
    }
}
