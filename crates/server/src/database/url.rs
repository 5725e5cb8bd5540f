//! The URL of a `PostgreSQL` database.

use std::collections::HashSet;
use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use thiserror::Error;
use url::Url;

/// The name that `PostgreSQL` shows for the connections of this program, unless the URL sets another one.
const APPLICATION_NAME: &str = "studio-users-server";
/// The accepted parameters: <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS>
const PARAMETERS: [&str; 9] =
    ["application_name", "dbname", "host", "options", "password", "port", "sslmode", "sslrootcert", "user"];

/// The URL of a `PostgreSQL` database. Its texts (`Display` and `Debug`) contain no password.
#[derive(Clone)]
pub(crate) struct PostgresUrl {
    options: PgConnectOptions,
    has_password: bool,
}

/// An error in a URL. Its message contains nothing of the URL that could be a part of a password.
#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum UrlError {
    #[error("the URL of the database is empty")]
    Empty,
    #[error("the URL of the database is invalid: expected postgres://USER:PASSWORD@HOST:PORT/DATABASE")]
    Invalid,
    #[error(
        "the URL of the database must start with postgres:// or postgresql://; leave it out to use SQLite in the data \
         folder"
    )]
    Scheme,
    #[error(
        "the URL of the database has an @ or # after the host; in a user name, a password or a parameter, write %40 for @, \
         %23 for #, %2F for / and %3F for ?"
    )]
    Unencoded,
    #[error("the URL of the database has the unknown parameter `{0}`; known are {known}", known = PARAMETERS.join(", "))]
    UnknownParameter(String),
    #[error("the URL of the database has the parameter `{0}` twice")]
    RepeatedParameter(String),
    #[error("the URL of the database has several hosts; name one")]
    SeveralHosts,
    #[error("the URL of the database has an invalid port")]
    Port,
    #[error(
        "the URL of the database has an invalid sslmode; use disable, prefer, require, verify-ca or verify-full"
    )]
    SslMode,
    #[error("a certificate authority is of no use without sslmode=verify-full or sslmode=verify-ca")]
    UnusedAuthority,
    #[error("name the certificate authority either by --database-ca or by sslrootcert")]
    TwoAuthorities,
    #[error("cannot read the certificates of the authority in {0}: {1}")]
    Authority(PathBuf, String),
}

impl PostgresUrl {
    /// Parses a URL as libpq does: <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS>.
    /// Without `sslmode`, a connection to another machine needs a trusted certificate for the host name. `ca` is a file
    /// with further trusted authorities.
    ///
    /// # Errors
    /// If the URL is invalid, or has parameters that are unknown or contradict each other.
    pub(crate) fn parse(text: &str, ca: Option<&Path>) -> Result<Self, UrlError> {
        if text.is_empty() {
            return Err(UrlError::Empty);
        }
        let rest = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"));
        let rest =
            rest.ok_or_else(|| if text.contains("://") { UrlError::Scheme } else { UrlError::Invalid })?;
        // Special characters in a password end the host too early, and the rest of the password would be a parameter.
        let after_host = rest.find(['/', '?', '#']).map_or("", |end| &rest[end..]);
        if after_host.contains(['@', '#']) {
            return Err(UrlError::Unencoded);
        }
        let url = Url::parse(text).map_err(|error| match error {
            url::ParseError::InvalidPort => UrlError::Port,
            _ => UrlError::Invalid,
        })?;
        let parameters = Parameters::read(&url)?;
        let mut options = PgConnectOptions::from_str(text).map_err(|_| UrlError::Invalid)?;
        // The driver keeps the brackets of an IPv6 address, which no resolver knows.
        if let Some(address) = options.get_host().strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
            options = options.clone().host(address);
        }
        let is_local = is_local(&options);
        let ssl_mode = match (parameters.ssl_mode, ca.or(parameters.authority.as_deref())) {
            (Some(PgSslMode::Disable | PgSslMode::Prefer | PgSslMode::Require), Some(_)) => {
                return Err(UrlError::UnusedAuthority);
            }
            (Some(mode), _) => mode,
            (None, None) if is_local => PgSslMode::Prefer,
            (None, _) => PgSslMode::VerifyFull,
        };
        options = options.ssl_mode(ssl_mode);
        if let Some(ca) = ca {
            if parameters.authority.is_some() {
                return Err(UrlError::TwoAuthorities);
            }
            options = options.ssl_root_cert(ca);
        }
        if let Some(file) = ca.or(parameters.authority.as_deref()) {
            require_certificates(file)?;
        }
        if options.get_application_name().is_none() {
            options = options.application_name(APPLICATION_NAME);
        }
        let has_password = url.password().is_some() || parameters.has_password;
        Ok(Self { options, has_password })
    }

    /// Returns the options for the driver.
    pub(crate) fn options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// Whether the URL itself has a password. Others are in `PGPASSWORD` or in `.pgpass`.
    pub(crate) fn has_password(&self) -> bool {
        self.has_password
    }

    /// Returns the name of the database. Without a name, `PostgreSQL` uses that of the user.
    pub(crate) fn database(&self) -> &str {
        self.options.get_database().unwrap_or_else(|| self.user())
    }

    /// Returns the name of the user.
    pub(crate) fn user(&self) -> &str {
        self.options.get_username()
    }

    /// Returns the host.
    pub(crate) fn host(&self) -> &str {
        self.options.get_host()
    }

    /// Returns the folder of the Unix socket, if the connection uses one.
    pub(crate) fn socket(&self) -> Option<&Path> {
        let host = Path::new(self.options.get_host());
        self.options.get_socket().map(PathBuf::as_path).or_else(|| host.is_absolute().then_some(host))
    }

    /// Returns the address of the server: host and port, or the folder of the socket.
    pub(crate) fn server(&self) -> String {
        match self.socket() {
            Some(folder) => folder.display().to_string(),
            None if self.host().contains(':') => format!("[{}]:{}", self.host(), self.options.get_port()),
            None => format!("{}:{}", self.host(), self.options.get_port()),
        }
    }
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the database {} on {}", self.database(), self.server())
    }
}

