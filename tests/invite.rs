//! The dialog "Invite users" in a browser, over a scripted backend.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, missing_docs, unreachable_pub, reason = "tests")]

mod support;

use std::sync::{Arc, Mutex};

use leptos::prelude::GetUntracked;
use studio_users::api::{Request, Response};
use studio_users::state::{Place, Reader, UsersPlace};
use studio_users_contract::{
    AddressKind, AddressPreview, Code, FailedAddress, InvitationDraft, InvitationPreview, InvitationResult,
    NewInvitation, NodeView, Problem, SessionNode, path,
};
use studio_users_domain::{NodeId, NodeKind, Role, RoleSet};
use support::{Page, Reply, environment, page, reader, sleep};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{
    DataTransfer, Element, HtmlElement, HtmlInputElement, HtmlTextAreaElement, KeyboardEvent,
    KeyboardEventInit,
};

wasm_bindgen_test_configure!(run_in_browser);

/// Maud, who manages an agency with two environments, of which the second has no manager of its own.
fn maud() -> Reader {
    let node = |number, parent, kind, name: &str, own_managers| NodeView {
        id: environment(number),
        parent_id: parent,
        kind,
        name: name.into(),
        own_managers,
        disabled_roles: own_managers.map(|_: u32| RoleSet::only(Role::Developer)),
    };
    let (root, agency) = (Some(environment(51)), Some(environment(50)));
    let held = |node: NodeId| SessionNode {
        node_id: node,
        roles: Role::OrganisationManager.into(),
        inherited: node != environment(50),
        capabilities: Role::OrganisationManager.capabilities(),
        notified: None,
    };
    let mut reader = reader();
    reader.nodes = vec![
        node(51, None, NodeKind::Provider, "Meridian Cloud", None),
        node(50, root, NodeKind::Agency, "Northwind Telecom", Some(1)),
        node(1, agency, NodeKind::Environment, "Harbor Bank", Some(1)),
        node(2, agency, NodeKind::Environment, "Velo Bikes", Some(0)),
    ];
    reader.session.managed = vec![environment(50), environment(1), environment(2)];
    reader.session.nodes = reader.session.managed.iter().copied().map(held).collect();
    reader
}

/// What was asked of the backend, invitation by invitation: its key and its body.
type Asked = Arc<Mutex<Vec<(String, NewInvitation)>>>;

/// The dialog, opened as a link opens it. Everybody is new, and invitations are answered as the test says.
fn open(answer: impl Fn(&NewInvitation, usize) -> Reply + Send + Sync + 'static) -> (Page, Asked) {
    let asked = Asked::default();
    let kept = Arc::clone(&asked);
    let shown = Page::mount_as(maud(), Place::Invite, 1200, move |request: &Request| {
        let body = request.body.as_deref().unwrap_or_default();
        if request.url == path::INVITATIONS {
            let key = request.headers.iter().find(|(name, _)| *name == "Idempotency-Key").unwrap().1.clone();
            let invitation: NewInvitation = serde_json::from_str(body).unwrap();
            let mut kept = kept.lock().unwrap();
            kept.push((key, invitation.clone()));
            return answer(&invitation, kept.len());
        }
        if request.url == path::INVITATIONS_PREVIEW {
            let draft: InvitationDraft = serde_json::from_str(body).unwrap();
            return json(200, &preview(draft));
        }
        page(Vec::new(), 0)
    });
    (shown, asked)
}

fn preview(draft: InvitationDraft) -> InvitationPreview {
    let addresses = draft.emails.into_iter().map(|email| {
        let is_known = email.starts_with("sanne");
        let kind = if is_known { AddressKind::Joined } else { AddressKind::New };
        AddressPreview { email, kind, name: is_known.then(|| "Sanne de Vries".into()) }
    });
    InvitationPreview { addresses: addresses.collect(), nodes: Vec::new(), denied: None }
}

fn json(status: u16, body: &impl serde::Serialize) -> Reply {
    Reply::After(0, Response { status, body: serde_json::to_string(body).unwrap(), ..Response::default() })
}

