//! The dialog "Invite users". Runs in a browser against a scripted backend.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "tests")]

mod support;

use std::sync::{Arc, Mutex};

use leptos::prelude::GetUntracked;
use studio_users::api::{Request, Response};
use studio_users::state::{CurrentUser, Route, UsersRoute};
use studio_users_contract::{
    AddressKind, AddressPreview, Code, FailedAddress, InvitationDraft, InvitationPreview, InvitationResult,
    NewInvitation, NodeView, Problem, SessionNode, path,
};
use studio_users_domain::{NodeId, NodeKind, Role, RoleSet};
use support::{Page, Reply, current_user, environment_id, rendered, users_page};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{
    DataTransfer, Element, HtmlElement, HtmlInputElement, HtmlTextAreaElement, KeyboardEvent,
    KeyboardEventInit,
};

wasm_bindgen_test_configure!(run_in_browser);

/// Maud, who manages an agency with two environments. The second environment has no manager of its own.
fn maud() -> CurrentUser {
    let node = |number, parent, kind, name: &str, own_managers| NodeView {
        id: environment_id(number),
        parent_id: parent,
        kind,
        name: name.into(),
        own_managers,
        disabled_roles: own_managers.map(|_: u32| RoleSet::only(Role::Developer)),
    };
    let (root, agency) = (Some(environment_id(51)), Some(environment_id(50)));
    let held = |node: NodeId| SessionNode {
        node_id: node,
        roles: Role::OrganisationManager.into(),
        inherited: node != environment_id(50),
        capabilities: Role::OrganisationManager.capabilities(),
        notified: None,
    };
    let mut session = current_user().session;
    session.managed = vec![environment_id(50), environment_id(1), environment_id(2)];
    session.nodes = session.managed.iter().copied().map(held).collect();
    let nodes = vec![
        node(51, None, NodeKind::Provider, "Meridian Cloud", None),
        node(50, root, NodeKind::Agency, "Northwind Telecom", Some(1)),
        node(1, agency, NodeKind::Environment, "Harbor Bank", Some(1)),
        node(2, agency, NodeKind::Environment, "Velo Bikes", Some(0)),
    ];
    CurrentUser::new(session, nodes)
}

/// The received invitation requests: idempotency key and body.
type SentInvitations = Arc<Mutex<Vec<(String, NewInvitation)>>>;

/// Opens the dialog by its route. `respond` gets each invitation request and its number, starting at 1.
fn open(respond: impl Fn(&NewInvitation, usize) -> Reply + Send + Sync + 'static) -> (Page, SentInvitations) {
    let sent = SentInvitations::default();
    let recorded = Arc::clone(&sent);
    let page = Page::mount_as(maud(), Route::Invite, 1200, move |request: &Request| {
        let body = request.body.as_deref().unwrap_or_default();
        if request.url == path::INVITATIONS {
            let key = request.headers.iter().find(|(name, _)| *name == "Idempotency-Key").unwrap().1.clone();
            let invitation: NewInvitation = serde_json::from_str(body).unwrap();
            let mut recorded = recorded.lock().unwrap();
            recorded.push((key, invitation.clone()));
            return respond(&invitation, recorded.len());
        }
        if request.url == path::INVITATIONS_PREVIEW {
            let draft: InvitationDraft = serde_json::from_str(body).unwrap();
            return json(200, &preview(draft));
        }
        users_page(Vec::new(), 0)
    });
    (page, sent)
}

fn preview(draft: InvitationDraft) -> InvitationPreview {
    let addresses = draft.emails.into_iter().map(|email| {
        let is_existing = email.starts_with("sanne");
        let kind = match email.split('@').next() {
            Some("sanne") => AddressKind::Joined,
            Some("invited" | "blocked") => AddressKind::Invited,
            _ => AddressKind::New,
        };
        AddressPreview {
            unacceptable: email.starts_with("blocked"),
            email,
            kind,
            address_error: None,
            name: is_existing.then(|| "Sanne de Vries".into()),
        }
    });
    InvitationPreview { addresses: addresses.collect(), nodes: Vec::new(), denied: None }
}

fn json(status: u16, body: &impl serde::Serialize) -> Reply {
    Reply::After(0, Response { status, body: serde_json::to_string(body).unwrap(), ..Response::default() })
}

/// A response that invites all recipients.
fn all_invited(invitation: &NewInvitation) -> Reply {
    let invited = u32::try_from(invitation.emails.len()).unwrap();
    json(200, &InvitationResult { invited, ..InvitationResult::default() })
}

