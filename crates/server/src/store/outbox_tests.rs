//! The outbox over days: what is sent when, what is not, and which links work meanwhile.

use chrono::{DateTime, TimeDelta, Utc};
use studio_users_domain::{Language, NodeId, NodeKind, Role, UserId};
use tempfile::TempDir;
use uuid::Uuid;

use super::bulk::{insert_accounts, insert_grants};
use super::links::{end_invitation_links, mint_invitation_link};
use super::outbox::{MailLimit, NewMail, TakenMail};
use super::{Account, ImportedNode, Store, UserKey, database_file};
use crate::mail::Mail;

const NOW: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
const ROOT: NodeId = NodeId(Uuid::from_u128(1));

struct Post {
    _folder: TempDir,
    store: Store,
}

fn user(number: u32) -> Account {
    let id = UserId(Uuid::from_u128(u128::from(number) << 98));
    Account {
        id,
        name: None,
        email: format!("p{number}@x.example"),
        locale: (number == 2).then_some(Language::Nl),
        created_at: NOW,
        joined_at: Some(NOW),
        last_active_at: None,
    }
}

fn key(number: u32) -> UserKey {
    user(number).key()
}

fn invitation() -> Mail {
    Mail::Invitation {
        inviter: "Maud".into(),
        organisation: "Velo".into(),
        grants: vec![("Velo".into(), Role::Agent.into())],
        message: None,
        expires_at: NOW + TimeDelta::days(14),
        notifies: false,
    }
}

impl Post {
    /// Three people, of whom the third was invited by the first.
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let store = Store::open(&database_file(folder.path())).await.unwrap();
        let root = ImportedNode {
            id: ROOT,
            parent_id: None,
            kind: NodeKind::Provider,
            name: "Velo".into(),
            disabled_roles: None,
        };
        store.import_nodes(&[root], NOW).await.unwrap();
        let mut tx = store.write().await.unwrap();
        insert_accounts(&mut tx, &[user(1), user(2), user(3)]).await.unwrap();
        let organisation = store.organisation(&mut tx).await.unwrap().unwrap();
        let (node, until) = (organisation.key(ROOT).unwrap(), NOW + TimeDelta::days(14));
        insert_grants(&mut tx, &[(key(3), node, Role::Agent.into(), key(1), NOW, until)]).await.unwrap();
        tx.commit().await.unwrap();
        Self { _folder: folder, store }
    }

    async fn send(&self, to: u32, by: Option<u32>, mail: Mail, at: DateTime<Utc>) -> Result<(), MailLimit> {
        let new = NewMail { to: key(to), by: by.map(key), language: None, mail };
        let mut tx = self.store.write().await.unwrap();
        let sent = tx.send(&new, at).await.unwrap();
        tx.commit().await.unwrap();
        sent
    }

    async fn take(&self, at: DateTime<Utc>) -> Option<TakenMail> {
        self.store.take_mail(at).await.unwrap()
    }

    async fn signs_in(&self, secret: &str, at: DateTime<Utc>) -> bool {
        let mut tx = self.store.write().await.unwrap();
        self.store.use_sign_in_link(&mut tx, secret, at).await.unwrap().is_some()
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&mut *self.store.read().await.unwrap()).await.unwrap()
    }

    async fn live_links(&self) -> i64 {
        self.count("SELECT count(*) FROM invitation_links WHERE ended_at IS NULL").await
    }
}

#[tokio::test]
async fn a_mail_exists_exactly_where_its_change_does() {
    let post = Post::new().await;
    let new = NewMail { to: key(1), by: None, language: None, mail: Mail::SignIn };
    let mut tx = post.store.write().await.unwrap();
    tx.send(&new, NOW).await.unwrap().unwrap();
    drop(tx);
    assert_eq!(post.store.next_mail_at().await.unwrap(), None);
    post.send(1, None, Mail::SignIn, NOW).await.unwrap();
    post.store.mail_waits().notified().await;
    assert_eq!(post.store.next_mail_at().await.unwrap(), Some(NOW));
}

#[tokio::test]
async fn a_mail_is_tried_in_growing_pauses_with_a_new_link_each_time_for_a_day() {
    let post = Post::new().await;
    post.send(1, None, Mail::SignIn, NOW).await.unwrap();
    let (mut at, mut pauses, mut last) = (NOW, Vec::new(), None::<String>);
    loop {
        let mail = post.take(at).await.unwrap();
        let secret = mail.token.unwrap().secret().to_owned();
        assert!(post.take(at).await.is_none(), "it is being tried");
        if let Some(last) = &last {
            assert_ne!(last, &secret);
        }
        let is_tried_again = post.store.note_mail_failed(mail.number, at).await.unwrap();
        assert!(!post.signs_in(&secret, at).await, "the link of a failed try is ended");
        last = Some(secret);
        let next = post.store.next_mail_at().await.unwrap();
        assert_eq!(is_tried_again, next.is_some());
        let Some(next) = next else { break };
        pauses.push((next - at).num_seconds());
        at = next;
    }
    assert_eq!(pauses[..11], [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600]);
    assert!(pauses[11..].iter().all(|&pause| pause == 3_600));
    assert!((TimeDelta::hours(24)..TimeDelta::hours(25)).contains(&(at - NOW)), "{at}");
}

#[tokio::test]
async fn a_try_that_was_broken_off_leaves_no_link_behind() {
    let post = Post::new().await;
    post.send(1, None, Mail::SignIn, NOW).await.unwrap();
    let broken_off = post.take(NOW).await.unwrap().token.unwrap();
    let later = NOW + TimeDelta::seconds(5);
    let mail = post.take(later).await.unwrap();
    assert!(!post.signs_in(broken_off.secret(), later).await);
    post.store.note_mail_sent(mail.number, later).await.unwrap();
    assert!(post.signs_in(mail.token.unwrap().secret(), later).await);
    assert_eq!(post.store.next_mail_at().await.unwrap(), None);
}

