//! The texts of the mails, and the escaping of names and messages.

use chrono::{DateTime, Utc};
use lettre::message::Mailbox;
use mail_parser::MessageParser;
use studio_users_domain::{Language, NodeId, Role, RoleSet, UserId};
use uuid::Uuid;

use super::document::MailDocument;
use super::texts::compose_mail;
use super::{AccessNotice, Digest, DigestUser, GivenAccess, Mail, Mailer, Reminder};
use crate::links::unsubscribe_url;
use crate::public_url::PublicUrl;
use crate::token::Token;

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
        places: Vec::new(),
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

fn in_both_languages(mail: &Mail) -> [MailDocument; 2] {
    Language::ALL.map(|language| compose_mail(mail, language, URL))
}

/// Asserts that the plain text and the HTML contain each text.
#[track_caller]
fn assert_contains(mail: &MailDocument, texts: &[&str]) {
    let (plain, html) = (mail.plain(), mail.html().replace("<bdi>", "").replace("</bdi>", ""));
    for text in texts {
        assert!(plain.contains(text), "{text} is not in {plain}");
        assert!(html.contains(text), "{text} is not in {html}");
    }
}

#[test]
fn composes_a_sign_in_mail() {
    let [english, dutch] = in_both_languages(&Mail::SignIn);
    assert_contains(&english, &["Your sign-in link for the studio", "expires after 15 minutes", URL]);
    assert_contains(&dutch, &["Je inloglink voor de studio", "verloopt na 15 minuten", URL]);
}

#[test]
fn composes_an_invitation_to_several_nodes() {
    let [english, dutch] = in_both_languages(&invitation("Maud Jansen", "Welcome!\nAsk me."));
    assert_eq!(english.subject(), "Maud Jansen invited you to join Velo Bikes");
    assert_eq!(dutch.subject(), "Maud Jansen heeft je uitgenodigd voor Velo Bikes");
    assert_contains(
        &english,
        &["Shop: Operator, Content Manager", "Clinic: no access", "Edit contacts in the CRM", URL],
    );
    assert_contains(
        &dutch,
        &[
            "Shop: Operator, Contentmanager",
            "Clinic: geen toegang",
            "Berichten beantwoorden, gesprekken starten",
            URL,
        ],
    );
    assert_contains(&english, &["expires on Friday 15 January 2027, 08:00 (UTC)."]);
    assert_contains(&dutch, &["verloopt op vrijdag 15 januari 2027 om 08:00 (UTC)."]);
    assert!(english.plain().contains("\n> Welcome!\n> Ask me.\n"), "{}", english.plain());
    assert!(english.html().contains(">Welcome!<br>\nAsk me.</blockquote>"), "{}", english.html());
    assert!(!english.plain().contains("View contacts"), "editing includes viewing");
}

#[test]
fn composes_an_invitation_with_one_role_at_one_node() {
    let mail = Mail::Invitation {
        inviter: "Maud Jansen".into(),
        organisation: "Meridian Cloud".into(),
        grants: vec![("Velo Bikes".into(), Role::Operator.into())],
        message: None,
        expires_at: NOW,
        notifies: true,
        places: Vec::new(),
    };
    let [english, dutch] = in_both_languages(&mail);
    assert_eq!(english.subject(), "Maud Jansen invited you to join Velo Bikes");
    assert_contains(
        &english,
        &["Join Velo Bikes", "Get chat notifications", "Sent by Studio on behalf of Meridian Cloud"],
    );
    let html = english.html();
    assert!(html.contains("be <strong>Operator</strong>: full inbox and CRM access."), "{html}");
    assert!(english.plain().contains("Your role will be Operator: full inbox"), "{}", english.plain());
    assert_contains(&dutch, &["volledige toegang tot inbox en CRM.", "Chatmeldingen krijgen"]);
}

#[test]
fn composes_mails_about_access_and_joining() {
    let [english, dutch] = in_both_languages(&access_given());
    assert_contains(
        &english,
        &["Maud gave you access to Velo Bikes", "Shop: Operator, Content Manager", "Open the studio"],
    );
    assert_contains(
        &dutch,
        &["Maud heeft je toegang gegeven tot Velo Bikes", "Shop: Operator, Contentmanager", "Studio openen"],
    );
    let [english, dutch] = in_both_languages(&joined("Anouk Meijer"));
    assert_contains(
        &english,
        &["Anouk Meijer accepted your invitation", "Anouk Meijer (a@x.example) accepted", "Shop"],
    );
    assert_contains(
        &dutch,
        &["Anouk Meijer heeft je uitnodiging geaccepteerd", "en heeft nu toegang tot", "Shop"],
    );
}

#[test]
fn declares_language_and_direction_in_html() {
    for mail in [Mail::SignIn, invitation("Maud", "Hi"), access_given(), joined("Anouk")] {
        let [english, dutch] = in_both_languages(&mail);
        assert!(english.html().contains("<html lang=\"en\" dir=\"ltr\">"));
        assert!(dutch.html().contains("<html lang=\"nl\" dir=\"ltr\">"));
    }
}

