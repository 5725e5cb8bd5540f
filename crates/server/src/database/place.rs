use std::path::{Path, PathBuf};

use super::PostgresUrl;
use super::options::{read_url, warn_of_visible_password};
use crate::failure::Failure;
use crate::secret::Secret;

/// Where the data of a migration are.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// A data folder with a file of SQLite.
    Folder(PathBuf),
    /// A database of PostgreSQL.
    Postgres(Box<PostgresUrl>),
}

impl Place {
    /// Parses a folder or a URL. The URL may be in a file, which an option with the name `option` names.
    ///
    /// # Errors
    /// For an invalid URL, and for a file that cannot be read. No message contains a password.
    pub(crate) fn parse(
        text: Option<&Secret>,
        file: Option<&Path>,
        ca: Option<&Path>,
        option: &str,
    ) -> Result<Self, Failure> {
        if let Some(file) = file {
            return Ok(Self::Postgres(PostgresUrl::parse(read_url(file)?.as_str(), ca)?.into()));
        }
        let secret = text.ok_or_else(|| format!("{option} is missing"))?;
        let text = secret.as_str();
        if !text.contains("://") {
            return Ok(Self::Folder(text.into()));
        }
        let url = PostgresUrl::parse(text.trim(), ca)?;
        warn_of_visible_password(secret, &url, &format!("{option}-file"));
        Ok(Self::Postgres(url.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_folders_from_urls() {
        let parse = |text: &str| Place::parse(Some(&text.parse().unwrap()), None, None, "--from");
        assert!(matches!(parse("data").unwrap(), Place::Folder(folder) if folder == Path::new("data")));
        assert!(matches!(parse("postgres://db.example/users").unwrap(), Place::Postgres(_)));
        let error = parse("mysql://app:secret@db.example/users").unwrap_err().to_string();
        assert!(error.contains("must start with postgres://") && !error.contains("secret"), "{error}");
    }
}
