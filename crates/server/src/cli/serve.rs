//! The options of `serve`.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use clap::Args;
use ipnet::IpNet;
use lettre::message::Mailbox;
use studio_users_domain::{AddressError, clean_name, clean_text};

use super::{Data, audit, connections, retention};
use crate::clock::Clock;
use crate::failure::Failure;
use crate::mail::{Smtp, delivery_address};
use crate::public_url::{Origin, PublicUrl};
use crate::secret::Secret;
use crate::serve::Options;
use crate::store::Limits;
use crate::text::parse_email;

const DEMO_USERS: &str = "2400";

/// The options of `serve`.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Address and port to listen on. Port 0 selects a free port.
    #[arg(long, value_name = "ADDRESS", overrides_with = "listen", default_value = "127.0.0.1:8080")]
    pub(super) listen: SocketAddr,
    /// Address and port to serve metrics on for Prometheus, at `/metrics`. Without it, there are none. Anybody who
    /// reaches the address can read them.
    #[arg(long, value_name = "ADDRESS")]
    metrics_listen: Option<SocketAddr>,
    /// Serves a demo organisation with this many users (20 to 1,000,000) and creates it if needed.
    #[arg(long, value_name = "USERS", num_args = 0..=1, default_missing_value = DEMO_USERS, value_parser = clap::value_parser!(u32).range(20..=1_000_000))]
    pub(super) demo: Option<u32>,
    /// For tests with a demo: sets the clock this many minutes ahead.
    #[arg(long, value_name = "MINUTES", hide = true, requires = "demo", default_value_t = 0)]
    clock_ahead: u32,
    /// Public URL of the server, if it differs from the listen address. It may have a path, such as
    /// `https://example.org/users/`.
    #[arg(long, value_name = "URL", value_parser = PublicUrl::parse)]
    public_url: Option<PublicUrl>,
    /// Origin that may call the API with a bearer token (CORS). Can be repeated.
    #[arg(long = "allow-origin", value_name = "ORIGIN", value_parser = Origin::parse)]
    allowed_origins: Vec<Origin>,
    /// Origin that may embed the page in a frame. Can be repeated.
    #[arg(long = "framed-by", value_name = "ORIGIN", value_parser = Origin::parse)]
    framed_by: Vec<Origin>,
    /// Network of a reverse proxy, such as `10.0.0.0/8`, `::1` or `192.0.2.7`. Rate limits use the client address that it
    /// reports in Forwarded or X-Forwarded-For. Can be repeated. Without it, the headers are ignored.
    #[arg(long = "trusted-proxy", value_name = "CIDR", value_parser = network)]
    pub(super) trusted_proxies: Vec<IpNet>,
    /// URL of the privacy policy. The sign-in and join pages link to it.
    #[arg(long, value_name = "URL", value_parser = privacy_url)]
    privacy_url: Option<String>,
    /// Folder with the built page.
    #[arg(long, value_name = "DIR", overrides_with = "page", default_value = "dist")]
    page: PathBuf,
    /// E-mail address of the first administrator. Used only if there are no accounts yet.
    #[arg(long, value_name = "EMAIL", default_value = "administrator@studio.localhost", value_parser = email)]
    admin: String,
    /// Mail server: `smtps://USER:PASSWORD@HOST`, `smtp://HOST?tls=required` (STARTTLS) or `smtp://HOST` (no
    /// encryption). Without it, e-mails are written to `mail` in the data folder.
    #[arg(long, value_name = "URL", hide_env_values = true, conflicts_with = "smtp_file")]
    smtp: Option<Secret>,
    /// File with the URL of the mail server, so that the password is neither in the list of processes nor in the
    /// environment.
    #[arg(long, value_name = "FILE")]
    smtp_file: Option<PathBuf>,
    /// Sender of e-mails.
    #[arg(long, value_name = "ADDRESS", default_value = "Studio <no-reply@studio.localhost>", value_parser = mailbox)]
    mail_from: Mailbox,
    /// Maximum memory for the lists of users, in MB. They are read from the database if they need more. 0 switches the
    /// memory off.
    #[arg(long, value_name = "MB", default_value_t = 1_024, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    directory_memory: u32,
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    connections: connections::Connections,
    #[command(flatten)]
    retention: retention::Retention,
    #[command(flatten)]
    audit: audit::Audit,
}

impl Serve {
    /// Checks the options that depend on others or on files.
    ///
    /// # Errors
    /// Fails for invalid URLs, and for files that cannot be read. No message contains a password.
    pub(super) fn into_options(self) -> Result<Options, Failure> {
        Ok(Options {
            listen: self.listen,
            metrics_listen: self.metrics_listen,
            smtp: smtp(self.smtp, self.smtp_file.as_deref())?,
            database: self.data.database()?,
            demo: self.demo,
            clock: Clock::with_offset(TimeDelta::minutes(self.clock_ahead.into())),
            public_url: self.public_url,
            allowed_origins: self.allowed_origins,
            framed_by: self.framed_by,
            trusted_proxies: self.trusted_proxies,
            privacy_url: self.privacy_url,
            page: self.page,
            administrator: self.admin,
            mail_from: self.mail_from,
            connections: self.connections.into(),
            streams: self.connections.into(),
            limits: Limits { audit_entries: self.audit.kept(), ..self.retention.into() },
            audit: self.audit.into(),
            directory_memory: u64::from(self.directory_memory) << 20,
        })
    }
}

