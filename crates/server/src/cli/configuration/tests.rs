use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::cli::Command as Selected;
use crate::cli::serve::Serve;

/// Reads a command line with a file. The file is readable by its owner only.
fn read_with(file: &str, arguments: &[&str]) -> Result<(Cli, Effective), String> {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("users.toml");
    fs::write(&path, file).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let config = format!("--config={}", path.display());
    let arguments = [&["studio-users-server", &*config], arguments].concat();
    read(arguments.into_iter().map(OsString::from).collect())
        .map_err(|error| error.to_string().replace(&*path.display().to_string(), "FILE"))
}

fn serve(file: &str, arguments: &[&str]) -> Serve {
    match read_with(file, &[&["serve"], arguments].concat()).unwrap().0.command {
        Selected::Serve(serve) => *serve,
        other => panic!("{other:?}"),
    }
}

fn error(file: &str) -> String {
    read_with(file, &["serve"]).unwrap_err()
}

#[test]
fn the_file_sets_what_the_command_line_leaves_out() {
    let file = "\u{feff}listen = \"127.0.0.1:9000\"\nsession-days = 30\ndemo = true\n\
                trusted-proxy = [\"10.0.0.0/8\", \"::1\"]\nlog = \"warn\"";
    let options = serve(file, &["--session-days", "7"]);
    assert_eq!(options.listen.to_string(), "127.0.0.1:9000");
    assert_eq!((options.demo, options.trusted_proxies.len()), (Some(2_400), 2));
    let text = read_with(file, &["check-config", "--session-days", "7"]).unwrap().1.to_string();
    for line in [
        "# The configuration, with the file ",
        "listen = \"127.0.0.1:9000\"  # file, line 1",
        "session-days = 7  # command line",
        "demo = 2400  # file, line 3",
        "trusted-proxy = [\"10.0.0.0/8\", \"::1\"]  # file, line 4",
        "log = \"warn\"  # file, line 5",
        "header-timeout = 10  # default",
        "# public-url is not set",
    ] {
        assert!(text.lines().any(|found| found.starts_with(line)), "{line} is not in\n{text}");
    }
    assert!(!text.contains("clock-ahead"), "{text}");
    // The output is a file with the same values.
    let again = read_with(&text, &["check-config"]).unwrap().1.to_string();
    let values = |text: &str| -> Vec<String> {
        let settings = text.lines().filter(|line| !line.starts_with('#'));
        settings.map(|line| line.rsplit_once("  # ").unwrap().0.to_owned()).collect()
    };
    assert_eq!(values(&again), values(&text));
    assert_eq!(serve("demo = 50", &[]).demo, Some(50));
    assert_eq!(serve("demo = false", &[]).demo, None);
}

#[test]
fn another_way_to_set_the_same_thing_wins_over_the_file() {
    let file = "database = \"postgres://file/users\"\nsmtp = \"smtp://file.example\"";
    let (_, effective) =
        read_with(file, &["serve", "--database-file=/none", "--smtp-file", "/none"]).unwrap();
    let text = effective.to_string();
    for line in ["# database is not set", "# smtp is not set", "database-file = \"/none\"  # command line"] {
        assert!(text.contains(line), "{text}");
    }
    let both = error("database = \"postgres://a/b\"\ndatabase-file = \"/none\"");
    assert!(both.contains("cannot be used with"), "{both}");
}

#[test]
fn other_commands_use_the_options_that_they_have() {
    let file = "data = \"/var/lib/users\"\nlisten = \"127.0.0.1:9000\"";
    for arguments in
        [&["export-person", "a@x.example"][..], &["nodes", "import", "nodes.json"], &["verify-audit"]]
    {
        let (cli, _) = read_with(file, arguments).unwrap();
        assert!(format!("{:?}", cli.command).contains("/var/lib/users"), "{arguments:?}");
    }
}

#[test]
fn values_of_the_file_come_before_the_end_of_the_options() {
    let arguments = ["x", "export-person", "--", "a@x.example"].map(OsString::from).into();
    let extended = extend(arguments, ["--data=d".to_owned()].into_iter());
    assert_eq!(extended, ["x", "export-person", "--data=d", "--", "a@x.example"]);
}

