//! The commands that export and erase a person's data. Both run next to a server.

use std::path::Path;

use clap::Args;

use super::Data;
use crate::failure::Failure;
use crate::mail::MAIL_FOLDER;
use crate::stdout::print_line;
use crate::store::{ErasureRefusal, ErasureSummary, PersonQuery};
use crate::text;

/// The person whose data are meant.
#[derive(Debug, Args)]
pub(super) struct Person {
    /// E-mail address or id of the account.
    #[arg(value_name = "EMAIL_OR_ID", value_parser = person)]
    query: PersonQuery,
    #[command(flatten)]
    data: Data,
}

/// The arguments of `erase-person`.
#[derive(Debug, Args)]
pub(super) struct Erase {
    #[command(flatten)]
    person: Person,
    /// Also erases a person who still has access or an invitation, and takes it away. The last manager of a node is
    /// never erased.
    #[arg(long)]
    force: bool,
}

/// Prints everything that is stored about a person as JSON.
pub(super) async fn export(Person { query, data }: Person) -> Result<(), Failure> {
    let store = data.database()?.open_existing("export-person").await?;
    let exported = store.export_person(&query).await;
    store.close().await;
    let exported = exported?.ok_or("nothing is stored about this person")?;
    Ok(print_line(&serde_json::to_string_pretty(&exported)?)?)
}

/// Erases a person, and prints what was erased.
pub(super) async fn erase(Erase { person: Person { query, data }, force }: Erase) -> Result<(), Failure> {
    let database = data.database()?;
    let store = database.open_existing("erase-person").await?;
    let erased = store.erase_person(&query, force).await;
    store.close().await;
    let summary = erased?.map_err(|refusal| match refusal {
        ErasureRefusal::NotFound => "nothing is stored about this person".to_owned(),
        ErasureRefusal::HasAccess(nodes) => format!(
            "this person has access or an invitation at {nodes} nodes. Remove it first, or use --force"
        ),
        ErasureRefusal::LastManager(node) => {
            format!("this person is the last manager of “{node}”. Assign another manager there first")
        }
    })?;
    let mails = delete_mail_files(&database.folder, &summary.addresses)?;
    let (accounts, texts) = (summary.accounts, summary.audit_texts);
    let entries = match summary.kept_entries {
        0 => String::new(),
        kept => format!(", {kept} audit log entries kept, because the log failed its check"),
    };
    print_line(&format!(
        "erased: {accounts} accounts, {texts} names and texts in the audit log, {mails} mail files{entries}"
    ))?;
    for place in copies_of_the_log(&summary) {
        print_line(&format!("not erased: names in {place}; see docs/retention.md"))?;
    }
    Ok(())
}

/// Describes where copies of the audit log may be. No command reaches them.
fn copies_of_the_log(summary: &ErasureSummary) -> Vec<String> {
    let exports = summary.exports.iter().map(|export| format!("the export of the audit log to {export}"));
    let archives =
        summary.has_deleted_entries.then(|| "archives of the audit log (--audit-archive)".to_owned());
    exports.chain(archives).collect()
}

/// Deletes the mails that mention one of the addresses from the mail folder, which is used without a mail server. Returns
/// their number.
fn delete_mail_files(data: &Path, addresses: &[String]) -> std::io::Result<usize> {
    let Ok(files) = std::fs::read_dir(data.join(MAIL_FOLDER)) else { return Ok(0) };
    let mut deleted = 0;
    for file in files {
        let path = file?.path();
        if path.extension().is_none_or(|ending| ending != "eml") {
            continue;
        }
        let mail = String::from_utf8_lossy(&std::fs::read(&path)?).into_owned();
        if addresses.iter().any(|address| mentions_address(&mail, address)) {
            std::fs::remove_file(path)?;
            deleted += 1;
        }
    }
    Ok(deleted)
}

/// Whether a mail mentions an address, as typed or with its domain in ASCII.
fn mentions_address(mail: &str, address: &str) -> bool {
    text::mentions(mail, address) || text::mentions(mail, &text::email_norm(address))
}

fn person(value: &str) -> Result<PersonQuery, String> {
    if let Ok(id) = value.parse() {
        return Ok(PersonQuery::Id(id));
    }
    // Earlier versions accepted addresses that are invalid now. These people can be erased, too.
    if value.contains('@') {
        return Ok(PersonQuery::Email(value.into()));
    }
    Err("expected an e-mail address or the id of an account".into())
}
