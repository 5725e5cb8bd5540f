use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use tokio::sync::Notify;

use super::{Error, Store, Tx};

/// A change under way: a transaction, and what follows once it is committed. Dropped without a commit, nothing
/// of it has happened.
pub(crate) struct Write {
    tx: Tx,
    mail_waits: Arc<Notify>,
    pub(super) has_mail: bool,
}

impl Store {
    /// Begins to write; waits for whoever writes now.
    pub(crate) async fn write(&self) -> Result<Write, Error> {
        let tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        Ok(Write { tx, mail_waits: Arc::clone(&self.mail_waits), has_mail: false })
    }
}

impl Write {
    /// Makes the change last, and does what follows from it.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        self.tx.commit().await?;
        if self.has_mail {
            self.mail_waits.notify_one();
        }
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