#[test]
fn errors_name_the_line() {
    for (file, expected) in [
        ("listen = ", "FILE:1: "),
        (
            "\nheader-timeout = 0",
            "FILE:2: `header-timeout`: invalid value '0' for '--header-timeout <SECONDS>': ",
        ),
        ("header_timeout = 5", "FILE:1: `header_timeout` is not an option; it is named `header-timeout`"),
        ("colour = \"red\"", "FILE:1: `colour` is not an option of `serve`"),
        ("config = \"other\"", "FILE:1: `config` is not an option of `serve`"),
        ("clock-ahead = 5", "FILE:1: `clock-ahead` is not an option of `serve`"),
        ("help = true", "FILE:1: `help` is not an option of `serve`"),
        ("listen = [\"127.0.0.1:1\"]", "FILE:1: `listen` has a single value"),
        ("listen = true", "FILE:1: `listen` must be a text or a whole number"),
        ("session-days = 1.5", "FILE:1: `session-days` must be a text or a whole number"),
        ("allow-origin = [\"https://a.example\", \"no\"]", "FILE:1: `allow-origin`: invalid value 'no'"),
        ("[serve]\nlisten = \"127.0.0.1:1\"", "FILE:1: `serve` is not an option of `serve`"),
        ("log-format = \"xml\"", "FILE:1: `log-format`: invalid value 'xml' for '--log-format <FORMAT>'"),
    ] {
        let error = error(file);
        assert!(error.starts_with(expected), "{file}: {error}");
        assert!(!error.contains('\n'), "{file}: {error}");
    }
    let missing = read(["x", "serve", "--config=/no/such/file"].map(OsString::from).into());
    assert!(
        missing.unwrap_err().to_string().starts_with("cannot read the configuration from /no/such/file: ")
    );
}

#[test]
fn a_file_with_a_password_is_private() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("users.toml");
    let read_file = |text: &str, mode: u32| {
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let config = format!("--config={}", path.display());
        read(["x", "check-config", &config].map(OsString::from).into()).map_err(|error| error.to_string())
    };
    for text in [
        "database = \"postgres://app:s3cret@db.example/users\"",
        "smtp = \"smtps://app:s3cret@mail.example\"",
        "database = \"postgres://db.example/users?password=s3cret\"",
        "smtp = \"app:s3cret\"",
    ] {
        let error = read_file(text, 0o644).unwrap_err();
        assert!(
            error.contains(":1: ") && error.contains("every user of this machine can read the file"),
            "{error}"
        );
        assert!(!error.contains("s3cret"), "{error}");
        let effective = read_file(text, 0o640).unwrap().1;
        assert!(!effective.to_string().contains("s3cret") && !format!("{effective:?}").contains("s3cret"));
        assert!(effective.to_string().contains("= (not shown)  # file, line 1"), "{effective}");
    }
    assert!(read_file("smtp = \"smtp://mail.example\"", 0o644).is_ok());
}

#[test]
fn each_option_has_a_variable() {
    let command = with_variables(Cli::command());
    let serve = command.find_subcommand("serve").unwrap();
    for (option, variable) in [
        ("listen", "STUDIO_USERS_LISTEN"),
        ("trusted-proxy", "STUDIO_USERS_TRUSTED_PROXY"),
        ("database", "STUDIO_USERS_DATABASE"),
        ("audit-key", "STUDIO_USERS_AUDIT_KEY_FILE"),
    ] {
        let found = serve.get_arguments().find(|other| other.get_long() == Some(option)).unwrap();
        assert_eq!(found.get_env().unwrap(), variable);
    }
    let without: Vec<_> =
        serve.get_arguments().filter(|option| option.get_env().is_none()).map(Arg::get_id).collect();
    assert_eq!(without, ["clock_ahead"]);
    let known = ["STUDIO_USERS_LISTEN", "STUDIO_USERS_LISTNE", "HOME"].map(String::from).into_iter();
    let unknown: Vec<_> = options::unknown_variables(&command, known).collect();
    assert_eq!(unknown, ["STUDIO_USERS_LISTNE"]);
}
