use leptos::prelude::*;
use studio_users_contract::UserRow;
use studio_users_domain::Status;

use super::item::SheetItem;
use crate::i18n::{messages, use_language, words};
use crate::state::{
    Ask, History, LinkCopy, Navigation, OpenUser, Place, Tab, UsersPlace, use_asks, use_links,
};
use crate::ui::{Avatar, Dialog, Glyph};

const TITLE: &str = "sheet-title";

/// What can be done with somebody.
#[component]
pub(super) fn Sheet(
    /// With whom.
    row: UserRow,
) -> impl IntoView {
    let language = use_language();
    let asks = use_asks();
    let links = use_links();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let (id, name, allowed) = (row.id, row.label().to_owned(), row.allowed);
    let has_joined = row.status == Status::Active;
    let open = move |tab| {
        asks.close();
        navigation.with_value(|navigation| {
            let place = match navigation.place.get_untracked() {
                Place::Users(users) => users,
                _ => UsersPlace::default(),
            };
            let open = Some(OpenUser { id, tab });
            navigation.go(Place::Users(UsersPlace { open, ..place }), History::Push);
        });
    };
    let copied = name.clone();
    let on_copy = move |()| {
        links.copy(LinkCopy { user: id, name: copied.clone(), by_notice: true });
        asks.close();
    };
    let viewed = row.clone();
    let on_view = move |()| asks.ask(Ask::View(Box::new(viewed.clone())));
    let removed = row.clone();
    let on_remove = move |()| asks.ask(Ask::Remove(Box::new(removed.clone())));
    view! {
        <Dialog label_id=TITLE class="sheet" light=true on_close=move |()| asks.close()>
            <div class="sheet__grip"></div>
            <header class="sheet__who">
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
                    {words::status(language, row.status)}
                </span>
            </header>
            <ul class="sheet__list">
                <SheetItem
                    glyph=Glyph::Role
                    label=messages::to_access(language)
                    leads_on=true
                    on_take=move |()| open(Tab::Access)
                />
                <SheetItem
                    glyph=Glyph::Clock
                    label=messages::to_audit_log(language)
                    leads_on=true
                    on_take=move |()| open(Tab::AuditLog)
                />
                <SheetItem
                    glyph=Glyph::Clipboard
                    label=messages::copy_link(language)
                    denied=allowed.copy_link
                    on_take=on_copy
                />
                <SheetItem
                    glyph=Glyph::ViewAs
                    label=messages::view_as_this_user(language)
                    denied=allowed.view_as
                    on_take=on_view
                />
                <SheetItem
                    glyph=Glyph::Trash
                    label=messages::remove_user(language)
                    is_danger=true
                    denied=allowed.remove
                    on_take=on_remove
                />
            </ul>
        </Dialog>
    }
}
