//! The files of an OCI image layout: the layer, the configuration, the manifest and the index.

use std::env::consts::ARCH;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::{AUTHORITIES, PROGRAM, USER};
use crate::console::Task;
use crate::{checksum, process};

/// The name of the image.
const NAME: &str = "studio-users-server";
const MANIFEST_TYPE: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG_TYPE: &str = "application/vnd.oci.image.config.v1+json";
const LAYER_TYPE: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// A file that is named after its SHA-256.
struct Blob {
    digest: String,
    size: u64,
}

impl Blob {
    /// Returns the [descriptor](https://github.com/opencontainers/image-spec/blob/main/descriptor.md) of the file, with
    /// further members.
    fn descriptor(&self, media_type: &str, more: &str) -> String {
        let Self { digest, size } = self;
        format!(r#"{{"mediaType":"{media_type}","digest":"sha256:{digest}","size":{size}{more}}}"#)
    }
}

/// Returns the name of this machine's processor in images.
pub(super) fn architecture() -> &'static str {
    match ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

/// Writes an image with one layer and these further arguments of the default command.
pub(super) fn write(layer: &[u8], arguments: &[String], archive: &Path, task: &Task) -> Result<()> {
    let folder = archive.with_added_extension("layout");
    let blobs = folder.join("blobs/sha256");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(&blobs).with_context(|| format!("cannot create {}", blobs.display()))?;

    let tar = folder.join("layer.tar");
    fs::write(&tar, layer).context("cannot write the layer")?;
    let diff_id = checksum::sha256(&tar)?;
    // Without the name and the time, so that the same files give the same image.
    task.run(process::command("gzip").args(["--best", "--no-name"]).arg(&tar))?;
    let layer = add_blob(&blobs, &folder.join("layer.tar.gz"))?;
    let add_text = |text: String| {
        let file = folder.join("blob");
        fs::write(&file, text).context("cannot write a part of the image")?;
        add_blob(&blobs, &file)
    };
    let config = add_text(config(&diff_id, arguments))?;
    let manifest = add_text(format!(
        r#"{{"schemaVersion":2,"mediaType":"{MANIFEST_TYPE}","config":{},"layers":[{}]}}"#,
        config.descriptor(CONFIG_TYPE, ""),
        layer.descriptor(LAYER_TYPE, "")
    ))?;
    let version = env!("CARGO_PKG_VERSION");
    let name = format!(
        r#","annotations":{{"org.opencontainers.image.ref.name":"{version}","io.containerd.image.name":"docker.io/library/{NAME}:{version}"}}"#
    );
    let index = format!(
        r#"{{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{}]}}"#,
        manifest.descriptor(MANIFEST_TYPE, &name)
    );
    fs::write(folder.join("index.json"), index).context("cannot write the index")?;
    fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#)
        .context("cannot write the version of the layout")?;
    // Docker without the image store of containerd reads this file: https://github.com/moby/docker-image-spec
    let for_docker = format!(
        r#"[{{"Config":"blobs/sha256/{}","RepoTags":["{NAME}:{version}"],"Layers":["blobs/sha256/{}"]}}]"#,
        config.digest, layer.digest
    );
    fs::write(folder.join("manifest.json"), for_docker).context("cannot write the manifest for Docker")?;

    let mut tar = process::command("tar");
    tar.current_dir(&folder).args(["--create", "--file"]).arg(archive).args([
        "oci-layout",
        "index.json",
        "manifest.json",
        "blobs",
    ]);
    task.run(&mut tar)?;
    fs::remove_dir_all(&folder).with_context(|| format!("cannot delete {}", folder.display()))
}

/// Moves a file to the blobs.
fn add_blob(blobs: &Path, file: &Path) -> Result<Blob> {
    let digest = checksum::sha256(file)?;
    let size = file.metadata()?.len();
    fs::rename(file, blobs.join(&digest)).with_context(|| format!("cannot move {}", file.display()))?;
    Ok(Blob { digest, size })
}

/// Returns the [configuration](https://github.com/opencontainers/image-spec/blob/main/config.md) of the image.
///
/// SQLite writes large sorts to temporary files. The root file system is read-only, so they are in the volume.
fn config(diff_id: &str, arguments: &[String]) -> String {
    let (architecture, version) = (architecture(), env!("CARGO_PKG_VERSION"));
    let arguments =
        arguments.iter().fold(String::new(), |list, argument| list + &format!(r#","{argument}""#));
    format!(
        r#"{{
  "architecture": "{architecture}",
  "os": "linux",
  "config": {{
    "User": "{USER}:{USER}",
    "ExposedPorts": {{"8080/tcp": {{}}}},
    "Env": ["PATH=/usr/local/bin", "SSL_CERT_FILE=/{AUTHORITIES}", "SQLITE_TMPDIR=/data"],
    "Entrypoint": ["/{PROGRAM}"],
    "Cmd": ["serve", "--data", "/data", "--listen", "0.0.0.0:8080"{arguments}],
    "Volumes": {{"/data": {{}}}},
    "WorkingDir": "/",
    "StopSignal": "SIGTERM",
    "Labels": {{
      "org.opencontainers.image.title": "studio-users-server",
      "org.opencontainers.image.description": "User management for a studio with many environments",
      "org.opencontainers.image.licenses": "MIT OR Apache-2.0",
      "org.opencontainers.image.version": "{version}"
    }}
  }},
  "rootfs": {{"type": "layers", "diff_ids": ["sha256:{diff_id}"]}},
  "history": [{{"created_by": "cargo xtask image"}}]
}}"#
    )
}
