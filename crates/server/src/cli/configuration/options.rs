//! The options of `serve`, which the file and the variables have, too.

use clap::{Arg, ArgAction, Command};

/// The prefix of all variables.
const PREFIX: &str = "STUDIO_USERS_";

/// The option that names the file. The file cannot name another one.
pub(super) const FILE_OPTION: &str = "config";

/// Gives each option that the configuration has its variable, in all commands. A variable of an option that can be repeated
/// has its values separated by commas.
pub(super) fn with_variables(command: Command) -> Command {
    let variables: Vec<(String, String)> = configurable(&command)
        .filter_map(|option| Some((option.get_long()?.to_owned(), variable(option)?)))
        .collect();
    change_options(command, &|option| {
        let name = option.get_long().unwrap_or_default();
        match variables.iter().find(|(long, _)| long == name) {
            Some((_, variable)) if is_repeated(&option) => option.env(variable.clone()).value_delimiter(','),
            Some((_, variable)) => option.env(variable.clone()),
            None => option,
        }
    })
}

/// Removes all variables, so that only arguments count.
pub(super) fn without_variables(command: Command) -> Command {
    change_options(command, &|option| option.env(None))
}

/// Returns the options that the file and the variables can set: those of all commands, and those of `serve`.
pub(super) fn configurable(command: &Command) -> impl Iterator<Item = &Arg> {
    let serve = command.find_subcommand("serve").into_iter().flat_map(Command::get_arguments);
    let serve = serve.filter(|option| !option.is_global_set());
    command.get_arguments().chain(serve).filter(|option| {
        let name = option.get_long().unwrap_or_default();
        !option.is_hide_set() && !["", "help", "version"].contains(&name)
    })
}

/// Returns the variable of an option.
pub(super) fn variable(option: &Arg) -> Option<String> {
    match option.get_env() {
        Some(name) => Some(name.to_str()?.to_owned()),
        None => Some(format!("{PREFIX}{}", option.get_long()?.replace('-', "_").to_uppercase())),
    }
}

/// Whether an option may have several values.
pub(super) fn is_repeated(option: &Arg) -> bool {
    matches!(option.get_action(), ArgAction::Append)
}

/// Whether the value of an option may contain a password.
pub(super) fn is_secret(option: &Arg) -> bool {
    option.is_hide_env_values_set()
}

/// Returns the variables of the process that look like those of options but are none, such as misspelt ones.
pub(super) fn unknown_variables(
    command: &Command,
    names: impl Iterator<Item = String>,
) -> impl Iterator<Item = String> {
    let known: Vec<String> = configurable(command).filter_map(variable).collect();
    names.filter(move |name| name.starts_with(PREFIX) && !known.contains(name))
}

fn change_options(command: Command, change: &impl Fn(Arg) -> Arg) -> Command {
    command.mut_args(change).mut_subcommands(|command| change_options(command, change))
}
