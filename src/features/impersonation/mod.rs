//! Impersonation: viewing the studio as another user.
//!
//! `model` computes what a view shows and is pure. `start_dialog` asks for the reason and starts the view. `banner` is
//! shown above the page while the view runs. `ended_notice` says why a view ended by itself. The running view and the
//! ways it ends are in `state::Impersonation`.

mod banner;
mod countdown;
mod ended_notice;
mod model;
mod preview;
mod reason_field;
mod start_dialog;

use leptos::prelude::*;
use studio_users_domain::NodeId;

use crate::parts::{Lazy, LazyDialog, lazy};
use crate::reactive::memo;
use crate::state::{DialogRequest, use_current_user, use_dialogs, use_impersonation};
use crate::ui::lazy::LoadFuture;
use banner::ImpersonationBanner;
use ended_notice::EndedNotice;
use start_dialog::StartDialog;

/// Shows the dialog that starts a view on request.
#[component]
pub fn StartImpersonation() -> impl IntoView {
    view! { <LazyDialog load=dialog handles=|request| matches!(request, DialogRequest::View(_)) /> }
}

lazy! {
    fn dialog(_: ()) in dialogs {
        let dialogs = use_dialogs();
        move || match dialogs.0.get() {
            Some(DialogRequest::View(row)) => Some(view! { <StartDialog row=*row /> }),
            _ => None,
        }
    }
}

/// Shows the banner and the frame while a view runs, and a notice after a view that ended by itself.
#[component]
pub fn ImpersonationStatus(
    /// The node in focus.
    #[prop(into)]
    node: Signal<Option<NodeId>>,
) -> impl IntoView {
    let (current_user, impersonation) = (use_current_user(), use_impersonation());
    let is_needed =
        memo(move |_| current_user.read().is_viewing() || impersonation.end_notice.read().is_some());
    view! { <Lazy load=status with=node when=is_needed /> }
}

/// Loads the code of the banner, so that it then shows without a delay.
pub fn preload() -> LoadFuture<Signal<Option<NodeId>>> {
    status()
}

lazy! {
    fn status(node: Signal<Option<NodeId>>) in view {
        let (current_user, impersonation) = (use_current_user(), use_impersonation());
        let is_viewing = memo(move |_| current_user.read().is_viewing());
        view! {
            <Show when=move || is_viewing.get() fallback=move || view! { <EndedNotice impersonation /> }>
                <div class="view-mode">
                    <ImpersonationBanner impersonation node />
                </div>
                <div class="view-frame"></div>
            </Show>
        }
    }
}
