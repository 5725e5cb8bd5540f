//! Tests of the outbox over several days: retries, limits, priorities, and which links stay valid.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use studio_users_domain::{Language, NodeId, NodeKind, Role, UserId};
use tempfile::TempDir;
use uuid::Uuid;

use super::counted_mails::{MailLimit, Sender};
use super::insert::{NewGrant, insert_accounts, insert_grants};
use super::links::{InvitationLinkKind, mint_invitation_link, revoke_invitation_links};
use super::mail_budgets::NewMail;
use super::outbox::ClaimedMail;
use super::{Account, ImportedNode, JobKind, LEASE, RunnerId, Store, UserKey};
use crate::clock::TestClock;
use crate::mail::{Digest, DigestUser, Mail};
use crate::sql;
use crate::testing::{WRITES, fail_writes_to, insert_counted_mails, open_store};

const NOW: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
const ROOT: NodeId = NodeId(Uuid::from_u128(1));

struct Outbox {
    _folder: TempDir,
    store: Store,
    clock: TestClock,
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

/// Returns a user as a sender. The second user is an administrator.
fn sender(number: u32) -> Sender {
    Sender { user: key(number), is_administrator: number == 2 }
}

fn invitation() -> Mail {
    Mail::Invitation {
        inviter: "Maud".into(),
        organisation: "Velo".into(),
        grants: vec![("Velo".into(), Role::Agent.into())],
        message: None,
        expires_at: NOW + TimeDelta::days(14),
        notifies: false,
        places: vec![(ROOT, Role::Agent.into())],
    }
}

impl Outbox {
    /// Creates three users. The first has invited the third.
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let clock = TestClock::new(NOW);
        let store = open_store(folder.path()).await.with_clock(clock.clock());
        let root = ImportedNode {
            id: ROOT,
            parent_id: None,
            kind: NodeKind::Provider,
            name: "Velo".into(),
            disabled_roles: None,
        };
        store.import_nodes(&[root]).await.unwrap();
        let mut tx = store.write().await.unwrap();
        insert_accounts(&mut tx, &[user(1), user(2), user(3)]).await.unwrap();
        let organisation = store.organisation(&mut tx).await.unwrap().unwrap();
        let (node, until) = (organisation.key(ROOT).unwrap(), NOW + TimeDelta::days(14));
        let grant = NewGrant {
            user: key(3),
            node,
            roles: Role::Agent.into(),
            granted_by: key(1),
            created_at: NOW,
            expires_at: until,
        };
        insert_grants(&mut tx, &[grant]).await.unwrap();
        tx.commit().await.unwrap();
        Self { _folder: folder, store, clock }
    }

    async fn queue_mail(
        &self,
        to: u32,
        by: Option<u32>,
        mail: Mail,
        at: DateTime<Utc>,
    ) -> Result<(), MailLimit> {
        let new = NewMail { to: key(to), by: by.map(sender), language: None, mail };
        self.clock.set(at);
        let mut tx = self.store.write().await.unwrap();
        let sent = tx.queue_mail(&new).await.unwrap();
        tx.commit().await.unwrap();
        sent.map(drop)
    }

    async fn claim(&self, at: DateTime<Utc>) -> Option<ClaimedMail> {
        self.clock.set(at);
        self.store.claim_any_mail(RunnerId::new().unwrap()).await.unwrap()
    }

    async fn next_mail_at(&self) -> Option<DateTime<Utc>> {
        self.store.next_job_at(JobKind::Mail, self.clock.clock().now()).await.unwrap()
    }

    async fn can_sign_in(&self, secret: &str, at: DateTime<Utc>) -> bool {
        self.clock.set(at);
        let mut tx = self.store.write().await.unwrap();
        self.store.use_sign_in_link(&mut tx, secret).await.unwrap().is_some()
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sql::query_scalar(sql).fetch_one(&mut self.store.read().await.unwrap()).await.unwrap()
    }