/// All of them are invited.
fn done(invitation: &NewInvitation) -> Reply {
    let invited = u32::try_from(invitation.emails.len()).unwrap();
    json(200, &InvitationResult { invited, ..InvitationResult::default() })
}

fn field(shown: &Page) -> HtmlInputElement {
    shown.one("#invite-mails").unchecked_into()
}

fn type_in(shown: &Page, text: &str) {
    let field = field(shown);
    field.set_value(text);
    field.dispatch_event(&web_sys::Event::new("input").unwrap()).unwrap();
}

fn paste(shown: &Page, text: &str) {
    let data = DataTransfer::new().unwrap();
    data.set_data("text/plain", text).unwrap();
    let options = web_sys::ClipboardEventInit::new();
    options.set_clipboard_data(Some(&data));
    options.set_bubbles(true);
    options.set_cancelable(true);
    let event = web_sys::ClipboardEvent::new_with_event_init_dict("paste", &options).unwrap();
    field(shown).dispatch_event(&event).unwrap();
}

fn press(on: &Element, key: &str) {
    let options = KeyboardEventInit::new();
    options.set_key(key);
    options.set_bubbles(true);
    options.set_cancelable(true);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &options).unwrap();
    on.dispatch_event(&event).unwrap();
}

fn chips(shown: &Page) -> Vec<String> {
    shown.all(".mail-chip bdi").iter().filter_map(|chip| chip.text_content()).collect()
}

fn tick(shown: &Page, role: &str) {
    let card = shown.all(".role-card").into_iter().find(|card| {
        card.query_selector(".role-card__name").unwrap().unwrap().text_content().as_deref() == Some(role)
    });
    card.unwrap().query_selector("input").unwrap().unwrap().unchecked_into::<HtmlElement>().click();
}

async fn choose(shown: &Page, node: &str) {
    shown.one(".picker").unchecked_into::<HtmlElement>().click();
    shown.until("the picker", |page| !page.all(".node-picker__row").is_empty()).await;
    let rows = shown.all(".node-picker__row");
    let row = rows.iter().rfind(|row| row.text_content().unwrap().contains(node)).unwrap();
    row.query_selector("input").unwrap().unwrap().unchecked_into::<HtmlElement>().click();
    press(&shown.one(".node-picker__search input"), "Escape");
    shown.until("it closes", |page| page.all(".node-picker__row").is_empty()).await;
}

fn focused(shown: &Page) -> Element {
    shown.one(":focus")
}

async fn ready(shown: &Page) {
    shown.until("the dialog", |page| !page.all("dialog[open] #invite-mails").is_empty()).await;
}

#[wasm_bindgen_test]
async fn a_link_opens_the_dialog_above_the_users_with_the_focus_on_the_addresses() {
    let (shown, _) = open(|invitation, _| done(invitation));
    ready(&shown).await;
    assert_eq!(shown.navigation.place.get_untracked(), Place::Users(UsersPlace::default()));
    assert_eq!(focused(&shown).id(), "invite-mails");
    let dialog = shown.one("dialog");
    let title = dialog.get_attribute("aria-labelledby").unwrap();
    assert_eq!(shown.one(&format!("#{title}")).text_content().as_deref(), Some("Invite users"));
    // Nothing was entered: nothing is asked.
    press(&focused(&shown), "Escape");
    shown.until("it closes", |page| page.all("dialog").is_empty()).await;
}