#[tokio::test]
async fn a_person_gets_twenty_mails_a_day_and_causes_a_thousand() {
    let post = Post::new().await;
    for _ in 0..20 {
        post.send(1, None, Mail::SignIn, NOW).await.unwrap();
    }
    assert_eq!(post.send(1, Some(2), Mail::SignIn, NOW).await, Err(MailLimit::Recipient));
    let tomorrow = NOW + TimeDelta::days(1);
    assert_eq!(
        post.send(1, None, Mail::SignIn, tomorrow - TimeDelta::milliseconds(1)).await,
        Err(MailLimit::Recipient)
    );
    post.send(1, None, Mail::SignIn, tomorrow).await.unwrap();

    let mut tx = post.store.write().await.unwrap();
    sqlx::query(
        "INSERT INTO outbox (user, sender, mail, created_at, due_at) \
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 999) \
         SELECT ?, ?, '', ?, ? FROM n",
    )
    .bind(key(3).0)
    .bind(key(2).0)
    .bind(NOW.timestamp_millis())
    .bind(NOW.timestamp_millis())
    .execute(&mut **tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    post.send(2, Some(2), Mail::SignIn, NOW).await.unwrap();
    assert_eq!(post.send(2, Some(2), Mail::SignIn, NOW).await, Err(MailLimit::Sender));
    post.send(2, Some(1), Mail::SignIn, NOW).await.unwrap();
}

#[tokio::test]
async fn what_was_sent_a_day_ago_is_forgotten() {
    let post = Post::new().await;
    post.send(1, None, Mail::SignIn, NOW).await.unwrap();
    let first = post.take(NOW).await.unwrap();
    post.store.note_mail_sent(first.number, NOW).await.unwrap();
    for (pause, left) in [(TimeDelta::hours(23), 2), (TimeDelta::hours(24), 2)] {
        post.send(2, None, Mail::SignIn, NOW + pause).await.unwrap();
        let next = post.take(NOW + pause).await.unwrap();
        post.store.note_mail_sent(next.number, NOW + pause).await.unwrap();
        assert_eq!(post.count("SELECT count(*) FROM outbox").await, left);
    }
}

#[tokio::test]
async fn an_invitation_that_is_over_is_not_sent() {
    let post = Post::new().await;
    // The second was not invited; the third was, until the two weeks are over.
    post.send(2, Some(1), invitation(), NOW).await.unwrap();
    post.send(3, Some(1), invitation(), NOW).await.unwrap();
    assert!(post.take(NOW).await.is_none());
    assert_eq!(post.take(NOW).await.unwrap().to.id, user(3).id);
    post.send(3, Some(1), invitation(), NOW + TimeDelta::days(14)).await.unwrap();
    for _ in 0..2 {
        assert!(post.take(NOW + TimeDelta::days(14)).await.is_none());
    }
    assert_eq!(post.count("SELECT count(*) FROM outbox").await, 0);
    assert_eq!(post.live_links().await, 0);
}

#[tokio::test]
async fn a_mailed_link_ends_those_mailed_before_by_the_same_maker_and_no_copied_ones() {
    let post = Post::new().await;
    let mut tx = post.store.write().await.unwrap();
    for (maker, is_mailed) in [(1, false), (2, true), (1, true), (1, true)] {
        mint_invitation_link(&mut tx, key(3), key(maker), is_mailed, NOW).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(post.live_links().await, 3);
    let mut tx = post.store.write().await.unwrap();
    end_invitation_links(&mut tx, key(3), NOW).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(post.live_links().await, 0);
    assert_eq!(post.count("SELECT count(*) FROM invitation_links").await, 4);
}

#[tokio::test]
async fn who_asked_for_a_mail_comes_first_and_is_written_to_in_their_own_language() {
    let post = Post::new().await;
    let mut tx = post.store.write().await.unwrap();
    for to in [2, 3] {
        let joined = Mail::Joined { person: "P".into(), email: "p@x.example".into(), nodes: Vec::new() };
        let new = NewMail { to: key(to), by: Some(key(1)), language: Some(Language::En), mail: joined };
        tx.send(&new, NOW).await.unwrap().unwrap();
    }
    tx.send(&NewMail { to: key(1), by: None, language: Some(Language::Nl), mail: Mail::SignIn }, NOW)
        .await
        .unwrap()
        .unwrap();
    tx.commit().await.unwrap();
    let mut taken = Vec::new();
    while let Some(mail) = post.take(NOW).await {
        taken.push((mail.to.id, mail.language, mail.token.is_some()));
    }
    let expected = [(1, Language::Nl, true), (2, Language::Nl, false), (3, Language::En, false)];
    assert_eq!(taken, expected.map(|(number, language, has_link)| (user(number).id, language, has_link)));
}

#[tokio::test]
async fn a_mail_that_cannot_be_read_does_not_keep_the_others() {
    let post = Post::new().await;
    post.send(1, None, Mail::SignIn, NOW).await.unwrap();
    let mut tx = post.store.write().await.unwrap();
    sqlx::query("UPDATE outbox SET mail = '{\"kind\":\"poem\"}'").execute(&mut **tx).await.unwrap();
    tx.commit().await.unwrap();
    post.send(2, None, Mail::SignIn, NOW).await.unwrap();
    assert!(post.store.take_mail(NOW).await.is_err());
    assert_eq!(post.take(NOW).await.unwrap().to.id, user(2).id);
}