    async fn valid_links(&self) -> i64 {
        self.count("SELECT count(*) FROM invitation_links WHERE ended_at IS NULL").await
    }
}

#[tokio::test]
async fn queues_mail_only_if_the_transaction_commits() {
    let outbox = Outbox::new().await;
    let new = NewMail { to: key(1), by: None, language: None, mail: Mail::SignIn };
    let mut tx = outbox.store.write().await.unwrap();
    tx.queue_mail(&new).await.unwrap().unwrap();
    drop(tx);
    assert_eq!(outbox.next_mail_at().await, None);
    outbox.queue_mail(1, None, Mail::SignIn, NOW).await.unwrap();
    outbox.store.job_queued(JobKind::Mail).notified().await;
    assert_eq!(outbox.next_mail_at().await, Some(NOW));
}

#[tokio::test]
async fn retries_with_backoff_and_a_new_link_for_24_hours() {
    let outbox = Outbox::new().await;
    outbox.queue_mail(1, None, Mail::SignIn, NOW).await.unwrap();
    let (mut at, mut pauses, mut last) = (NOW, Vec::new(), None::<String>);
    loop {
        let mail = outbox.claim(at).await.unwrap();
        let secret = mail.token.unwrap().secret().to_owned();
        assert!(outbox.claim(at).await.is_none(), "a claimed mail is not claimed again");
        if let Some(last) = &last {
            assert_ne!(last, &secret);
        }
        let is_retried = outbox.store.mark_mail_failed(mail.number, None).await.unwrap();
        assert!(!outbox.can_sign_in(&secret, at).await, "the link of a failed attempt is revoked");
        last = Some(secret);
        let next = outbox.next_mail_at().await;
        assert_eq!(is_retried, next.is_some());
        let Some(next) = next else { break };
        pauses.push((next - at).num_seconds());
        at = next;
    }
    assert_eq!(pauses[..11], [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600]);
    assert!(pauses[11..].iter().all(|&pause| pause == 3_600));
    assert!((TimeDelta::hours(24)..TimeDelta::hours(25)).contains(&(at - NOW)), "{at}");
    assert_eq!(outbox.count("SELECT count(*) FROM outbox WHERE outcome = 'given_up'").await, 1);
}

#[tokio::test]
async fn revokes_the_link_of_an_aborted_attempt() {
    let outbox = Outbox::new().await;
    outbox.queue_mail(1, None, Mail::SignIn, NOW).await.unwrap();
    let aborted = outbox.claim(NOW).await.unwrap().token.unwrap();
    assert!(outbox.claim(NOW + LEASE - TimeDelta::seconds(1)).await.is_none(), "the lease has not ended");
    let later = NOW + LEASE;
    let mail = outbox.claim(later).await.unwrap();
    assert!(!outbox.can_sign_in(aborted.secret(), later).await);
    outbox.store.mark_mail_sent(mail.number).await.unwrap();
    assert!(outbox.can_sign_in(mail.token.unwrap().secret(), later).await);
    assert_eq!(outbox.next_mail_at().await, None);
}