/// Omits the password, which the options of the driver would print.
impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresUrl({self})")
    }
}

/// The parameters of a URL that the driver does not check.
#[derive(Default)]
struct Parameters {
    ssl_mode: Option<PgSslMode>,
    /// The file with the certificates of the authority.
    authority: Option<PathBuf>,
    has_password: bool,
}

impl Parameters {
    fn read(url: &Url) -> Result<Self, UrlError> {
        let mut parameters = Self::default();
        let mut names = HashSet::new();
        let mut host = url.host_str().unwrap_or_default().to_owned();
        for (name, value) in url.query_pairs() {
            if !PARAMETERS.contains(&&*name) {
                return Err(UrlError::UnknownParameter(name.into_owned()));
            }
            match &*name {
                "host" => host = value.clone().into_owned(),
                "port" => {
                    value.parse::<u16>().ok().filter(|port| *port > 0).ok_or(UrlError::Port)?;
                }
                "sslmode" => parameters.ssl_mode = Some(ssl_mode(&value)?),
                // The driver always trusts the authorities of the system.
                "sslrootcert" => parameters.authority = Some(PathBuf::from(&*value)),
                "password" => parameters.has_password = true,
                _ => {}
            }
            if !names.insert(name.clone()) {
                return Err(UrlError::RepeatedParameter(name.into_owned()));
            }
        }
        if host.contains(',') {
            return Err(UrlError::SeveralHosts);
        }
        Ok(parameters)
    }
}

/// Parses a mode. The driver would treat `allow` as `disable`, so it is not accepted.
fn ssl_mode(text: &str) -> Result<PgSslMode, UrlError> {
    match text {
        "disable" => Ok(PgSslMode::Disable),
        "prefer" => Ok(PgSslMode::Prefer),
        "require" => Ok(PgSslMode::Require),
        "verify-ca" => Ok(PgSslMode::VerifyCa),
        "verify-full" => Ok(PgSslMode::VerifyFull),
        _ => Err(UrlError::SslMode),
    }
}

/// Whether the connection does not leave this machine.
fn is_local(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    options.get_socket().is_some()
        || host.starts_with('/')
        || host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Checks that a file has certificates. The driver ignores a file without any.
fn require_certificates(file: &Path) -> Result<(), UrlError> {
    let error = |reason: String| UrlError::Authority(file.to_owned(), reason);
    let content = std::fs::read(file).map_err(|cause| error(cause.to_string()))?;
    let is_pem = String::from_utf8_lossy(&content).contains("-----BEGIN CERTIFICATE-----");
    if is_pem { Ok(()) } else { Err(error("it contains no certificate in the PEM format".into())) }
}

#[cfg(test)]
mod tests;
