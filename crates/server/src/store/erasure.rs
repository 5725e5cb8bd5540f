//! Erases the personal data of a person, and keeps what the other users' data refer to: the row of the account, without
//! name and address.

use std::collections::{BTreeMap, BTreeSet};

use studio_users_contract::{Action, AuditDetails, AuditPerson, ERASED};
use studio_users_domain::{Assignments, Change, RoleSet, UserId, is_without_access};
use uuid::Uuid;

use super::audit_exports::known_exports;
use super::audit_retention::audit_deleted_before;
use super::columns::account_columns;
use super::search_index::index_texts;
use super::{Account, Error, MetaKey, Organisation, Store, Tx, Write, count_up, millis};
use crate::audit::{Entry, erase_person};
use crate::sql;
use crate::text;

/// The person that an operator names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PersonQuery {
    /// The id of an account.
    Id(Uuid),
    /// An e-mail address. All accounts that had it are meant: a removed user may have been invited again.
    Email(String),
}

/// Why a person was not erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ErasureRefusal {
    /// Nothing is stored about the person.
    NotFound,
    /// The person has access or an invitation, at this number of nodes.
    HasAccess(usize),
    /// The person is the last manager of the node with this name.
    LastManager(String),
}

/// The result of an erasure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ErasureSummary {
    /// The number of accounts that were erased.
    pub(crate) accounts: usize,
    /// The addresses of these accounts.
    pub(crate) addresses: Vec<String>,
    /// The number of names and other texts that were erased from the audit log.
    pub(crate) audit_texts: u64,
    /// The number of entries of the audit log that could not be erased, because the log failed its check.
    pub(crate) kept_entries: i64,
    /// The targets to which entries with names were exported.
    pub(crate) exports: Vec<String>,
    /// Whether old entries were deleted, so that archives may have them.
    pub(crate) has_deleted_entries: bool,
}

/// The accounts of a person, and their ids in the audit log.
#[derive(Debug, Default)]
pub(super) struct PersonAccounts {
    pub(super) accounts: Vec<(Account, bool)>,
    pub(super) ids: Vec<Uuid>,
}

impl Store {
    /// Finds the accounts of a person, removed ones included. Each comes with whether it was removed.
    pub(super) async fn person(&self, tx: &mut Tx, query: &PersonQuery) -> Result<PersonAccounts, Error> {
        let mut found = PersonAccounts::default();
        let email = match query {
            // Two accounts of an earlier version may have one address now. The newer one has a key of its own, so it is
            // found by its id.
            PersonQuery::Email(email) => text::email_norm(email),
            PersonQuery::Id(id) => {
                let in_log: Option<i64> = sql::query_scalar(
                    "SELECT CAST(1 AS BIGINT) FROM audit WHERE actor = ?1 OR target = ?1 LIMIT 1",
                )
                .bind(id.as_bytes().as_slice())
                .fetch_optional(tx)
                .await?;
                found.ids.extend(in_log.map(|_| *id));
                let email: Option<String> = sql::query_scalar("SELECT email_norm FROM users WHERE id = ?")
                    .bind(id.as_bytes().as_slice())
                    .fetch_optional(tx)
                    .await?;
                email.unwrap_or_default()
            }
        };
        let rows = sql::query(concat!(
            "SELECT ",
            account_columns!(),
            ", removed_at FROM users WHERE email_norm = ? AND email_norm <> '' ORDER BY pk"
        ))
        .bind(email)
        .fetch_all(tx)
        .await?;
        for row in rows {
            let account = Account::of(&row)?;
            if !found.ids.contains(&account.id.0) {
                found.ids.push(account.id.0);
            }
            found.accounts.push((account, row.try_get::<Option<i64>, _>("removed_at")?.is_some()));
        }
        Ok(found)
    }