fn field(page: &Page) -> HtmlInputElement {
    page.one("#invite-mails").unchecked_into()
}

fn type_text(page: &Page, text: &str) {
    let field = field(page);
    field.set_value(text);
    field.dispatch_event(&web_sys::Event::new("input").unwrap()).unwrap();
}

fn paste(page: &Page, text: &str) {
    let data = DataTransfer::new().unwrap();
    data.set_data("text/plain", text).unwrap();
    let options = web_sys::ClipboardEventInit::new();
    options.set_clipboard_data(Some(&data));
    // Firefox ignores `clipboardData` and reads these.
    js_sys::Reflect::set(&options, &"data".into(), &text.into()).unwrap();
    js_sys::Reflect::set(&options, &"dataType".into(), &"text/plain".into()).unwrap();
    options.set_bubbles(true);
    options.set_cancelable(true);
    let event = web_sys::ClipboardEvent::new_with_event_init_dict("paste", &options).unwrap();
    field(page).dispatch_event(&event).unwrap();
}

fn press_key(on: &Element, key: &str) {
    let options = KeyboardEventInit::new();
    options.set_key(key);
    options.set_bubbles(true);
    options.set_cancelable(true);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &options).unwrap();
    on.dispatch_event(&event).unwrap();
}

fn chips(page: &Page) -> Vec<String> {
    page.all(".mail-chip bdi").iter().filter_map(|chip| chip.text_content()).collect()
}

fn tick(page: &Page, role: &str) {
    let card = page.all(".role-card").into_iter().find(|card| {
        card.query_selector(".role-card__name").unwrap().unwrap().text_content().as_deref() == Some(role)
    });
    card.unwrap().query_selector("input").unwrap().unwrap().unchecked_into::<HtmlElement>().click();
}

async fn choose(page: &Page, node: &str) {
    page.one(".picker").unchecked_into::<HtmlElement>().click();
    page.until("the picker is open", |page| !page.all(".node-picker__row").is_empty()).await;
    let rows = page.all(".node-picker__row");
    let row = rows.iter().rfind(|row| row.text_content().unwrap().contains(node)).unwrap();
    row.query_selector("input").unwrap().unwrap().unchecked_into::<HtmlElement>().click();
    press_key(&page.one(".node-picker__search input"), "Escape");
    page.until("the picker is closed", |page| page.all(".node-picker__row").is_empty()).await;
}

fn focused(page: &Page) -> Element {
    page.one(":focus")
}

async fn wait_for_dialog(page: &Page) {
    page.until("the dialog is open", |page| !page.all("dialog[open] #invite-mails").is_empty()).await;
}

#[wasm_bindgen_test]
async fn the_invite_route_opens_the_dialog_and_focuses_the_address_field() {
    let (page, _) = open(|invitation, _| all_invited(invitation));
    wait_for_dialog(&page).await;
    assert_eq!(page.navigation.route.get_untracked(), Route::Users(UsersRoute::default()));
    assert_eq!(focused(&page).id(), "invite-mails");
    let dialog = page.one("dialog");
    let title = dialog.get_attribute("aria-labelledby").unwrap();
    assert_eq!(page.one(&format!("#{title}")).text_content().as_deref(), Some("Invite users"));
    // Without input there is no confirmation.
    press_key(&focused(&page), "Escape");
    page.until("the dialog is closed", |page| page.all("dialog").is_empty()).await;
}

#[wasm_bindgen_test]
async fn a_pasted_list_becomes_chips_with_errors_for_invalid_addresses() {
    let (page, _) = open(|invitation, _| all_invited(invitation));
    wait_for_dialog(&page).await;
    paste(&page, "Anouk Meijer <anouk@velo.example>, rik@velo.example;\nlotte@velobikes\nRIK@velo.example");
    page.until("the chips are shown", |page| chips(page).len() == 3).await;
    assert_eq!(chips(&page), ["anouk@velo.example", "rik@velo.example", "lotte@velobikes"]);
    assert!(page.text().contains("3 addresses added, 1 duplicate skipped"), "{}", page.text());
    let error = page.one("#invite-mails-errors").text_content().unwrap();
    assert!(error.contains("is missing an ending such as .com and won’t be invited"), "{error}");
    assert_eq!(page.all(".mail-chip[data-invalid]").len(), 1);
    assert!(page.text().contains("Send 2 invitations"));

    // Text that is still being typed shows no error.
    type_text(&page, "nobody");
    rendered().await;
    assert_eq!(page.all(".mail-chip").len(), 3);
    press_key(&field(&page), "Enter");
    page.until("the chip is shown", |page| page.all(".mail-chip[data-invalid]").len() == 2).await;
    type_text(&page, "new@velo.example, and");
    page.until("the complete address is added", |page| chips(page).len() == 5).await;
    assert_eq!(field(&page).value(), "and");
}

