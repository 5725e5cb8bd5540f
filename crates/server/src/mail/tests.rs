//! What the mails say, and that nothing in a name or a message changes more than the words.

use chrono::{DateTime, Utc};
use mail_parser::MessageParser;
use studio_users_domain::{Language, Role, RoleSet};

use super::page::Page;
use super::texts::page_of;
use super::{Mail, Mailer};

const NOW: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
const URL: &str = "https://studio.example/join#4kQ9vT2mXb7Rz0hLw8NcYd3sUe6Pf1Ga5JiKoV_tBxM";

fn grants() -> Vec<(String, RoleSet)> {
    vec![("Shop".into(), Role::Operator | Role::ContentManager), ("Clinic".into(), RoleSet::empty())]
}

fn invitation(inviter: &str, message: &str) -> Mail {
    Mail::Invitation {
        inviter: inviter.into(),
        organisation: "Velo Bikes".into(),
        grants: grants(),
        message: Some(message.into()),
        expires_at: NOW,
        notifies: true,
    }
}

fn access_given() -> Mail {
    Mail::AccessGiven {
        giver: "Maud".into(),
        organisation: "Velo Bikes".into(),
        grants: grants(),
        notifies: false,
    }
}

fn joined(person: &str) -> Mail {
    Mail::Joined { person: person.into(), email: "a@x.example".into(), nodes: vec!["Shop".into()] }
}

fn both(mail: &Mail) -> [Page; 2] {
    Language::ALL.map(|language| page_of(mail, language, Some("Anouk"), URL))
}

/// That both parts hold each of these.
#[track_caller]
fn holds(page: &Page, texts: &[&str]) {
    let (plain, html) = (page.plain(), page.html().replace("<bdi>", "").replace("</bdi>", ""));
    for text in texts {
        assert!(plain.contains(text), "{text} is not in {plain}");
        assert!(html.contains(text), "{text} is not in {html}");
    }
}

#[test]
fn a_sign_in_mail_greets_in_the_readers_language_and_holds_the_link() {
    let [english, dutch] = both(&Mail::SignIn);
    holds(&english, &["Sign in to the studio", "Hello Anouk,", "within 15 minutes", URL]);
    holds(&dutch, &["Inloggen bij de studio", "Hallo Anouk,", "binnen 15 minuten", URL]);
    holds(&page_of(&Mail::SignIn, Language::En, None, URL), &["Hello,"]);
}

#[test]
fn an_invitation_says_who_invites_to_what_as_what_and_until_when() {
    let [english, dutch] = both(&invitation("Maud Jansen", "Welcome!\nAsk me."));
    assert_eq!(english.subject(), "Maud Jansen invites you to Velo Bikes");
    assert_eq!(dutch.subject(), "Maud Jansen nodigt je uit voor Velo Bikes");
    holds(
        &english,
        &["Shop: Operator, Content Manager", "Clinic: no access", "Edit contacts in the CRM", URL],
    );
    holds(
        &dutch,
        &["Shop: Operator, Contentmanager", "Clinic: geen toegang", "Beantwoorden, gesprekken starten", URL],
    );
    holds(&english, &["works until Friday 15 January 2027, 08:00 UTC."]);
    holds(&dutch, &["werkt tot vrijdag 15 januari 2027 om 08:00 UTC."]);
    assert!(english.plain().contains("\n> Welcome!\n> Ask me.\n"), "{}", english.plain());
    assert!(english.html().contains(">Welcome!<br>\nAsk me.</blockquote>"), "{}", english.html());
    assert!(!english.plain().contains("See contacts"), "whoever edits them sees them");
}

#[test]
fn an_invitation_to_one_place_as_one_thing_says_so_in_a_sentence() {
    let mail = Mail::Invitation {
        inviter: "Maud Jansen".into(),
        organisation: "Meridian Cloud".into(),
        grants: vec![("Velo Bikes".into(), Role::Operator.into())],
        message: None,
        expires_at: NOW,
        notifies: true,
    };
    let [english, dutch] = both(&mail);
    assert_eq!(english.subject(), "Maud Jansen invites you to Velo Bikes");
    holds(&english, &["Join Velo Bikes", "Be notified of new chats", "Sent by Studio for Meridian Cloud"]);
    let html = english.html();
    assert!(html.contains("as <strong>Operator</strong>: full inbox and CRM access."), "{html}");
    assert!(english.plain().contains("You will work there as Operator: full inbox"), "{}", english.plain());
    holds(&dutch, &["volledige toegang tot inbox en CRM.", "Meldingen van nieuwe chats krijgen"]);
}