#[wasm_bindgen_test]
async fn a_pasted_list_becomes_chips_and_what_is_no_address_says_why() {
    let (shown, _) = open(|invitation, _| done(invitation));
    ready(&shown).await;
    paste(&shown, "Anouk Meijer <anouk@velo.example>, rik@velo.example;\nlotte@velobikes\nRIK@velo.example");
    shown.until("the chips", |page| chips(page).len() == 3).await;
    assert_eq!(chips(&shown), ["anouk@velo.example", "rik@velo.example", "lotte@velobikes"]);
    assert!(shown.text().contains("3 addresses added, 1 was there already"), "{}", shown.text());
    let error = shown.one("#invite-mails-errors").text_content().unwrap();
    assert!(error.contains("lacks an ending such as .com, and will not be invited"), "{error}");
    assert_eq!(shown.all(".mail-chip[data-invalid]").len(), 1);
    assert!(shown.text().contains("Send 2 invitations"));

    // Nothing is told of what is still being typed.
    type_in(&shown, "nobody");
    sleep(30).await;
    assert_eq!(shown.all(".mail-chip").len(), 3);
    press(&field(&shown), "Enter");
    shown.until("the chip", |page| page.all(".mail-chip[data-invalid]").len() == 2).await;
    type_in(&shown, "new@velo.example, and");
    shown.until("what is whole", |page| chips(page).len() == 5).await;
    assert_eq!(field(&shown).value(), "and");
}

#[wasm_bindgen_test]
async fn backspace_selects_the_last_chip_and_then_removes_it() {
    let (shown, _) = open(|invitation, _| done(invitation));
    ready(&shown).await;
    paste(&shown, "a@x.example, b@x.example, c@x.example");
    shown.until("the chips", |page| chips(page).len() == 3).await;
    field(&shown).focus().unwrap();
    press(&field(&shown), "Backspace");
    assert_eq!(focused(&shown).get_attribute("aria-label").as_deref(), Some("Remove c@x.example"));
    assert_eq!(chips(&shown).len(), 3, "selected, not removed");
    press(&focused(&shown), "Backspace");
    shown.until("two are left", |page| chips(page).len() == 2).await;
    assert_eq!(focused(&shown).get_attribute("aria-label").as_deref(), Some("Remove b@x.example"));
    press(&focused(&shown), "ArrowLeft");
    press(&focused(&shown), "Delete");
    shown.until("one is left", |page| chips(page) == ["b@x.example"]).await;
    press(&focused(&shown), "End");
    assert_eq!(focused(&shown).id(), "invite-mails");
}

#[wasm_bindgen_test]
async fn roles_that_cannot_be_given_say_why_and_do_nothing() {
    let (shown, _) = open(|invitation, _| done(invitation));
    ready(&shown).await;
    choose(&shown, "Harbor Bank").await;
    let locked = shown.all(".role-card input[aria-disabled=true]");
    assert_eq!(locked.len(), 2, "Administrator, and Developer by the licence");
    tick(&shown, "Administrator");
    sleep(30).await;
    assert!(
        shown
            .all(".role-card input")
            .into_iter()
            .all(|one| !one.unchecked_into::<HtmlInputElement>().checked())
    );
    assert!(shown.text().contains("Only an administrator of this place can change who is an administrator."));
    assert!(shown.text().contains("The licence here does not include this role."));
    tick(&shown, "Operator");
    shown.until("the preview", |page| page.text().contains("Operator is assigned in")).await;
    let hidden = shown.all(".mini__item[data-hidden]");
    assert_eq!((shown.all(".mini__item").len(), hidden.len()), (9, 7));
}

#[wasm_bindgen_test]
async fn a_long_list_is_sent_in_parts_and_what_failed_stays_and_is_not_mixed_with_what_did_not() {
    let (shown, asked) = open(|invitation, call| {
        if call == 2 {
            let failed = vec![FailedAddress { email: invitation.emails[0].clone(), code: Code::RateLimited }];
            return json(200, &InvitationResult { invited: 24, updated: 0, failed });
        }
        done(invitation)
    });
    ready(&shown).await;
    let list: Vec<_> = (0..60).map(|n| format!("p{n}@velo.example")).collect();
    paste(&shown, &list.join("\n"));
    choose(&shown, "Harbor Bank").await;
    tick(&shown, "Agent");
    shown.click("Send 60 invitations");
    shown.until("one is left", |page| chips(page) == ["p25@velo.example"]).await;
    shown.until("it has ended", |page| page.text().contains("59 invitations are on their way")).await;
    {
        let asked = asked.lock().unwrap();
        let sizes: Vec<_> = asked.iter().map(|(_, invitation)| invitation.emails.len()).collect();
        assert_eq!(sizes, [25, 25, 10]);
        let mut keys: Vec<_> = asked.iter().map(|(key, _)| key).collect();
        keys.dedup();
        assert_eq!(keys.len(), 3, "a key each");
    }
    assert!(shown.text().contains("too many mails for one day"), "{}", shown.text());
    // Once more, and only who is left.
    shown.click("Send 1 invitation");
    shown.until("it closes", |page| page.all("dialog").is_empty()).await;
    assert_eq!(asked.lock().unwrap()[3].1.emails, ["p25@velo.example"]);
    assert!(shown.one(".notices").text_content().unwrap().contains("60 invitations are on their way"));
}