    /// Erases a person from all tables, and their names from the audit log. Records the erasure without a name.
    ///
    /// Refuses a person who has access or an invitation, unless `is_forced`, and always the last manager of a node.
    pub(crate) async fn erase_person(
        &self,
        query: &PersonQuery,
        is_forced: bool,
    ) -> Result<Result<ErasureSummary, ErasureRefusal>, Error> {
        let mut write = self.write().await?;
        let PersonAccounts { accounts, ids } = self.person(&mut write, query).await?;
        if ids.is_empty() {
            return Ok(Err(ErasureRefusal::NotFound));
        }
        let organisation = self.organisation(&mut write).await?;
        let mut summary = ErasureSummary { accounts: accounts.len(), ..ErasureSummary::default() };
        let mut mentions = Vec::new();
        for (account, _) in &accounts {
            if let Some(organisation) = &organisation
                && let Err(refusal) = self.end_access(&mut write, organisation, account, is_forced).await?
            {
                return Ok(Err(refusal));
            }
            mentions.push(account.email.clone());
            summary.addresses.push(account.email.clone());
            mentions.extend(account.name.clone());
        }
        for (account, _) in &accounts {
            self.erase_account(&mut write, account).await?;
        }
        erase_mentions(&mut write, &mentions).await?;
        let now = write.now();
        for &id in &ids {
            let erased = erase_person(&mut write, id, &mentions).await?;
            summary.audit_texts += erased.texts;
            summary.kept_entries += erased.kept_entries;
            let details = AuditDetails { reason: Some(ERASED.into()), ..AuditDetails::default() };
            write
                .record(&Entry::of(Action::UserRemoved, now).by_command_line().to(nameless(id)).with(details))
                .await?;
        }
        summary.exports = known_exports(&mut write).await?;
        summary.has_deleted_entries = audit_deleted_before(&mut write).await?.is_some();
        // A running server notices the new version, and notifies all event streams.
        count_up(&mut write, MetaKey::TreeVersion).await?;
        self.mark_tree_changed(&mut write, BTreeSet::new()).await?;
        write.count_directory_change().await?;
        count_up(&mut write, MetaKey::StatusVersion).await?;
        write.commit().await?;
        self.vacuum_erased().await;
        Ok(Ok(summary))
    }

    /// Takes all access of a user away. Refuses if they have any and `is_forced` is not set, or if they are the last
    /// manager of a node.
    async fn end_access(
        &self,
        write: &mut Write,
        organisation: &Organisation,
        account: &Account,
        is_forced: bool,
    ) -> Result<Result<(), ErasureRefusal>, Error> {
        let user = account.key();
        let target = self.target_user(write, organisation, user).await?;
        let mut nodes: BTreeMap<_, RoleSet> = BTreeMap::new();
        if !is_without_access(&organisation.tree, &target.held) {
            nodes.extend(target.held.assignments());
        }
        for grant in &target.pending {
            *nodes.entry(grant.node).or_default() |= grant.roles;
        }
        if nodes.is_empty() {
            return Ok(Ok(()));
        }
        if !is_forced {
            return Ok(Err(ErasureRefusal::HasAccess(nodes.len())));
        }
        let change = Change::new(&organisation.tree, &target.held, Assignments::new());
        let stops: Vec<usize> = change.stops_managing().collect();
        let others = self.managed_by_others(write, organisation, stops.iter().copied(), user).await?;
        if account.joined_at.is_some()
            && let Some(position) = stops.into_iter().find(|&position| !others.contains(position))
        {
            return Ok(Err(ErasureRefusal::LastManager(organisation.tree.nodes()[position].name.clone())));
        }
        let now = write.now();
        let entries = nodes.into_iter().map(|(node, roles)| {
            let details = AuditDetails { before: Some(roles), ..AuditDetails::default() };
            let entry = Entry::of(Action::UserRemoved, now).by_command_line();
            let entry = entry.to(nameless(account.id.0)).with(details);
            Entry { node: organisation.key(node), ..entry }
        });
        write.record_all(&entries.collect::<Vec<_>>()).await?;
        Ok(Ok(()))
    }

