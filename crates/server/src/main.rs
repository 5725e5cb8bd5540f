//! The binary `studio-users-server`. The command line is in [`studio_users_server::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    studio_users_server::cli::run()
}
