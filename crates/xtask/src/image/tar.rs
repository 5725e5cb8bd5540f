//! Writes tar archives in the format [ustar](https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html).
//!
//! The layer of an image has owners that do not exist on the machine that builds it, and must not depend on that
//! machine. The options of `tar` for that differ between Linux and macOS.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};

const BLOCK: usize = 512;
/// The maximum length of a path without the field `prefix`, in bytes.
const MAX_PATH: usize = 100;

/// An archive in memory.
#[derive(Default)]
pub(super) struct Tar {
    bytes: Vec<u8>,
    folders: BTreeSet<String>,
}

impl Tar {
    /// Adds a file of root, after the folders above it.
    pub(super) fn add_file(&mut self, path: &str, mode: u32, content: &[u8]) -> Result<()> {
        self.add_parents(path)?;
        self.add_header(path, mode, 0, content.len(), b'0')?;
        self.bytes.extend_from_slice(content);
        self.bytes.resize(self.bytes.len().next_multiple_of(BLOCK), 0);
        Ok(())
    }

    /// Adds an empty folder of a user and of the group with the same number.
    pub(super) fn add_folder(&mut self, path: &str, mode: u32, owner: u32) -> Result<()> {
        self.add_parents(path)?;
        if self.folders.insert(path.to_owned()) {
            self.add_header(&format!("{path}/"), mode, owner, 0, b'5')?;
        }
        Ok(())
    }

    /// Returns the archive, with the two empty blocks at its end.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.bytes.resize(self.bytes.len() + 2 * BLOCK, 0);
        self.bytes
    }

    fn add_parents(&mut self, path: &str) -> Result<()> {
        match path.rsplit_once('/') {
            Some((parent, _)) => self.add_folder(parent, 0o755, 0),
            None => Ok(()),
        }
    }

    fn add_header(&mut self, path: &str, mode: u32, owner: u32, size: usize, kind: u8) -> Result<()> {
        ensure!(path.len() <= MAX_PATH, "the path {path} is too long for the image");
        let mut header = [0; BLOCK];
        let mut put = |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
        put(0, path);
        put(100, &format!("{mode:07o}"));
        put(108, &format!("{owner:07o}"));
        put(116, &format!("{owner:07o}"));
        put(124, &format!("{size:011o}"));
        // The time of modification.
        put(136, "00000000000");
        // The checksum counts its own field as spaces.
        put(148, "        ");
        put(257, "ustar\0");
        put(263, "00");
        header[156] = kind;
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        self.bytes.extend_from_slice(&header);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::Stdio;

    use super::*;
    use crate::process;

    #[test]
    fn writes_what_tar_reads() {
        let mut tar = Tar::default();
        tar.add_file("a/b/file", 0o644, &[b'x'; 513]).unwrap();
        tar.add_file("a/program", 0o755, b"").unwrap();
        tar.add_folder("data", 0o700, 10001).unwrap();
        let bytes = tar.finish();
        assert_eq!(bytes.len() % BLOCK, 0);

        let mut list = process::command("tar");
        list.args(["--list", "--verbose", "--numeric-owner", "--file", "-"])
            .env("TZ", "UTC")
            .env("LC_ALL", "C");
        let mut child = list.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(&bytes).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).unwrap();
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
        let modes: Vec<_> = lines.iter().map(|words| (words[0], words[words.len() - 1])).collect();
        let expected = [
            ("drwxr-xr-x", "a/"),
            ("drwxr-xr-x", "a/b/"),
            ("-rw-r--r--", "a/b/file"),
            ("-rwxr-xr-x", "a/program"),
            ("drwx------", "data/"),
        ];
        assert_eq!(modes, expected);
        assert!(lines[2].contains(&"513"), "{text}");
        assert!(text.lines().last().unwrap().contains("10001"), "{text}");
    }

    #[test]
    fn rejects_a_path_that_does_not_fit() {
        assert!(Tar::default().add_file(&"x".repeat(101), 0o644, b"").is_err());
    }
}