#[tokio::test]
async fn a_mail_that_was_deleted_while_it_was_sent_is_not_taken_for_the_next_one() {
    let outbox = Outbox::new().await;
    // Jobs of earlier versions have higher numbers than the sequence.
    let mut tx = outbox.store.write().await.unwrap();
    sql::query(
        "INSERT INTO jobs (pk, id, kind, created_at, due_at, finished_at) VALUES (900, ?, 'mail', 1, 1, 1)",
    )
    .bind(vec![1_u8])
    .execute(&mut tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let mut numbers = Vec::new();
    for outcome in ["sent", "refused", "failed"] {
        outbox.queue_mail(3, Some(1), invitation(), NOW).await.unwrap();
        let deleted = outbox.claim(NOW).await.unwrap().number;
        let mut tx = outbox.store.write().await.unwrap();
        sql::query("DELETE FROM jobs WHERE pk = ?").bind(deleted).execute(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        outbox.queue_mail(2, None, Mail::SignIn, NOW).await.unwrap();
        match outcome {
            "sent" => outbox.store.mark_mail_sent(deleted).await.unwrap(),
            "refused" => outbox.store.mark_mail_refused(deleted, Some("550 no")).await.unwrap(),
            _ => assert!(!outbox.store.mark_mail_failed(deleted, None).await.unwrap(), "it is gone"),
        }
        let next = outbox.claim(NOW).await.expect(outcome);
        assert_eq!(next.mail.kind(), "sign_in");
        numbers.extend([deleted, next.number]);
        outbox.store.discard_mail(next.number).await.unwrap();
    }
    assert!(numbers.is_sorted_by(|one, next| one < next) && numbers[0] > 900, "{numbers:?}");
}

/// Counts notices to the third user that a user has caused.
async fn insert_sent(outbox: &Outbox, by: u32, number: i64) {
    let mut tx = outbox.store.write().await.unwrap();
    let counted = ("access_given", "p3@x.example", key(by));
    insert_counted_mails(&mut tx, number, counted, NOW.timestamp_millis()).await;
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn limits_mails_per_sender_by_role_until_the_oldest_is_a_day_old() {
    let outbox = Outbox::new().await;
    let hour = TimeDelta::hours(1);
    for (by, limit) in [(1, 1_000), (2, 10_000)] {
        insert_sent(&outbox, by, limit - 1).await;
        outbox.queue_mail(1, Some(by), invitation(), NOW).await.unwrap();
        let refused = outbox.queue_mail(1, Some(by), invitation(), NOW + hour).await;
        assert_eq!(refused, Err(MailLimit::Sender(Duration::from_hours(23))));
        outbox.queue_mail(1, Some(by), invitation(), NOW + TimeDelta::days(1)).await.unwrap();
    }
}

#[tokio::test]
async fn refuses_mails_by_those_of_the_same_sender_and_delays_them_by_those_of_others() {
    let outbox = Outbox::new().await;
    for _ in 0..20 {
        outbox.queue_mail(3, Some(1), invitation(), NOW).await.unwrap();
        let mail = outbox.claim(NOW).await.unwrap();
        outbox.store.mark_mail_sent(mail.number).await.unwrap();
    }
    let (later, tomorrow) = (NOW + TimeDelta::hours(1), NOW + TimeDelta::days(1));
    let refused = outbox.queue_mail(3, Some(1), invitation(), later).await;
    assert_eq!(refused, Err(MailLimit::Recipient(Duration::from_hours(23))));
    outbox.queue_mail(3, Some(2), invitation(), later).await.unwrap();
    assert!(outbox.claim(later).await.is_none());
    let next = outbox.next_mail_at().await.unwrap();
    assert!((tomorrow..later + TimeDelta::days(1)).contains(&next), "{next}");
    outbox.queue_mail(3, None, Mail::SignIn, later).await.unwrap();
    assert_eq!(outbox.claim(later).await.unwrap().mail, Mail::SignIn);
    assert!(matches!(outbox.claim(next).await.unwrap().mail, Mail::SignIn | Mail::Invitation { .. }));
}

#[tokio::test]
async fn many_requests_for_a_link_leave_a_valid_one_at_any_time() {
    let outbox = Outbox::new().await;
    let mut links: Vec<(DateTime<Utc>, String)> = Vec::new();
    // Other people ask every 10 seconds for three hours.
    for second in (0..3 * 3_600).step_by(10) {
        let now = NOW + TimeDelta::seconds(second);
        outbox.queue_mail(1, None, Mail::SignIn, now).await.unwrap();
        while let Some(mail) = outbox.claim(now).await {
            links.push((now, mail.token.unwrap().secret().to_owned()));
            outbox.store.mark_mail_sent(mail.number).await.unwrap();
        }
        let (newest, _) = links.last().unwrap();
        assert!(now - *newest <= TimeDelta::minutes(10));
        assert!(outbox.count("SELECT count(*) FROM jobs WHERE finished_at IS NULL").await <= 1);
    }
    assert!((10..=21).contains(&links.len()), "about six mails in each hour: {}", links.len());
    let (at, newest) = links.pop().unwrap();
    assert!(outbox.can_sign_in(&newest, at + TimeDelta::minutes(14)).await);
    outbox.queue_mail(1, Some(2), invitation(), at).await.unwrap();
}

#[tokio::test]
async fn a_new_request_retries_a_failed_sign_in_mail_within_a_minute() {
    let outbox = Outbox::new().await;
    outbox.queue_mail(1, None, Mail::SignIn, NOW).await.unwrap();
    let mut at = NOW;
    for _ in 0..9 {
        let mail = outbox.claim(at).await.unwrap();
        outbox.store.mark_mail_failed(mail.number, None).await.unwrap();
        at = outbox.next_mail_at().await.unwrap();
    }
    let asked = at - TimeDelta::minutes(10);
    outbox.queue_mail(1, None, Mail::SignIn, asked).await.unwrap();
    assert_eq!(outbox.next_mail_at().await, Some(asked + TimeDelta::minutes(1)));
    assert_eq!(outbox.count("SELECT count(*) FROM outbox").await, 1);
}

#[tokio::test]
async fn bundles_notifications_until_they_are_sent() {
    let outbox = Outbox::new().await;
    let joins = async |number: u128, at| {
        let people = vec![DigestUser::new(UserId(Uuid::from_u128(number)), vec![ROOT])];
        let mail = Mail::Digest(Digest { people, ..Digest::default() });
        outbox.queue_mail(1, None, mail, at).await.unwrap();
    };
    for number in 0..150 {
        joins(number, NOW).await;
    }
    assert!(outbox.claim(NOW + TimeDelta::minutes(9)).await.is_none());
    let due = NOW + TimeDelta::minutes(10);
    let mut sizes = Vec::new();
    for _ in 0..2 {
        let Mail::Digest(Digest { people, .. }) = outbox.claim(due).await.unwrap().mail else {
            panic!("no digest")
        };
        sizes.push(people.len());
    }
    assert_eq!(sizes, [100, 50]);
    joins(1_000, due).await;
    assert_eq!(outbox.count("SELECT count(*) FROM outbox").await, 3, "a digest in flight takes up nobody");
    outbox.queue_mail(1, None, Mail::SignIn, due).await.unwrap();
    assert_eq!(outbox.claim(due).await.unwrap().mail, Mail::SignIn, "sign-in has its own budget");
}

#[tokio::test]
async fn no_notice_is_lost_when_thousands_of_invitations_expire_together() {
    let outbox = Outbox::new().await;
    let mut tx = outbox.store.write().await.unwrap();
    let invited: Vec<Account> = (0..2_450).map(|number| user(number + 10)).collect();
    insert_accounts(&mut tx, &invited).await.unwrap();
    let node = outbox.store.organisation(&mut tx).await.unwrap().unwrap().key(ROOT).unwrap();
    let grants: Vec<_> = invited
        .iter()
        .map(|user| NewGrant {
            user: user.key(),
            node,
            roles: Role::Agent.into(),
            granted_by: key(2),
            created_at: NOW,
            expires_at: NOW + TimeDelta::days(14),
        })
        .collect();
    insert_grants(&mut tx, &grants).await.unwrap();
    tx.commit().await.unwrap();
    outbox.store.ensure_job(JobKind::Invitations).await.unwrap();
    let expired = NOW + TimeDelta::days(14);
    outbox.clock.set(expired);
    let lease =
        outbox.store.claim_job(JobKind::Invitations, RunnerId::new().unwrap()).await.unwrap().unwrap();
    while outbox.store.report_expired_invitations(lease).await.unwrap() {}

    let mut reported = std::collections::BTreeSet::new();
    let mut sizes = Vec::new();
    let mut at = expired + TimeDelta::minutes(10);
    while let Some(next) = outbox.next_mail_at().await {
        at = at.max(next);
        let Some(mail) = outbox.claim(at).await else { continue };
        let Mail::Digest(digest) = mail.mail else { panic!("{:?}", mail.mail) };
        if mail.to.id == user(2).id {
            sizes.push((at - expired, digest.expired.len()));
            reported.extend(digest.expired.iter().map(|user| user.user));
        }
        outbox.store.mark_mail_sent(mail.number).await.unwrap();
    }
    assert_eq!(reported.len(), 2_450);
    let minutes = TimeDelta::minutes(10);
    let (last, first) = sizes.split_last().unwrap();
    assert!(first.len() == 20 && first.iter().all(|&(at, size)| at == minutes && size <= 100), "{sizes:?}");
    assert_eq!(last.0, TimeDelta::days(1) + minutes, "all others are one digest");
    assert_eq!(sizes.iter().map(|(_, size)| size).sum::<usize>(), 2_450, "nobody is in two digests");
    assert_eq!(outbox.count("SELECT count(*) FROM pending_grants WHERE reports_expiry").await, 0);
}

#[tokio::test]
async fn drops_mails_to_removed_users_and_invitations_by_removed_senders() {
    let outbox = Outbox::new().await;
    outbox.queue_mail(2, None, Mail::SignIn, NOW).await.unwrap();
    outbox.queue_mail(3, Some(1), invitation(), NOW).await.unwrap();
    let mut tx = outbox.store.write().await.unwrap();
    sql::query("UPDATE users SET removed_at = 1 WHERE pk IN (?, ?)")
        .bind(key(1).0)
        .bind(key(2).0)
        .execute(&mut tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    for _ in 0..2 {
        assert!(outbox.claim(NOW).await.is_none());
    }
    assert_eq!(outbox.count("SELECT count(*) FROM outbox").await, 0);
    let token = outbox.store.create_sign_in_link(key(2)).await.unwrap();
    assert!(!outbox.can_sign_in(token.secret(), NOW).await, "a removed user has no valid link");
}

#[tokio::test]
async fn deletes_mails_that_were_sent_24_hours_ago() {
    let outbox = Outbox::new().await;
    outbox.queue_mail(1, None, Mail::SignIn, NOW).await.unwrap();
    let first = outbox.claim(NOW).await.unwrap();
    outbox.store.mark_mail_sent(first.number).await.unwrap();
    for (pause, remaining) in [(TimeDelta::hours(23), 2), (TimeDelta::hours(24), 2)] {
        outbox.queue_mail(2, None, Mail::SignIn, NOW + pause).await.unwrap();
        let next = outbox.claim(NOW + pause).await.unwrap();
        outbox.store.mark_mail_sent(next.number).await.unwrap();
        assert_eq!(outbox.count("SELECT count(*) FROM outbox").await, remaining);
    }
}

#[tokio::test]
async fn drops_invitations_without_pending_grants() {
    let outbox = Outbox::new().await;
    // User 2 has no invitation. User 3 has one, which expires after two weeks.
    outbox.queue_mail(2, Some(1), invitation(), NOW).await.unwrap();
    outbox.queue_mail(3, Some(1), invitation(), NOW).await.unwrap();
    assert!(outbox.claim(NOW).await.is_none());
    assert_eq!(outbox.claim(NOW).await.unwrap().to.id, user(3).id);
    outbox.queue_mail(3, Some(1), invitation(), NOW + TimeDelta::days(14)).await.unwrap();
    for _ in 0..2 {
        assert!(outbox.claim(NOW + TimeDelta::days(14)).await.is_none());
    }
    assert_eq!(outbox.count("SELECT count(*) FROM outbox").await, 0);
    assert_eq!(outbox.valid_links().await, 0);
}

#[tokio::test]
async fn mailed_link_revokes_earlier_mailed_links_of_its_creator_only() {
    use InvitationLinkKind::{Copied, Mailed, Reminder};

    let outbox = Outbox::new().await;
    let mut tx = outbox.store.write().await.unwrap();
    for (creator, kind) in [(1, Copied), (2, Mailed), (1, Mailed), (1, Mailed), (1, Reminder)] {
        mint_invitation_link(&mut tx, key(3), key(creator), kind).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(outbox.valid_links().await, 4, "a reminder leaves the others valid");
    let mut tx = outbox.store.write().await.unwrap();
    revoke_invitation_links(&mut tx, key(3)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(outbox.valid_links().await, 0);
    assert_eq!(outbox.count("SELECT count(*) FROM invitation_links").await, 5);
}

#[tokio::test]
async fn sends_requested_mails_first_and_in_the_language_of_the_recipient() {
    let outbox = Outbox::new().await;
    let mut tx = outbox.store.write().await.unwrap();
    for to in [2, 3] {
        let joined = Mail::Joined { person: "P".into(), email: "p@x.example".into(), nodes: Vec::new() };
        let new = NewMail { to: key(to), by: Some(sender(1)), language: Some(Language::En), mail: joined };
        tx.queue_mail(&new).await.unwrap().unwrap();
    }
    tx.queue_mail(&NewMail { to: key(1), by: None, language: Some(Language::Nl), mail: Mail::SignIn })
        .await
        .unwrap()
        .unwrap();
    tx.commit().await.unwrap();
    let mut claimed = Vec::new();
    while let Some(mail) = outbox.claim(NOW).await {
        claimed.push((mail.to.id, mail.language, mail.token.is_some()));
    }
    let expected = [(1, Language::Nl, true), (2, Language::Nl, false), (3, Language::En, false)];
    assert_eq!(claimed, expected.map(|(number, language, has_link)| (user(number).id, language, has_link)));
}

#[tokio::test]
async fn invalid_mail_does_not_block_other_mails() {
    let outbox = Outbox::new().await;
    outbox.queue_mail(1, None, Mail::SignIn, NOW).await.unwrap();
    let mut tx = outbox.store.write().await.unwrap();
    sql::query("UPDATE outbox SET mail = '{\"kind\":\"poem\"}'").execute(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    outbox.queue_mail(2, None, Mail::SignIn, NOW).await.unwrap();
    assert!(outbox.store.claim_any_mail(RunnerId::new().unwrap()).await.is_err());
    assert_eq!(outbox.claim(NOW).await.unwrap().to.id, user(2).id);
}

#[tokio::test]
async fn a_postponed_mail_keeps_its_attempts_and_gets_a_new_link() {
    let outbox = Outbox::new().await;
    outbox.queue_mail(1, None, Mail::SignIn, NOW).await.unwrap();
    // For two days, longer than a mail is retried.
    for hours in 0..48 {
        let at = NOW + TimeDelta::hours(hours);
        let mail = outbox.claim(at).await.unwrap();
        outbox.store.postpone_mail(mail.number).await.unwrap();
        assert!(!outbox.can_sign_in(mail.token.unwrap().secret(), at).await);
        assert_eq!(outbox.store.next_job_at(JobKind::Mail, at).await.unwrap(), Some(at));
    }
    assert_eq!(outbox.count("SELECT attempts FROM jobs").await, 0);
}

#[tokio::test]
async fn a_mail_stays_due_if_its_link_cannot_be_stored() {
    let outbox = Outbox::new().await;
    outbox.queue_mail(1, None, Mail::SignIn, NOW).await.unwrap();
    fail_writes_to(&outbox.store, "sign_in_links", &WRITES).await;
    assert!(outbox.store.claim_any_mail(RunnerId::new().unwrap()).await.is_err());
    assert_eq!(outbox.store.next_job_at(JobKind::Mail, NOW).await.unwrap(), Some(NOW));
    assert_eq!(outbox.count("SELECT attempts FROM jobs").await, 0);
}
