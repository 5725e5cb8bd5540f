use leptos::prelude::*;
use studio_users_contract::UserRow;
use studio_users_domain::Status;

use super::item::SheetItem;
use crate::i18n::{labels, messages, use_language};
use crate::state::{
    DialogRequest, History, LinkCopy, Navigation, OpenUser, Route, Tab, UsersRoute, use_dialogs,
    use_invitation_links,
};
use crate::ui::{Avatar, Dialog, Glyph};

const TITLE: &str = "sheet-title";

/// The sheet with the actions of a user.
#[component]
pub(super) fn Sheet(row: UserRow) -> impl IntoView {
    let language = use_language();
    let dialogs = use_dialogs();
    let invitation_links = use_invitation_links();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let (id, name, allowed) = (row.id, row.label().to_owned(), row.allowed);
    let has_joined = row.status == Status::Active;
    let open = move |tab| {
        dialogs.close();
        navigation.with_value(|navigation| {
            let route = match navigation.route.get_untracked() {
                Route::Users(users) => users,
                _ => UsersRoute::default(),
            };
            let open = Some(OpenUser { id, tab });
            navigation.go(Route::Users(UsersRoute { open, ..route }), History::Push);
        });
    };
    let link_name = name.clone();
    let on_copy = move |()| {
        invitation_links.copy(LinkCopy { user: id, name: link_name.clone(), by_notice: true });
        dialogs.close();
    };
    let view_row = row.clone();
    let on_view = move |()| dialogs.open(DialogRequest::View(Box::new(view_row.clone())));
    let remove_row = row.clone();
    let on_remove = move |()| dialogs.open(DialogRequest::Remove(Box::new(remove_row.clone())));
    view! {
        <Dialog label_id=TITLE class="sheet" light_dismiss=true on_close=move |()| dialogs.close()>
            <div class="sheet__grip"></div>
            <header class="sheet__user">
                <Avatar name=has_joined.then(|| name.clone()) seed=id.to_string() />
                <h2 class="sheet__name" id=TITLE tabindex="-1" autofocus>
                    <span class="visually-hidden">{messages::actions_for(language, &name)}</span>
                    <span class="sheet__label" aria-hidden="true">
                        <bdi>{name}</bdi>
                    </span>
                    {row
                        .name
                        .is_some()
                        .then(|| {
                            view! {
                                <span class="person__mail" aria-hidden="true">
                                    <bdi>{row.email.clone()}</bdi>
                                </span>
                            }
                        })}
                </h2>
                <span class="status" data-status=row.status.wire_name()>
                    {labels::status(language, row.status)}
                </span>
            </header>
            <ul class="sheet__list">
                <SheetItem
                    glyph=Glyph::Role
                    label=messages::access(language)
                    opens_panel=true
                    on_select=move |()| open(Tab::Access)
                />
                <SheetItem
                    glyph=Glyph::Clock
                    label=messages::audit_log(language)
                    opens_panel=true
                    on_select=move |()| open(Tab::AuditLog)
                />
                <SheetItem
                    glyph=Glyph::Clipboard
                    label=messages::copy_link(language)
                    denied=allowed.copy_link
                    on_select=on_copy
                />
                <SheetItem
                    glyph=Glyph::ViewAs
                    label=messages::view_as_this_user(language)
                    denied=allowed.view_as
                    on_select=on_view
                />
                <SheetItem
                    glyph=Glyph::Trash
                    label=messages::remove_user(language)
                    is_danger=true
                    denied=allowed.remove
                    on_select=on_remove
                />
            </ul>
        </Dialog>
    }
}
