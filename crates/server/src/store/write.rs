use std::ops::{Deref, DerefMut};
use std::slice;
use std::sync::Arc;

use sqlx::SqlitePool;
use uuid::{Builder, Uuid};

use super::{Error, Store, Tx};
use crate::audit::{self, Appended, Entry, Keeper};

/// A change under way: a transaction, and what follows once it is committed. Dropped without a commit, nothing
/// of it has happened.
pub(crate) struct Write {
    tx: Tx,
    keeper: Arc<Keeper>,
    readers: SqlitePool,
    appended: Option<Appended>,
}

impl Store {
    /// Begins to write; waits for whoever writes now.
    pub(crate) async fn write(&self) -> Result<Write, Error> {
        Ok(Write {
            tx: self.writer.begin_with("BEGIN IMMEDIATE").await?,
            keeper: self.keeper.clone(),
            readers: self.readers.clone(),
            appended: None,
        })
    }
}

impl Write {
    /// Puts an entry into the audit log, as a part of the change: neither is without the other.
    pub(crate) async fn record(&mut self, entry: &Entry) -> Result<(), Error> {
        self.record_all(slice::from_ref(entry)).await
    }

    /// Puts many entries into the audit log, in this order.
    pub(crate) async fn record_all(&mut self, entries: &[Entry]) -> Result<(), Error> {
        let mut named = Vec::with_capacity(entries.len());
        for entry in entries {
            let mut bytes = [0; 16];
            getrandom::fill(&mut bytes)?;
            named.push((Builder::from_random_bytes(bytes).into_uuid(), entry));
        }
        self.record_named(named).await
    }

    /// Puts entries into the audit log whose ids are drawn already.
    pub(super) async fn record_named(
        &mut self,
        entries: impl IntoIterator<Item = (Uuid, &Entry)>,
    ) -> Result<(), Error> {
        let records: Vec<_> = entries
            .into_iter()
            .map(|(id, entry)| entry.record(id))
            .collect::<Result<_, _>>()
            .map_err(|error| Error::Foreign(error.to_string()))?;
        let (before, end) = match self.appended {
            Some(appended) => (appended.before, appended.after),
            None => {
                let end = self.keeper.end(&mut self.tx).await?;
                (end, end)
            }
        };
        let after = audit::append(&mut self.tx, self.keeper.key(), end, &records).await?;
        self.appended = Some(Appended { before, after });
        Ok(())
    }

    /// Makes the change last, and does what follows from it: the head of the audit log moves on.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        let Some(appended) = self.appended else { return Ok(self.tx.commit().await?) };
        let held = self.keeper.hold().await;
        self.tx.commit().await?;
        self.keeper.keep(held, appended, &self.readers).await;
        Ok(())
    }
}

impl Deref for Write {
    type Target = Tx;

    fn deref(&self) -> &Tx {
        &self.tx
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.tx
    }
}