#[wasm_bindgen_test]
async fn a_call_without_an_answer_is_sent_again_by_the_same_key_and_nothing_typed_is_lost() {
    let (shown, asked) =
        open(|invitation, call| if call < 5 { Reply::Unreachable } else { done(invitation) });
    ready(&shown).await;
    paste(&shown, "a@x.example, b@x.example");
    choose(&shown, "Harbor Bank").await;
    tick(&shown, "Agent");
    let message: HtmlTextAreaElement = shown.one("#invite-message").unchecked_into();
    message.set_value("Welcome!");
    message.dispatch_event(&web_sys::Event::new("input").unwrap()).unwrap();
    shown.click("Send 2 invitations");
    shown.until("it is told", |page| page.text().contains("Trying again sends nothing twice")).await;
    assert_eq!(chips(&shown).len(), 2);
    assert_eq!(message.value(), "Welcome!");
    shown.click("Try again");
    shown.until("it closes", |page| page.all("dialog").is_empty()).await;
    let asked = asked.lock().unwrap();
    assert_eq!(asked.len(), 5, "three tries, and two");
    assert!(asked.iter().all(|call| *call == asked[0]), "one key, and one body");
    assert_eq!(asked[0].1.message.as_deref(), Some("Welcome!"));
}

#[wasm_bindgen_test]
async fn of_many_the_one_who_is_refused_stays_and_the_others_are_invited() {
    let (shown, asked) = open(|invitation, _| {
        let Some(place) = invitation.emails.iter().position(|email| email.starts_with("boss")) else {
            return done(invitation);
        };
        let fields = vec![studio_users_contract::FieldProblem {
            field: format!("emails[{place}]"),
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
            },
        )
    });
    ready(&shown).await;
    paste(&shown, "a@x.example, boss@x.example, c@x.example");
    choose(&shown, "Harbor Bank").await;
    tick(&shown, "Agent");
    shown.click("Send 3 invitations");
    shown.until("one is left", |page| chips(page) == ["boss@x.example"]).await;
    assert_eq!(asked.lock().unwrap()[1].1.emails, ["a@x.example", "c@x.example"]);
    let error = shown.one("#invite-mails-errors").text_content().unwrap();
    assert!(error.contains("was not invited. Only an administrator of this place"), "{error}");
}

#[wasm_bindgen_test]
async fn whoever_comes_first_to_an_environment_is_proposed_as_its_manager_and_leaving_that_out_is_asked_about()
 {
    let (shown, asked) = open(|invitation, _| done(invitation));
    ready(&shown).await;
    paste(&shown, "anouk@velo.example, rik@velo.example, freja@velo.example");
    tick(&shown, "Operator");
    choose(&shown, "Harbor Bank").await;
    assert!(!shown.text().contains("no Organisation Manager yet"), "it has one");
    choose(&shown, "Velo Bikes").await;
    shown.until("the proposal", |page| page.text().contains("no Organisation Manager yet")).await;
    shown.click("Send 3 invitations");
    shown.until("the question", |page| page.text().contains("Send without an Organisation Manager?")).await;
    assert!(asked.lock().unwrap().is_empty());
    assert_eq!(focused(&shown).text_content().as_deref(), Some("Add role and send"));
    shown.click("Add role and send");
    shown.until("they are closed", |page| page.all("dialog").is_empty()).await;
    let asked = asked.lock().unwrap();
    let (first, others) = (&asked[0].1, &asked[1].1);
    assert_eq!((&first.emails[..], others.emails.len()), (&["anouk@velo.example".to_string()][..], 2));
    let roles = |invitation: &NewInvitation, node| {
        invitation.grants.iter().find(|grant| grant.node_id == environment(node)).unwrap().roles
    };
    assert_eq!(roles(first, 2), Role::Operator | Role::OrganisationManager);
    assert_eq!(roles(first, 1), Role::Operator, "where there is a manager already");
    assert_eq!(roles(others, 2), Role::Operator);
}