#[wasm_bindgen_test]
async fn backspace_focuses_the_last_chip_and_then_removes_it() {
    let (page, _) = open(|invitation, _| all_invited(invitation));
    wait_for_dialog(&page).await;
    paste(&page, "a@x.example, b@x.example, c@x.example");
    page.until("the chips are shown", |page| chips(page).len() == 3).await;
    field(&page).focus().unwrap();
    press_key(&field(&page), "Backspace");
    assert_eq!(focused(&page).get_attribute("aria-label").as_deref(), Some("Remove c@x.example"));
    assert_eq!(chips(&page).len(), 3, "the chip has the focus and is not removed");
    press_key(&focused(&page), "Backspace");
    page.until("two chips are left", |page| chips(page).len() == 2).await;
    assert_eq!(focused(&page).get_attribute("aria-label").as_deref(), Some("Remove b@x.example"));
    press_key(&focused(&page), "ArrowLeft");
    press_key(&focused(&page), "Delete");
    page.until("one chip is left", |page| chips(page) == ["b@x.example"]).await;
    press_key(&focused(&page), "End");
    assert_eq!(focused(&page).id(), "invite-mails");
}

#[wasm_bindgen_test]
async fn denied_roles_show_the_reason_and_cannot_be_checked() {
    let (page, _) = open(|invitation, _| all_invited(invitation));
    wait_for_dialog(&page).await;
    choose(&page, "Harbor Bank").await;
    let locked = page.all(".role-card input[aria-disabled=true]");
    assert_eq!(locked.len(), 2, "Administrator is denied, and Developer is not licensed");
    tick(&page, "Administrator");
    rendered().await;
    assert!(
        page.all(".role-card input")
            .into_iter()
            .all(|one| !one.unchecked_into::<HtmlInputElement>().checked())
    );
    assert!(page.text().contains("Only an Administrator can give the Administrator role"));
    assert!(page.text().contains("The licence here does not include this role."));
    tick(&page, "Operator");
    page.until("the preview is updated", |page| page.text().contains("Operator is assigned in")).await;
    let hidden = page.all(".mini-studio__item[data-hidden]");
    assert_eq!((page.all(".mini-studio__item").len(), hidden.len()), (9, 7));
}

#[wasm_bindgen_test]
async fn sends_a_long_list_in_batches_and_keeps_failed_recipients() {
    let (page, sent) = open(|invitation, call| {
        if call == 2 {
            let failed = vec![FailedAddress {
                email: invitation.emails[0].clone(),
                code: Code::RateLimited,
                address_error: None,
                retry_after: None,
            }];
            return json(200, &InvitationResult { invited: 24, updated: 0, failed });
        }
        all_invited(invitation)
    });
    wait_for_dialog(&page).await;
    let list: Vec<_> = (0..60).map(|n| format!("p{n}@velo.example")).collect();
    paste(&page, &list.join("\n"));
    choose(&page, "Harbor Bank").await;
    tick(&page, "Agent");
    page.click("Send 60 invitations");
    page.until("one chip is left", |page| chips(page) == ["p25@velo.example"]).await;
    page.until("sending has ended", |page| page.text().contains("59 invitations sent")).await;
    {
        let sent = sent.lock().unwrap();
        let sizes: Vec<_> = sent.iter().map(|(_, invitation)| invitation.emails.len()).collect();
        assert_eq!(sizes, [25, 25, 10]);
        let mut keys: Vec<_> = sent.iter().map(|(key, _)| key).collect();
        keys.dedup();
        assert_eq!(keys.len(), 3, "each batch has its own key");
    }
    assert!(page.text().contains("the daily e-mail limit was reached"), "{}", page.text());
    // Sending again invites only the failed recipient.
    page.click("Send 1 invitation");
    page.until("the dialog is closed", |page| page.all("dialog").is_empty()).await;
    assert_eq!(sent.lock().unwrap()[3].1.emails, ["p25@velo.example"]);
    assert!(page.one(".notices").text_content().unwrap().contains("60 invitations sent"));
}

