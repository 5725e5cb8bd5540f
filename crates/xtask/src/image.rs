//! `cargo xtask image`: packs the static backend as a container image, without a base image.
//!
//! The result is an archive of an [OCI image layout](https://github.com/opencontainers/image-spec/blob/main/image-layout.md).

mod layout;
mod tar;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::backend::BackendProfile;
use crate::cli::OutputOptions;
use crate::console::{Console, Task};
use crate::{dist, workspace};
use tar::Tar;

/// The user and the group of the process.
const USER: u32 = 10001;
const PROGRAM: &str = "usr/local/bin/studio-users-server";
/// The certificate authorities, for mail servers and for a database server on another machine.
const AUTHORITIES: &str = "etc/ssl/certs/ca-certificates.crt";
/// The file with the authorities on the machine that builds the image: Debian and Alpine, Fedora.
const AUTHORITIES_OF_BUILDER: [&str; 2] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];

/// The parts of an image that differ between a release and a test.
pub(crate) struct Contents {
    pub(crate) program: PathBuf,
    /// Further files: the path in the image, without a leading slash, and the source.
    pub(crate) files: Vec<(String, PathBuf)>,
    /// Further arguments of the default command.
    pub(crate) arguments: Vec<String>,
}

/// Builds the static backend and packs it as an image.
pub(crate) fn run(options: OutputOptions) -> Result<()> {
    let console = Console::new(dist::STATIC_STEPS + 1, options.output());
    dist::build_static(&console)?;
    let name =
        format!("studio-users-server-{}-{}.oci.tar", env!("CARGO_PKG_VERSION"), layout::architecture());
    let archive = workspace::target_dir()?.join("dist").join(name);
    let program = BackendProfile::StaticWithPage.program()?;
    let contents = Contents { program, files: Vec::new(), arguments: Vec::new() };
    console.step("Packing the image", None, |task| pack(&contents, &archive, task))?;
    console.print_summary();
    println!("\n  {}\n  To load it: podman load --input {0}\n", archive.display());
    Ok(())
}

/// Writes the archive of an image with one layer.
pub(crate) fn pack(contents: &Contents, archive: &Path, task: &Task) -> Result<()> {
    let layer = layer(contents)?;
    layout::write(&layer, &contents.arguments, archive, task)
}

/// Returns the tar archive with all files of the image. Owners, modes and times do not depend on the machine.
fn layer(contents: &Contents) -> Result<Vec<u8>> {
    let authorities = AUTHORITIES_OF_BUILDER.iter().map(Path::new).find(|path| path.is_file());
    let authorities = authorities
        .context("no certificate authorities found; on Debian and Ubuntu, install ca-certificates")?;
    let mut files = vec![(AUTHORITIES.to_owned(), authorities.to_owned())];
    files.push((PROGRAM.to_owned(), contents.program.clone()));
    files.extend(contents.files.iter().cloned());
    files.sort();

    let mut tar = Tar::default();
    for (path, source) in files {
        let bytes = fs::read(&source).with_context(|| format!("cannot read {}", source.display()))?;
        // The release page is data. Programs and libraries have to be executable.
        let is_program = bytes.starts_with(b"\x7fELF");
        tar.add_file(&path, if is_program { 0o755 } else { 0o644 }, &bytes)?;
    }
    tar.add_file("etc/passwd", 0o644, format!("studio:x:{USER}:{USER}::/data:/sbin/nologin\n").as_bytes())?;
    tar.add_file("etc/group", 0o644, format!("studio:x:{USER}:\n").as_bytes())?;
    tar.add_folder("data", 0o700, USER)?;
    Ok(tar.finish())
}
