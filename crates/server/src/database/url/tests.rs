use tempfile::NamedTempFile;

use super::*;

fn parse(text: &str) -> PostgresUrl {
    PostgresUrl::parse(text, None).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn error(text: &str) -> UrlError {
    PostgresUrl::parse(text, None).expect_err(text)
}

#[test]
fn reads_all_parts_of_a_url() {
    let url =
        parse("postgresql://app:p%40ss@db.example:6432/users?application_name=two&options=-c%20jit%3Doff");
    assert_eq!((url.user(), url.database(), url.host()), ("app", "users", "db.example"));
    assert_eq!(url.server(), "db.example:6432");
    assert_eq!(url.options().get_application_name(), Some("two"));
    assert_eq!(url.options().get_options(), Some("-c jit=off"));
    assert!(url.has_password());
    let same = parse("postgres:///?host=db.example&port=6432&user=app&password=p%40ss&dbname=users");
    assert_eq!(same.to_string(), url.to_string());
    assert!(same.has_password() && same.user() == "app");
    assert_eq!(same.options().get_application_name(), Some("studio-users-server"));
}

#[test]
fn reads_sockets_and_ipv6_addresses() {
    for text in ["postgres://app@localhost/users?host=/run/pg", "postgres://app@%2Frun%2Fpg/users"] {
        let url = parse(text);
        assert_eq!(url.socket(), Some(Path::new("/run/pg")), "{text}");
        assert_eq!(url.to_string(), "the database users on /run/pg");
        assert!(!url.has_password());
    }
    let url = parse("postgres://app@[2001:db8::1]:6432/users");
    assert_eq!((url.host(), url.server().as_str()), ("2001:db8::1", "[2001:db8::1]:6432"));
    assert_eq!(url.socket(), None);
}

#[test]
fn verifies_the_certificate_of_a_remote_server_by_default() {
    let mode = |text: &str| parse(text).options().get_ssl_mode();
    assert!(matches!(mode("postgres://db.example/users"), PgSslMode::VerifyFull));
    assert!(matches!(mode("postgres://192.0.2.1/users"), PgSslMode::VerifyFull));
    for local in ["localhost", "127.0.0.2", "[::1]", "db.example/users?host=/run/pg&x="] {
        let text = format!("postgres://{}", local.trim_end_matches("&x="));
        assert!(matches!(mode(&text), PgSslMode::Prefer), "{text}");
    }
    assert!(matches!(mode("postgres://db.example/users?sslmode=disable"), PgSslMode::Disable));
    assert!(matches!(mode("postgres://localhost/users?sslmode=verify-ca"), PgSslMode::VerifyCa));
}

#[test]
fn checks_the_certificates_of_the_authority() {
    let file = NamedTempFile::new().unwrap();
    let ca = Some(file.path());
    let text = "postgres://localhost/users";
    assert!(matches!(PostgresUrl::parse(text, ca), Err(UrlError::Authority(..))));
    std::fs::write(file.path(), "-----BEGIN CERTIFICATE-----\n").unwrap();
    let url = PostgresUrl::parse(text, ca).unwrap();
    assert!(matches!(url.options().get_ssl_mode(), PgSslMode::VerifyFull));
    let unused = PostgresUrl::parse("postgres://localhost/users?sslmode=require", ca);
    assert_eq!(unused.unwrap_err(), UrlError::UnusedAuthority);
    let in_url = format!("{text}?sslrootcert={}", file.path().display());
    assert!(matches!(parse(&in_url).options().get_ssl_mode(), PgSslMode::VerifyFull));
    assert_eq!(PostgresUrl::parse(&in_url, ca).unwrap_err(), UrlError::TwoAuthorities);
    assert!(matches!(error(&format!("{text}?sslrootcert=/missing.pem")), UrlError::Authority(..)));
}

#[test]
fn rejects_invalid_urls() {
    for (text, expected) in [
        ("", UrlError::Empty),
        ("db.example", UrlError::Invalid),
        ("host=db.example password=secret", UrlError::Invalid),
        ("mysql://app:secret@db.example/users", UrlError::Scheme),
        ("sqlite://users.db", UrlError::Scheme),
        ("postgres://app:se#cret@db.example/users", UrlError::Unencoded),
        ("postgres://app:12/secret@db.example/users", UrlError::Unencoded),
        ("postgres://app:12?secret=1@db.example/users", UrlError::Unencoded),
        ("postgres://db.example:70000/users", UrlError::Port),
        ("postgres://db.example/users?port=0", UrlError::Port),
        ("postgres://db.example/users?sslmode=allow", UrlError::SslMode),
        ("postgres://db.example/users?sslmode=verify", UrlError::SslMode),
        ("postgres://db.example/users?sslmod=disable", UrlError::UnknownParameter("sslmod".into())),
        ("postgres://db.example/?port=1&port=2", UrlError::RepeatedParameter("port".into())),
        ("postgres://a.example,b.example/users", UrlError::SeveralHosts),
        ("postgres:///users?host=a.example,b.example", UrlError::SeveralHosts),
    ] {
        let found = error(text);
        assert_eq!(found, expected, "{text}");
        let message = found.to_string();
        assert!(
            !message.contains("secret") && !message.contains("cret@") && !message.contains('\n'),
            "{message}"
        );
    }
}

#[test]
fn its_texts_omit_the_password() {
    let url = parse("postgres://app:secret@db.example/users?password=secret2");
    assert_eq!(format!("{url} {url:?}").matches("secret").count(), 0);
}