#[wasm_bindgen_test]
async fn retries_with_the_same_idempotency_key_and_keeps_the_input() {
    let (page, sent) =
        open(|invitation, call| if call < 5 { Reply::Unreachable } else { all_invited(invitation) });
    wait_for_dialog(&page).await;
    paste(&page, "a@x.example, b@x.example");
    choose(&page, "Harbor Bank").await;
    tick(&page, "Agent");
    let message: HtmlTextAreaElement = page.one("#invite-message").unchecked_into();
    message.set_value("Welcome!");
    message.dispatch_event(&web_sys::Event::new("input").unwrap()).unwrap();
    page.click("Send 2 invitations");
    page.until("the error is shown", |page| page.text().contains("Nobody is invited twice.")).await;
    assert_eq!(chips(&page).len(), 2);
    assert_eq!(message.value(), "Welcome!");
    page.click("Try again");
    page.until("the dialog is closed", |page| page.all("dialog").is_empty()).await;
    let sent = sent.lock().unwrap();
    assert_eq!(sent.len(), 5, "three attempts, and two after Try again");
    assert!(sent.iter().all(|call| *call == sent[0]), "all attempts have the same key and body");
    assert_eq!(sent[0].1.message.as_deref(), Some("Welcome!"));
}

#[wasm_bindgen_test]
async fn keeps_a_refused_recipient_and_invites_the_others() {
    let (page, sent) = open(|invitation, _| {
        let Some(index) = invitation.emails.iter().position(|email| email.starts_with("boss")) else {
            return all_invited(invitation);
        };
        let fields = vec![studio_users_contract::FieldProblem {
            field: format!("emails[{index}]"),
            detail: "Only an administrator".into(),
        }];
        json(
            403,
            &Problem {
                status: 403,
                code: Code::NeedsAdministrator,
                title: "Refused".into(),
                detail: None,
                fields,
                reason: None,
                retry_after: None,
                request_id: None,
            },
        )
    });
    wait_for_dialog(&page).await;
    paste(&page, "a@x.example, boss@x.example, c@x.example");
    choose(&page, "Harbor Bank").await;
    tick(&page, "Agent");
    page.click("Send 3 invitations");
    page.until("one chip is left", |page| chips(page) == ["boss@x.example"]).await;
    assert_eq!(sent.lock().unwrap()[1].1.emails, ["a@x.example", "c@x.example"]);
    let error = page.one("#invite-mails-errors").text_content().unwrap();
    assert!(
        error.contains("wasn’t invited. Only an Administrator can give the Administrator role"),
        "{error}"
    );
}

#[wasm_bindgen_test]
async fn proposes_the_first_recipient_as_manager_and_confirms_sending_without_one() {
    let (page, sent) = open(|invitation, _| all_invited(invitation));
    wait_for_dialog(&page).await;
    paste(&page, "anouk@velo.example, rik@velo.example, freja@velo.example");
    tick(&page, "Operator");
    choose(&page, "Harbor Bank").await;
    assert!(!page.text().contains("No Organisation Manager yet"), "the environment has one");
    choose(&page, "Velo Bikes").await;
    page.until("the proposal is shown", |page| page.text().contains("No Organisation Manager yet")).await;
    page.click("Send 3 invitations");
    page.until("the confirmation is open", |page| {
        page.text().contains("Send without an Organisation Manager?")
    })
    .await;
    assert!(sent.lock().unwrap().is_empty());
    assert_eq!(focused(&page).text_content().as_deref(), Some("Add role and send"));
    page.click("Add role and send");
    page.until("both dialogs are closed", |page| page.all("dialog").is_empty()).await;
    let sent = sent.lock().unwrap();
    let (first, others) = (&sent[0].1, &sent[1].1);
    assert_eq!((&first.emails[..], others.emails.len()), (&["anouk@velo.example".to_string()][..], 2));
    let roles = |invitation: &NewInvitation, node| {
        invitation.grants.iter().find(|grant| grant.node_id == environment_id(node)).unwrap().roles
    };
    assert_eq!(roles(first, 2), Role::Operator | Role::OrganisationManager);
    assert_eq!(roles(first, 1), Role::Operator, "the environment already has a manager");
    assert_eq!(roles(others, 2), Role::Operator);
}

#[wasm_bindgen_test]
async fn stops_if_the_proposed_manager_was_not_invited() {
    let (page, sent) = open(|invitation, call| {
        if call > 1 {
            return all_invited(invitation);
        }
        let failed = vec![FailedAddress {
            email: invitation.emails[0].clone(),
            code: Code::RateLimited,
            address_error: None,
            retry_after: None,
        }];
        json(200, &InvitationResult { failed, ..InvitationResult::default() })
    });
    wait_for_dialog(&page).await;
    paste(&page, "anouk@velo.example, rik@velo.example");
    tick(&page, "Operator");
    choose(&page, "Velo Bikes").await;
    page.until("the proposal is shown", |page| page.text().contains("No Organisation Manager yet")).await;
    page.click("Add role");
    page.until("the proposal is accepted", |page| page.text().contains("will be Organisation Manager of"))
        .await;
    page.click("Send 2 invitations");
    page.until("the error is shown", |page| page.text().contains("the daily e-mail limit was reached")).await;
    rendered().await;
    assert_eq!(sent.lock().unwrap().len(), 1);
    assert_eq!(chips(&page), ["anouk@velo.example", "rik@velo.example"]);
}