/// Reads the URL of the mail server. Logs a warning if the command line has a password.
fn smtp(url: Option<Secret>, file: Option<&Path>) -> Result<Option<Smtp>, Failure> {
    let url = match (url, file) {
        (Some(url), _) => url,
        (None, Some(file)) => Secret::read(file, "the URL of the mail server")?,
        (None, None) => return Ok(None),
    };
    let smtp = Smtp::from_url(url.as_str())?;
    if smtp.has_password() && url.is_argument() {
        tracing::warn!(
            "the password of the mail server is in the list of processes; use --smtp-file or STUDIO_USERS_SMTP"
        );
    }
    Ok(Some(smtp))
}

fn email(text: &str) -> Result<String, AddressError> {
    parse_email(text).map(|address| address.to_string())
}

/// Parses the sender of e-mails: an address, or `NAME <ADDRESS>`.
fn mailbox(text: &str) -> Result<Mailbox, String> {
    let (name, address) = match text.rsplit_once('<') {
        Some((name, address)) => {
            let address =
                address.trim().strip_suffix('>').ok_or("expected an e-mail address or NAME <ADDRESS>")?;
            (clean_text(name.trim().trim_matches('"')), address)
        }
        None => (String::new(), text),
    };
    let name = Some(name).filter(|name| !name.is_empty()).map(|name| clean_name(&name)).transpose();
    let name = name.map_err(|error| format!("the name of the sender: {error}"))?;
    let address = parse_email(address).map_err(|error| error.to_string())?;
    Ok(Mailbox::new(name, delivery_address(&address)))
}

/// Parses a network in the notation of [CIDR](https://www.rfc-editor.org/rfc/rfc4632#section-3.1), or a single address.
fn network(text: &str) -> Result<IpNet, String> {
    text.parse()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| "expected a network, such as 10.0.0.0/8, 2001:db8::/32 or 192.0.2.1".into())
}

/// Parses the URL of the privacy policy: an absolute URL, or a path on this server.
fn privacy_url(text: &str) -> Result<String, String> {
    let is_path = text.starts_with('/') && !text.starts_with("//");
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    if !is_path && !is_web || text.contains(|letter: char| letter.is_whitespace() || letter.is_control()) {
        return Err("expected a URL that starts with https://, http:// or /".into());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[test]
    fn parses_networks_and_single_addresses() {
        for (text, contains) in [("10.1.2.3/8", "10.9.9.9"), ("::1", "::1"), ("192.0.2.7", "192.0.2.7")] {
            let network = network(text).unwrap();
            assert!(network.contains(&contains.parse::<IpAddr>().unwrap()), "{text}");
            assert!(!network.contains(&"203.0.113.9".parse::<IpAddr>().unwrap()), "{text}");
        }
        for text in ["", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0/8", "proxy", "[::1]", "::1/x"] {
            assert!(network(text).is_err(), "{text}");
        }
    }

    #[test]
    fn rejects_a_privacy_policy_that_is_no_link() {
        for link in ["https://example.org/privacy?lang=nl#top", "http://intranet/privacy", "/privacy.html"] {
            assert_eq!(privacy_url(link), Ok(link.into()));
        }
        for other in
            ["", "privacy", "//example.org", "javascript:alert(1)", "https://a b", "mailto:a@b.example"]
        {
            assert!(privacy_url(other).is_err(), "{other}");
        }
    }

    #[test]
    fn parses_the_sender_of_mails() {
        let sender = mailbox("Stúdio <no-reply@bücher.example>").unwrap();
        assert_eq!(sender.name.as_deref(), Some("Stúdio"));
        assert_eq!(sender.email.to_string(), "no-reply@xn--bcher-kva.example");
        assert_eq!(mailbox("a@x.example").unwrap().name, None);
        assert_eq!(mailbox("\"Ann, B\" <a@x.example>").unwrap().name.as_deref(), Some("Ann, B"));
        for wrong in [
            "Studio",
            "Studio <a@x.example",
            "Studio <a..b@x.example>",
            "a b@x.example",
            "x\ny <a@x.example>",
        ] {
            assert!(mailbox(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn demo_without_a_number_uses_the_default() {
        #[derive(Parser)]
        struct Command {
            #[command(flatten)]
            serve: Serve,
        }
        let demo = |arguments: &[&str]| Command::try_parse_from(arguments).unwrap().serve.demo;
        assert_eq!(demo(&["serve"]), None);
        assert_eq!(demo(&["serve", "--demo"]), Some(2_400));
        assert_eq!(demo(&["serve", "--demo", "50"]), Some(50));
    }
}