#[test]
fn escapes_names_and_messages() {
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
                places: Vec::new(),
            },
            Mail::AccessGiven { giver: name.clone(), organisation, grants, notifies: false },
            Mail::Joined { person: name.clone(), email: name.clone(), nodes: vec![name] },
        ]
    };
    for mail in names(hostile) {
        let mail = compose_mail(&mail, Language::En, URL);
        assert!(mail.html().contains(escaped) && !mail.html().contains("<img"), "{}", mail.html());
        assert!(mail.plain().contains(hostile), "{}", mail.plain());
    }
    for mail in names("\u{202e}gnihton\u{2066}") {
        let mail = compose_mail(&mail, Language::En, URL);
        for text in [mail.plain(), mail.html(), mail.subject()] {
            assert!(!text.contains(['\u{202e}', '\u{2066}']), "{text}");
        }
    }
    let [english, _] = in_both_languages(&joined("דנה"));
    assert_eq!(english.subject(), "\u{2068}דנה\u{2069} accepted your invitation");
    assert!(
        english.html().contains("<h1 style=")
            && english.html().contains("<bdi>דנה</bdi> accepted your invitation")
    );
}

#[test]
fn no_header_exceeds_998_octets() {
    for long in ["x".repeat(3_000), "é".repeat(2_000), "王".repeat(2_000), "x y ".repeat(1_000)] {
        let folder = tempfile::TempDir::new().unwrap();
        let address = format!("{}@{}.example", "a".repeat(64), "b".repeat(63));
        let from = Mailbox::new(Some(long.clone()), address.parse().unwrap());
        let mailer = Mailer::new(folder.path(), None, from).unwrap();
        let [document, _] = in_both_languages(&invitation(&long, &long));
        // The longest public URL.
        let host = format!("{}.example", vec!["h".repeat(63); 3].join("."));
        let url = format!("https://{host}:12345/{}", "p".repeat(499));
        let url = unsubscribe_url(&PublicUrl::parse(&url).unwrap(), &Token::mint().unwrap());
        let document = MailDocument { unsubscribe: Some(url), ..document };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(mailer.send(Some(&long), &address, &document, NOW)).unwrap();
        let mails = super::mailbox::newest(&folder.path().join("mail")).unwrap();
        let bytes = std::fs::read(folder.path().join("mail").join(format!("{}.eml", mails[0].id))).unwrap();
        let lines: Vec<_> = bytes.split(|&byte| byte == b'\n').collect();
        assert!(lines.iter().all(|line| line.len() <= 998), "a line of {long:.3}");
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let unfolded = String::from_utf8_lossy(&bytes[..end]).replace("\r\n ", " ");
        let longest = unfolded.split("\r\n").max_by_key(|header| header.len()).unwrap();
        assert!(longest.len() <= 998, "{}: {longest}", longest.len());
        assert!(mails[0].subject.ends_with('…'), "{}", mails[0].subject);
        assert!(
            mails[0].from.contains('…') && unfolded.contains("List-Unsubscribe: <https://hh"),
            "{unfolded}"
        );
    }
}

#[test]
fn prevents_header_injection() {
    let folder = tempfile::TempDir::new().unwrap();
    let from = "Studio <no-reply@studio.localhost>".parse().unwrap();
    let mailer = Mailer::new(folder.path(), None, from).unwrap();
    let hostile = "Eve\r\nBcc: all@x.example\r\n\r\nAn other body";
    let [document, _] = in_both_languages(&invitation(hostile, hostile));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(mailer.send(Some(hostile), "anouk@x.example", &document, NOW)).unwrap();
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
    assert_eq!(mail.subject, "Eve Bcc: all@x.example An other body invited you to join Velo Bikes");
    assert_eq!(
        (mail.plain.replace("\r\n", "\n"), mail.html.replace("\r\n", "\n")),
        (document.plain(), document.html())
    );
}

fn listed(email: &str, node: &str, reply: Option<&str>) -> DigestUser {
    let user = DigestUser::new(UserId(Uuid::nil()), Vec::new());
    let (name, email) = (email.to_owned(), email.to_owned());
    DigestUser { name, email, node_names: vec![node.into()], reply: reply.map(str::to_owned), ..user }
}

#[test]
fn composes_a_digest_about_one_undelivered_invitation() {
    let undelivered = vec![listed("nina@x.example", "Shop", Some("550 <b>no</b> such user"))];
    let mail = Mail::Digest(Digest { undelivered, ..Digest::default() });
    let [english, dutch] = in_both_languages(&mail);
    assert_eq!(english.subject(), "Your invitation to nina@x.example wasn’t delivered");
    assert_eq!(dutch.subject(), "Je uitnodiging aan nina@x.example is niet bezorgd");
    assert!(english.plain().contains("> 550 <b>no</b> such user"), "{}", english.plain());
    assert!(english.html().contains("550 &lt;b&gt;no&lt;/b&gt; such user"), "{}", english.html());
    assert_contains(&english, &["copy the invitation link"]);
    assert_contains(&dutch, &["Kopieer dan de uitnodigingslink"]);
}

