use std::ops::{Deref, DerefMut};

use super::{Error, Store, Tx};

/// A change under way: a transaction, and what follows once it is committed. Dropped without a commit, nothing
/// of it has happened.
pub(crate) struct Write {
    tx: Tx,
}

impl Store {
    /// Begins to write; waits for whoever writes now.
    pub(crate) async fn write(&self) -> Result<Write, Error> {
        Ok(Write { tx: self.writer.begin_with("BEGIN IMMEDIATE").await? })
    }
}

impl Write {
    /// Makes the change last, and does what follows from it.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        Ok(self.tx.commit().await?)
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
