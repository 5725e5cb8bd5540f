//! The comparison of a database with this version of the program.

use std::cmp::Ordering;

use super::Error;

/// How the schema of a database, or the version of its derived data, relates to that of this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SchemaState {
    /// Migrations are pending, derived data has another structure, or there is no database.
    Older,
    /// The database has the same schema.
    Current,
    /// A later version of the program has migrated the database, or has derived its data.
    Newer,
}

impl SchemaState {
    /// Compares the stored version of derived data with that of this program.
    pub(super) fn of_derived(stored: Option<i64>, ours: i64) -> Self {
        match stored.unwrap_or(i64::MIN).cmp(&ours) {
            Ordering::Less => Self::Older,
            Ordering::Equal => Self::Current,
            Ordering::Greater => Self::Newer,
        }
    }

    /// # Errors
    /// [`Error::Newer`] for a database that only a later version of the program can use.
    pub(super) fn require_not_newer(self) -> Result<(), Error> {
        if self == Self::Newer { Err(Error::Newer) } else { Ok(()) }
    }

    /// # Errors
    /// [`Error::Newer`] or [`Error::NotMigrated`] for a database that a server of this version has not migrated.
    pub(super) fn require_current(self) -> Result<(), Error> {
        self.require_not_newer()?;
        if self == Self::Current { Ok(()) } else { Err(Error::NotMigrated) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_version_of_derived_data_is_newer() {
        for (stored, expected) in [
            (None, SchemaState::Older),
            (Some(4), SchemaState::Older),
            (Some(5), SchemaState::Current),
            (Some(6), SchemaState::Newer),
        ] {
            assert_eq!(SchemaState::of_derived(stored, 5), expected);
        }
    }
}
