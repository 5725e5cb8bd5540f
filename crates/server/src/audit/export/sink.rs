use std::io::{self, ErrorKind};

use super::file::FileSink;
use super::syslog::{send_by_tcp, send_by_udp, send_to_socket};
use super::{ExportTarget, ExportedEntry};

/// Delivers entries to a target.
#[derive(Debug)]
pub(crate) struct Sink {
    target: ExportTarget,
    /// The open file of a target that is a file.
    file: Option<FileSink>,
    /// The number of attempts in a row that a receiver of TCP has not confirmed.
    unconfirmed: u32,
}

/// The number of attempts after which a receiver that confirms nothing counts as one that never does.
const UNCONFIRMED_ATTEMPTS: u32 = 3;

impl Sink {
    pub(crate) fn new(target: ExportTarget) -> Self {
        Self { target, file: None, unconfirmed: 0 }
    }

    /// Delivers entries in their order. Returns once the target has them, as far as that can be known.
    ///
    /// # Errors
    /// Fails if the target cannot be reached. It may have some of the entries.
    pub(crate) async fn send(&mut self, entries: &[ExportedEntry]) -> io::Result<()> {
        match &self.target {
            ExportTarget::File(path) => {
                let mut file = self.file.take().unwrap_or_else(|| FileSink::new(path.clone()));
                let mut lines = String::new();
                for entry in entries {
                    lines += &entry.json;
                    lines.push('\n');
                }
                let append = move || (file.append(lines.as_bytes()), file);
                let (appended, file) = tokio::task::spawn_blocking(append).await.map_err(io::Error::other)?;
                self.file = Some(file);
                appended
            }
            ExportTarget::SyslogSocket(path) => send_to_socket(path, entries).await,
            ExportTarget::SyslogUdp(address) => send_by_udp(address, entries).await,
            ExportTarget::SyslogTcp(address) => {
                let is_confirmed = send_by_tcp(address, entries).await?;
                self.require_confirmation(is_confirmed)
            }
        }
    }

    /// Accepts entries that a receiver has not confirmed only if it never does.
    fn require_confirmation(&mut self, is_confirmed: bool) -> io::Result<()> {
        self.unconfirmed = if is_confirmed { 0 } else { self.unconfirmed.saturating_add(1) };
        if (1..UNCONFIRMED_ATTEMPTS).contains(&self.unconfirmed) {
            let message = "the receiver has not closed the connection, so it may not have read all entries";
            return Err(io::Error::new(ErrorKind::TimedOut, message));
        }
        if self.unconfirmed == UNCONFIRMED_ATTEMPTS {
            tracing::warn!(
                export = %self.target,
                "the receiver never closes a connection; its entries count as received without a confirmation"
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_that_never_confirms_gets_entries_three_times_and_then_once() {
        let mut sink = Sink::new(ExportTarget::parse("syslog+tcp://logs.example:601").unwrap());
        let sent: Vec<_> = [false, false, false, false, true, false, false, false]
            .into_iter()
            .map(|is_confirmed| sink.require_confirmation(is_confirmed).is_ok())
            .collect();
        assert_eq!(sent, [false, false, true, true, true, false, false, true]);
    }
}