#[wasm_bindgen_test]
async fn nobody_else_becomes_the_manager_where_the_first_could_not_be_invited() {
    let (shown, asked) = open(|invitation, call| {
        if call > 1 {
            return done(invitation);
        }
        let failed = vec![FailedAddress { email: invitation.emails[0].clone(), code: Code::RateLimited }];
        json(200, &InvitationResult { failed, ..InvitationResult::default() })
    });
    ready(&shown).await;
    paste(&shown, "anouk@velo.example, rik@velo.example");
    tick(&shown, "Operator");
    choose(&shown, "Velo Bikes").await;
    shown.until("the proposal", |page| page.text().contains("no Organisation Manager yet")).await;
    shown.click("Add role");
    shown.until("it is taken", |page| page.text().contains("will be Organisation Manager of")).await;
    shown.click("Send 2 invitations");
    shown.until("it is told", |page| page.text().contains("too many mails for one day")).await;
    sleep(30).await;
    assert_eq!(asked.lock().unwrap().len(), 1);
    assert_eq!(chips(&shown), ["anouk@velo.example", "rik@velo.example"]);
}

#[wasm_bindgen_test]
async fn closing_with_something_entered_asks_first() {
    let (shown, asked) = open(|invitation, _| done(invitation));
    ready(&shown).await;
    type_in(&shown, "anouk@velo.example");
    press(&field(&shown), "Escape");
    shown.until("the question", |page| page.text().contains("Discard this invitation?")).await;
    assert_eq!(focused(&shown).text_content().as_deref(), Some("Go on editing"));
    press(&focused(&shown), "Escape");
    shown.until("back", |page| page.all("dialog").len() == 1).await;
    assert!(field(&shown).value() == "anouk@velo.example" || chips(&shown) == ["anouk@velo.example"]);
    press(&field(&shown), "Escape");
    shown.until("the question", |page| page.all("dialog").len() == 2).await;
    shown.click("Discard");
    shown.until("closed", |page| page.all("dialog").is_empty()).await;
    assert!(asked.lock().unwrap().is_empty());
}

#[wasm_bindgen_test]
async fn what_is_missing_is_told_when_it_is_sent_and_gets_the_focus() {
    let (shown, asked) = open(|invitation, _| done(invitation));
    ready(&shown).await;
    shown.click("Send invitations");
    shown.until("what is missing", |page| page.text().contains("Enter at least one address.")).await;
    shown.until("the focus", |page| focused(page).id() == "invite-mails").await;
    assert!(
        shown.text().contains("Choose at least one environment.")
            && shown.text().contains("Choose at least one role.")
    );
    paste(&shown, "a@x.example");
    shown.until("the chip", |page| chips(page).len() == 1).await;
    shown.click("Send 1 invitation");
    shown.until("the picker", |page| focused(page).class_list().contains("picker")).await;
    assert!(asked.lock().unwrap().is_empty());
}

#[wasm_bindgen_test]
async fn who_is_known_already_is_told_as_far_as_the_reader_sees_them() {
    let (shown, _) = open(|invitation, _| done(invitation));
    ready(&shown).await;
    paste(&shown, "sanne@northwind.example, new@velo.example");
    choose(&shown, "Harbor Bank").await;
    tick(&shown, "Planner");
    shown.until("who is known", |page| page.text().contains("1 person is a user already")).await;
    let text = shown.one(".invite__preview").text_content().unwrap();
    assert!(text.contains("Sanne de Vries") && text.contains("1 person not in your list yet"), "{text}");
    assert!(
        text.contains("Will not be notified about chats") && text.contains("Needs Agent or Operator"),
        "{text}"
    );
}
