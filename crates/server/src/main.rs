//! `studio-users-server`: see `--help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    studio_users_server::cli::run()
}