#[wasm_bindgen_test]
async fn closing_with_input_asks_for_confirmation() {
    let (page, sent) = open(|invitation, _| all_invited(invitation));
    wait_for_dialog(&page).await;
    type_text(&page, "anouk@velo.example");
    press_key(&field(&page), "Escape");
    page.until("the confirmation is open", |page| page.text().contains("Discard this invitation?")).await;
    assert_eq!(focused(&page).text_content().as_deref(), Some("Keep editing"));
    press_key(&focused(&page), "Escape");
    page.until("the confirmation is closed", |page| page.all("dialog").len() == 1).await;
    assert!(field(&page).value() == "anouk@velo.example" || chips(&page) == ["anouk@velo.example"]);
    press_key(&field(&page), "Escape");
    page.until("the confirmation is open", |page| page.all("dialog").len() == 2).await;
    page.click("Discard");
    page.until("both dialogs are closed", |page| page.all("dialog").is_empty()).await;
    assert!(sent.lock().unwrap().is_empty());
}

#[wasm_bindgen_test]
async fn sending_shows_missing_fields_and_focuses_the_first() {
    let (page, sent) = open(|invitation, _| all_invited(invitation));
    wait_for_dialog(&page).await;
    page.click("Send invitations");
    page.until("the errors are shown", |page| page.text().contains("Enter at least one address.")).await;
    page.until("the address field has the focus", |page| focused(page).id() == "invite-mails").await;
    assert!(
        page.text().contains("Choose at least one environment.")
            && page.text().contains("Choose at least one role.")
    );
    paste(&page, "a@x.example");
    page.until("the chip is shown", |page| chips(page).len() == 1).await;
    page.click("Send 1 invitation");
    page.until("the picker has the focus", |page| focused(page).class_list().contains("picker")).await;
    assert!(sent.lock().unwrap().is_empty());
}

#[wasm_bindgen_test]
async fn the_preview_names_existing_users() {
    let (page, _) = open(|invitation, _| all_invited(invitation));
    wait_for_dialog(&page).await;
    paste(&page, "sanne@northwind.example, new@velo.example");
    choose(&page, "Harbor Bank").await;
    tick(&page, "Planner");
    page.until("the existing user is shown", |page| page.text().contains("1 existing user")).await;
    let text = page.one(".invite__preview").text_content().unwrap();
    assert!(text.contains("Sanne de Vries") && text.contains("1 person not in your list yet"), "{text}");
    assert!(text.contains("No chat notifications") && text.contains("Requires Agent or Operator"), "{text}");
}

#[wasm_bindgen_test]
async fn the_preview_tells_which_invitations_nobody_can_accept() {
    let (page, _) = open(|invitation, _| all_invited(invitation));
    wait_for_dialog(&page).await;
    paste(&page, "invited@velo.example, blocked@velo.example");
    choose(&page, "Harbor Bank").await;
    tick(&page, "Planner");
    let text = "1 person with an invitation that can’t be accepted";
    page.until("the blocked invitation is shown", |page| page.text().contains(text)).await;
    let text = page.one(".invite__preview").text_content().unwrap();
    assert!(text.contains("1 person already invited"), "{text}");
    assert!(text.contains("a new link that only includes these roles"), "{text}");
}

/// The browser folds the letters, so this differs from the native tests of the search.
#[wasm_bindgen_test]
fn finds_environments_ignoring_case_accents_and_the_order_of_words() {
    let CurrentUser { session, mut nodes, .. } = maud();
    nodes[2].name = "Łódź İzmir Straße".into();
    let user = CurrentUser::new(session, nodes);
    let found = |search: &str| -> Vec<String> {
        user.find_managed(search).into_iter().map(|position| user.nodes[position].name.clone()).collect()
    };
    for search in ["lodz", "IZMIR  łodz", "strasse", "STRAẞE izmír", "ｌódz"] {
        assert_eq!(found(search), ["Łódź İzmir Straße"], "{search}");
    }
    assert_eq!(found("bikes velo"), ["Velo Bikes"]);
    assert!(found("bikes izmir").is_empty());
}
