//! Deletes data whose time is over, in small transactions, so that no request waits long.

use studio_users_domain::UserId;

use super::directory::{self, DirectoryChange};
use super::links::{delete_old_links, revoke_invitation_links};
use super::value::parse_uuid;
use super::{Error, Store, UserKey, millis};
use crate::audit::erase_before;
use crate::sql;

/// The number of users or entries that one transaction changes.
const BATCH_SIZE: i64 = 100;

impl Store {
    /// Deletes everything whose time is over by [`Limits`](super::Limits).
    pub(crate) async fn delete_outdated(&self) -> Result<(), Error> {
        let mut write = self.write().await?;
        self.delete_expired_sessions(&mut write).await?;
        self.delete_old_responses(&mut write).await?;
        self.delete_sent_mails(&mut write).await?;
        self.delete_failed_mails(&mut write).await?;
        self.delete_ended_views(&mut write).await?;
        self.delete_ended_jobs(&mut write).await?;
        self.delete_old_removals(&mut write).await?;
        delete_old_links(&mut write, self.limits.links).await?;
        write.commit().await?;
        self.delete_full_buckets().await?;
        while self.delete_expired_invitations().await? {}
        while self.remove_accounts_without_access().await? {}
        let mut has_erased = false;
        while self.erase_removed().await? {
            has_erased = true;
        }
        let mut last = Some(0);
        while let Some(after) = last {
            last = self.erase_old_audit_texts(after).await?;
            has_erased |= last.is_some();
        }
        while self.delete_old_audit_entries().await? {
            has_erased = true;
        }
        if has_erased {
            self.vacuum_erased().await;
        }
        Ok(())
    }

    /// Deletes invitations that expired long ago, and the accounts that have nothing else.
    async fn delete_expired_invitations(&self) -> Result<bool, Error> {
        let users = self
            .outdated_users("SELECT DISTINCT user_pk FROM pending_grants WHERE expires_at <= ?1 LIMIT ?2")
            .await?;
        if users.is_empty() {
            return Ok(false);
        }
        let mut write = self.write().await?;
        let Some(organisation) = self.organisation(&mut write).await? else { return Ok(false) };
        let before = millis(write.now() - self.limits.expired_invitations);
        for user in users {
            sql::query("DELETE FROM pending_grants WHERE user_pk = ? AND expires_at <= ?")
                .bind(user.0)
                .bind(before)
                .execute(&mut write)
                .await?;
            let row = sql::query(
                "SELECT id, EXISTS (SELECT 1 FROM pending_grants WHERE user_pk = ?1) AS has_grants, \
                 EXISTS (SELECT 1 FROM assignments WHERE user_pk = ?1) AS has_assignments FROM users WHERE pk = ?1",
            )
            .bind(user.0)
            .fetch_one(&mut write)
            .await?;
            let id = UserId(parse_uuid(row.try_get("id")?)?);
            let (has_grants, has_assignments) =
                (row.try_get::<bool, _>("has_grants")?, row.try_get::<bool, _>("has_assignments")?);
            if !has_grants {
                revoke_invitation_links(&mut write, user).await?;
            }
            if !has_grants && !has_assignments {
                self.remove_account(&mut write, user).await?;
            }
            directory::refresh(&mut write, &organisation, id, DirectoryChange::Access).await?;
        }
        write.commit().await?;
        Ok(true)
    }

    /// Removes accounts that have had no access for long.
    async fn remove_accounts_without_access(&self) -> Result<bool, Error> {
        let users = self
            .outdated_users(
                "SELECT pk FROM users u WHERE removed_at IS NULL AND created_at <= ?1 \
                 AND coalesce(last_active_at, 0) <= ?1 \
                 AND NOT EXISTS (SELECT 1 FROM assignments WHERE user_pk = u.pk) \
                 AND NOT EXISTS (SELECT 1 FROM pending_grants WHERE user_pk = u.pk) LIMIT ?2",
            )
            .await?;
        if users.is_empty() {
            return Ok(false);
        }
        let mut write = self.write().await?;
        for user in users {
            // The user may have been invited meanwhile.
            let has_access: bool = sql::query_scalar(
                "SELECT EXISTS (SELECT 1 FROM assignments WHERE user_pk = ?1) \
                 OR EXISTS (SELECT 1 FROM pending_grants WHERE user_pk = ?1)",
            )
            .bind(user.0)
            .fetch_one(&mut write)
            .await?;
            if !has_access {
                self.remove_account(&mut write, user).await?;
            }
        }
        write.commit().await?;
        Ok(true)
    }

    /// Returns users of a query that takes a time and a limit. It may read many rows, so it does not block writers.
    async fn outdated_users(&self, sql: &'static str) -> Result<Vec<UserKey>, Error> {
        let before = millis(self.clock.now() - self.limits.expired_invitations);
        let mut tx = self.read().await?;
        let users: Vec<i64> = sql::query_scalar(sql).bind(before).bind(BATCH_SIZE).fetch_all(&mut tx).await?;
        Ok(users.into_iter().map(UserKey).collect())
    }

    async fn erase_removed(&self) -> Result<bool, Error> {
        let mut write = self.write().await?;
        let before = millis(write.now() - self.limits.removed_users);
        let erased = self.erase_removed_accounts(&mut write, before, BATCH_SIZE).await?;
        write.commit().await?;
        Ok(erased > 0)
    }

    /// Erases texts of the audit log after an entry. Returns the last entry of the batch.
    async fn erase_old_audit_texts(&self, after: i64) -> Result<Option<i64>, Error> {
        let Some(kept) = self.limits.audit_names else { return Ok(None) };
        let mut write = self.write().await?;
        let before = millis(write.now() - kept);
        let last = erase_before(&mut write, before, after, 10 * BATCH_SIZE).await?;
        write.commit().await?;
        Ok(last)
    }
}