    /// Erases the name, the address and everything else about an account, except its row and its id.
    pub(super) async fn erase_account(&self, write: &mut Write, account: &Account) -> Result<(), Error> {
        let (user, now) = (account.key(), write.now());
        for sql in [
            "DELETE FROM views WHERE actor = ?1 OR user_pk = ?1",
            "DELETE FROM sessions WHERE user_pk = ?",
            "DELETE FROM sign_in_links WHERE user_pk = ?",
            "DELETE FROM invitation_links WHERE user_pk = ?",
            "DELETE FROM unsubscribe_links WHERE user_pk = ?",
            "DELETE FROM counted_mails WHERE sender = ?1 OR address = (SELECT email_norm FROM users WHERE pk = ?1)",
            "DELETE FROM jobs WHERE owner = ?1 OR pk IN (SELECT pk FROM outbox WHERE user_pk = ?1)",
            "DELETE FROM removals WHERE user_pk = ?",
            "DELETE FROM idempotency_keys WHERE user_pk = ?",
            "DELETE FROM pending_grants WHERE user_pk = ?",
            "DELETE FROM assignments WHERE user_pk = ?",
            "DELETE FROM directory WHERE user_pk = ?",
            "DELETE FROM search_texts WHERE user_pk = ?",
        ] {
            sql::query(sql).bind(user.0).execute(write).await?;
        }
        index_texts(write, user).await?;
        sql::query(
            "UPDATE users SET name = NULL, name_key = NULL, email = '', email_norm = '', locale = NULL, \
             last_active_at = NULL, unproved_by = NULL, removed_at = coalesce(removed_at, ?1), erased_at = ?1 \
             WHERE pk = ?2",
        )
        .bind(millis(now))
        .bind(user.0)
        .execute(write)
        .await?;
        write.mark_session_ended(user);
        write.mark_listed_user_changed(user);
        Ok(())
    }

    /// Erases the accounts that were removed before `time`, at most `limit`. Returns their number.
    pub(super) async fn erase_removed_accounts(
        &self,
        write: &mut Write,
        time: i64,
        limit: i64,
    ) -> Result<usize, Error> {
        let rows = sql::query(concat!(
            "SELECT ",
            account_columns!(),
            " FROM users WHERE removed_at <= ? AND erased_at IS NULL LIMIT ?"
        ))
        .bind(time)
        .bind(limit)
        .fetch_all(write)
        .await?;
        for row in &rows {
            self.erase_account(write, &Account::of(row)?).await?;
        }
        Ok(rows.len())
    }
}

/// Erases messages of other people that mention a name or an address. Also deletes their mails and stored responses that
/// name the person. A name in the free text of a mail does not count, because another person can have the same one; the
/// mail is deleted after 24 hours.
async fn erase_mentions(write: &mut Write, mentions: &[String]) -> Result<(), Error> {
    let is_mentioned = |text: &str| mentions.iter().any(|mention| text::mentions(text, mention));
    let is_named = |text: &str| {
        mentions.iter().any(|mention| {
            text::fold_case(text) == text::fold_case(mention)
                || mention.contains('@') && text::mentions(text, mention)
        })
    };
    let has_name = |json: &str| text::any_json_string(json, &is_named);
    let messages = "SELECT DISTINCT message FROM pending_grants WHERE message IS NOT NULL";
    let erase = "UPDATE pending_grants SET message = NULL WHERE message = ?";
    erase_matching(write, messages, erase, is_mentioned).await?;
    let mails = "SELECT DISTINCT mail FROM outbox";
    let erase = "DELETE FROM jobs WHERE pk IN (SELECT pk FROM outbox WHERE mail = ?)";
    erase_matching(write, mails, erase, has_name).await?;
    let responses = "SELECT DISTINCT answer FROM idempotency_keys";
    erase_matching(write, responses, "DELETE FROM idempotency_keys WHERE answer = ?", has_name).await
}

/// Executes a statement for each text of a query that matches.
async fn erase_matching(
    write: &mut Write,
    select: &'static str,
    erase: &'static str,
    matches: impl Fn(&str) -> bool,
) -> Result<(), Error> {
    let texts: Vec<String> = sql::query_scalar(select).fetch_all(write).await?;
    for text in texts.into_iter().filter(|text| matches(text)) {
        sql::query(erase).bind(text).execute(write).await?;
    }
    Ok(())
}

pub(super) fn nameless(id: Uuid) -> AuditPerson {
    AuditPerson { id: UserId(id), name: String::new() }
}
