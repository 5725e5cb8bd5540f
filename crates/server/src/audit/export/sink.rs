use std::io;

use super::file::FileSink;
use super::syslog::{send_by_tcp, send_by_udp, send_to_socket};
use super::{ExportTarget, ExportedEntry};

/// Delivers entries to a target.
#[derive(Debug)]
pub(crate) struct Sink {
    target: ExportTarget,
    /// The open file of a target that is a file.
    file: Option<FileSink>,
}

impl Sink {
    pub(crate) fn new(target: ExportTarget) -> Self {
        Self { target, file: None }
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
            ExportTarget::SyslogTcp(address) => send_by_tcp(address, entries).await,
        }
    }
}