#[test]
fn mails_about_access_and_joining_say_who_and_where() {
    let [english, dutch] = both(&access_given());
    holds(
        &english,
        &["Maud gave you access to Velo Bikes", "Shop: Operator, Content Manager", "Open the studio"],
    );
    holds(
        &dutch,
        &["Maud geeft je toegang tot Velo Bikes", "Shop: Operator, Contentmanager", "Open de studio"],
    );
    let [english, dutch] = both(&joined("Anouk Meijer"));
    holds(
        &english,
        &["Anouk Meijer has joined", "Anouk Meijer (a@x.example) accepted your invitation", "Shop"],
    );
    holds(&dutch, &["Anouk Meijer doet nu mee", "heeft je uitnodiging aanvaard", "Shop"]);
}

#[test]
fn the_html_says_its_language_and_direction() {
    for mail in [Mail::SignIn, invitation("Maud", "Hi"), access_given(), joined("Anouk")] {
        let [english, dutch] = both(&mail);
        assert!(english.html().contains("<html lang=\"en\" dir=\"ltr\">"));
        assert!(dutch.html().contains("<html lang=\"nl\" dir=\"ltr\">"));
    }
}

#[test]
fn names_and_messages_are_text() {
    let hostile = "<img src=x onerror=\"alert(1)\">{}&amp;";
    let escaped = "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;{}&amp;amp;";
    let names = |text: &str| {
        let grants = vec![(text.to_owned(), Role::Agent.into())];
        let (name, organisation) = (text.to_owned(), text.to_owned());
        [
            Mail::Invitation {
                inviter: name.clone(),
                organisation: organisation.clone(),
                grants: grants.clone(),
                message: Some(name.clone()),
                expires_at: NOW,
                notifies: false,
            },
            Mail::AccessGiven { giver: name.clone(), organisation, grants, notifies: false },
            Mail::Joined { person: name.clone(), email: name.clone(), nodes: vec![name] },
            Mail::SignIn,
        ]
    };
    for mail in names(hostile) {
        let page = page_of(&mail, Language::En, Some(hostile), URL);
        assert!(page.html().contains(escaped) && !page.html().contains("<img"), "{}", page.html());
        assert!(page.plain().contains(hostile), "{}", page.plain());
    }
    for mail in names("\u{202e}gnihton\u{2066}") {
        let page = page_of(&mail, Language::En, Some("\u{202e}x"), URL);
        for text in [page.plain(), page.html(), page.subject()] {
            assert!(!text.contains(['\u{202e}', '\u{2066}']), "{text}");
        }
    }
    let [english, _] = both(&joined("דנה"));
    assert_eq!(english.subject(), "\u{2068}דנה\u{2069} has joined");
    assert!(english.html().contains("<h1 style=") && english.html().contains("<bdi>דנה</bdi> has joined"));
}

#[test]
fn a_name_adds_no_header() {
    let folder = tempfile::TempDir::new().unwrap();
    let from = "Studio <no-reply@studio.localhost>".parse().unwrap();
    let mailer = Mailer::new(folder.path(), None, from).unwrap();
    let hostile = "Eve\r\nBcc: all@x.example\r\n\r\nAn other body";
    let [page, _] = both(&invitation(hostile, hostile));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(mailer.send(Some(hostile), "anouk@x.example", &page, NOW)).unwrap();
    let mails = super::mailbox::newest(&folder.path().join("mail")).unwrap();
    let [mail] = mails.as_slice() else { panic!("{mails:?}") };
    let bytes = std::fs::read(folder.path().join("mail").join(format!("{}.eml", mail.id))).unwrap();
    let message = MessageParser::default().parse(&bytes).unwrap();
    let names: Vec<_> = message.headers().iter().map(mail_parser::Header::name).collect();
    assert!(!names.contains(&"Bcc"), "{names:?}");
    assert_eq!(message.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
    assert_eq!(message.message_id(), Some(format!("{}@studio.localhost", mail.id).as_str()));
    assert_eq!((mail.at, mail.from.as_str()), (Some(NOW), "Studio <no-reply@studio.localhost>"));
    assert_eq!(mail.to, "Eve Bcc: all@x.example An other body <anouk@x.example>");
    assert_eq!(mail.subject, "Eve Bcc: all@x.example An other body invites you to Velo Bikes");
    assert_eq!(
        (mail.plain.replace("\r\n", "\n"), mail.html.replace("\r\n", "\n")),
        (page.plain(), page.html())
    );
}