#[test]
fn composes_a_digest_about_several_invitations() {
    let mail = Mail::Digest(Digest {
        people: vec![listed("a@x.example", "Shop", None)],
        undelivered: vec![listed("b@x.example", "Shop", Some("550 no"))],
        expired: vec![listed("c@x.example", "Clinic", None)],
        ..Digest::default()
    });
    let [english, dutch] = in_both_languages(&mail);
    assert_eq!(english.subject(), "News about your invitations");
    assert_contains(
        &english,
        &["Not delivered", "b@x.example: Shop – “550 no”", "Expired", "c@x.example: Clinic", "Accepted"],
    );
    assert_contains(&dutch, &["Niet bezorgd", "Verlopen", "Geaccepteerd"]);
    let expired = vec![listed("c@x.example", "Clinic", None)];
    let [english, dutch] = in_both_languages(&Mail::Digest(Digest { expired, ..Digest::default() }));
    assert_eq!(english.subject(), "Your invitation to c@x.example has expired");
    assert_contains(&dutch, &["niet op tijd geaccepteerd"]);
}

#[test]
fn composes_a_digest_about_people_who_were_not_notified() {
    let unnotified = vec![listed("Olga", "Shop", None)];
    let [english, dutch] = in_both_languages(&Mail::Digest(Digest { unnotified, ..Digest::default() }));
    assert_eq!(english.subject(), "Olga doesn’t know about their new access");
    assert_contains(&english, &["tells Olga about their access to", "Tell them yourself"]);
    assert_contains(&dutch, &["Olga weet niet van de nieuwe toegang", "Laat het zelf weten"]);
}

#[test]
fn a_digest_lists_a_hundred_people_and_counts_the_others() {
    let many = |prefix: &str, number: usize| -> Vec<DigestUser> {
        (0..number).map(|number| listed(&format!("{prefix}{number}@x.example"), "Shop", None)).collect()
    };
    let digest = Digest {
        people: many("a", 7),
        undelivered: many("b", 60),
        expired: many("c", 9_000),
        ..Digest::default()
    };
    let [english, dutch] = in_both_languages(&Mail::Digest(digest));
    assert_eq!(english.plain().matches("@x.example").count(), 100);
    assert_contains(&english, &["and 8960 more", "7 people"]);
    assert_contains(&dutch, &["en nog 8960", "7 mensen"]);
    assert!(english.html().len() < 20_000, "{}", english.html().len());

    let people = many("a", 130);
    let [english, dutch] = in_both_languages(&Mail::Digest(Digest { people, ..Digest::default() }));
    assert_eq!(english.subject(), "130 people accepted your invitations");
    assert_contains(&english, &["and 30 more"]);
    assert_contains(&dutch, &["en nog 30"]);

    let mut one = listed("a@x.example", "Shop", None);
    one.node_names = (0..500).map(|number| format!("Shop {number}")).collect();
    let expired = vec![one];
    let [english, _] = in_both_languages(&Mail::Digest(Digest { expired, ..Digest::default() }));
    assert_contains(&english, &["Shop 9 and 490 more"]);
}

#[test]
fn composes_a_reminder_and_a_notice_of_several_givers() {
    let mail = Mail::Reminder(Reminder {
        inviter: "Maud".into(),
        organisation: "Velo Bikes".into(),
        grants: vec![("Shop".into(), Role::Operator.into())],
        expires_at: NOW,
        notifies: true,
    });
    let [english, dutch] = in_both_languages(&mail);
    assert_eq!(english.subject(), "Your invitation to join Shop expires soon");
    assert_contains(
        &english,
        &["until Friday 15 January 2027, 08:00 (UTC).", "This is the only reminder.", URL],
    );
    assert_contains(&dutch, &["Je uitnodiging voor Shop verloopt binnenkort", "de enige herinnering"]);
    assert!(english.html().contains("as <strong><bdi>Operator</bdi></strong>."), "{}", english.html());

    let given = |giver: u128, node: &str| GivenAccess {
        giver_name: format!("Giver {giver}"),
        node_name: node.into(),
        ..GivenAccess::new(UserId(Uuid::from_u128(giver)), NodeId(Uuid::nil()), Role::Agent.into())
    };
    let notice = AccessNotice::new(vec![given(1, "Shop"), given(2, "Clinic")]);
    let [english, dutch] = in_both_languages(&Mail::Access(notice));
    assert_eq!(english.subject(), "You have new access to Shop, Clinic");
    assert_contains(&english, &["Shop: Agent, given by Giver 1", "Clinic: Agent, given by Giver 2"]);
    assert_contains(&dutch, &["Shop: Agent, gegeven door Giver 1"]);
}
