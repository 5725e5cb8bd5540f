use chrono::{DateTime, Utc};
use studio_users_contract::DeliveryState;
use studio_users_domain::{NodeId, RoleSet};
use uuid::Uuid;

use super::insert::{NewGrant, insert_accounts, insert_assignments, insert_grants};
use super::search_index::{drop_index, index_all_texts};
use super::{
    Account, Error, MetaKey, NodeKey, Organisation, Store, UserKey, Write, directory, email_keys,
    folded_texts, millis, organisation, set_meta,
};
use crate::audit::Entry;
use crate::mail::Mail;
use crate::sql;
use crate::text;
use crate::token::random_id;

/// Loads many accounts. Builds the directory and the search index once, after the last account.
pub(crate) struct BulkLoader {
    tx: Write,
    organisation: Organisation,
}

impl BulkLoader {
    /// Begins the load. Fails if the database has no organisation.
    pub(crate) async fn begin(store: &Store) -> Result<Self, Error> {
        let mut tx = store.write().await?;
        let organisation = organisation::load(&mut tx, 0)
            .await?
            .ok_or_else(|| Error::InvalidData("no organisation".into()))?;
        drop_index(&mut tx).await?;
        Ok(Self { tx, organisation })
    }

    /// Inserts accounts with their assignments and pending grants.
    pub(crate) async fn write(
        &mut self,
        accounts: &[Account],
        assignments: &[(UserKey, NodeId, RoleSet)],
        grants: &[NewGrant<NodeId>],
    ) -> Result<(), Error> {
        insert_accounts(&mut self.tx, accounts).await?;
        let key_of = |node: NodeId| -> Result<NodeKey, Error> {
            self.organisation.key(node).ok_or_else(|| Error::InvalidData(format!("no node {node}")))
        };
        let assignments: Vec<_> = assignments
            .iter()
            .map(|&(user, node, roles)| Ok((user, key_of(node)?, roles)))
            .collect::<Result<_, Error>>()?;
        let grants: Vec<_> =
            grants.iter().map(|grant| Ok(grant.at(key_of(grant.node)?))).collect::<Result<_, Error>>()?;
        insert_assignments(&mut self.tx, &assignments).await?;
        insert_grants(&mut self.tx, &grants).await
    }

    /// Appends entries to the audit log, in this order. Each comes as its id, its node and the entry.
    pub(crate) async fn record(
        &mut self,
        mut events: Vec<(Uuid, Option<NodeId>, Entry)>,
    ) -> Result<(), Error> {
        for (_, node, entry) in &mut events {
            entry.node = node.and_then(|node| self.organisation.key(node));
        }
        self.tx.record_with_ids(events.iter().map(|(id, _, entry)| (*id, entry))).await
    }

    /// Gives the pending grants of a user a mail that did not arrive. Does nothing without such a user.
    pub(crate) async fn fail_invitation(
        &mut self,
        email: &str,
        state: DeliveryState,
        reply: Option<&str>,
    ) -> Result<(), Error> {
        let grant = sql::query(
            "SELECT g.user_pk, g.granted_by, g.created_at FROM pending_grants g JOIN users u ON u.pk = g.user_pk \
             WHERE u.email_norm = ? ORDER BY g.created_at, g.node, g.granted_by LIMIT 1",
        )
        .bind(text::email_norm(email))
        .fetch_optional(&mut self.tx)
        .await?;
        let Some(grant) = grant else { return Ok(()) };
        let (user, sender): (i64, i64) = (grant.try_get("user_pk")?, grant.try_get("granted_by")?);
        let at: i64 = grant.try_get("created_at")?;
        let number: i64 = sql::query_scalar(
            "INSERT INTO jobs (pk, id, kind, created_at, due_at, attempts, finished_at) \
             SELECT coalesce(max(pk), 0) + 1, ?1, 'mail', ?2, ?2, 1, ?2 FROM jobs RETURNING pk",
        )
        .bind(random_id()?.as_bytes().as_slice())
        .bind(at)
        .fetch_one(&mut self.tx)
        .await?;
        // The content of a mail that has ended is never read.
        sql::query(
            "INSERT INTO outbox (pk, user_pk, sender, mail, kind, created_at, outcome, reply, ended_at) \
             VALUES (?1, ?2, ?3, '{}', ?4, ?5, ?6, ?7, ?5)",
        )
        .bind(number)
        .bind(user)
        .bind(sender)
        .bind(Mail::INVITATION)
        .bind(at)
        .bind(state.wire_name())
        .bind(reply)
        .execute(&mut self.tx)
        .await?;
        sql::query("UPDATE pending_grants SET mail = ? WHERE user_pk = ?")
            .bind(number)
            .bind(user)
            .execute(&mut self.tx)
            .await?;
        Ok(())
    }

    /// Builds the directory and the search index, and commits. Marks the database as a demo with this number of users and
    /// this version of the generator.
    pub(crate) async fn finish(
        mut self,
        users: i64,
        generator: i64,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        // The inviters know of the invitations that have expired already.
        sql::query("UPDATE pending_grants SET reports_expiry = FALSE WHERE expires_at <= ?")
            .bind(millis(now))
            .execute(&mut self.tx)
            .await?;
        directory::rebuild(&mut self.tx, &self.organisation, now).await?;
        index_all_texts(&mut self.tx).await?;
        folded_texts::mark_current(&mut self.tx).await?;
        email_keys::mark_current(&mut self.tx).await?;
        set_meta(&mut self.tx, MetaKey::DemoUsers, Some(users)).await?;
        set_meta(&mut self.tx, MetaKey::DemoGenerator, Some(generator)).await?;
        self.tx.commit().await?;
        Ok(())
    }
}
