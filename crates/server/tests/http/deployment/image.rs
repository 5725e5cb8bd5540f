//! The container image, unpacked and started as a container engine would.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use sha2::{Digest, Sha256};
use studio_users_contract::path;
use tempfile::TempDir;

use super::programs::Running;
use crate::server::request;

/// The variable with the path of the archive.
const IMAGE: &str = "STUDIO_USERS_TEST_IMAGE";

/// An unpacked image.
struct Image {
    folder: TempDir,
    /// The member `config` of the configuration.
    config: Value,
    /// The entries of the layer, with their mode and owner.
    entries: BTreeMap<String, String>,
}

impl Image {
    fn unpack() -> Self {
        let archive = PathBuf::from(std::env::var_os(IMAGE).expect("the path of an image"));
        let folder = TempDir::new().unwrap();
        tar(Command::new("tar").arg("-xf").arg(archive).arg("-C").arg(folder.path()));
        let read = |file: &Path| serde_json::from_slice::<Value>(&std::fs::read(file).unwrap()).unwrap();
        let version = read(&folder.path().join("oci-layout"));
        assert_eq!(version["imageLayoutVersion"], "1.0.0");
        let index = read(&folder.path().join("index.json"));
        let manifest = read(&blob(folder.path(), &index["manifests"][0]));
        let configuration = read(&blob(folder.path(), &manifest["config"]));
        let layers = manifest["layers"].as_array().unwrap();
        assert_eq!(layers.len(), 1);
        let layer = blob(folder.path(), &layers[0]);
        // Docker reads this file instead.
        let for_docker = &read(&folder.path().join("manifest.json"))[0];
        let path_of = |descriptor: &Value| {
            format!("blobs/{}", descriptor["digest"].as_str().unwrap().replace(':', "/"))
        };
        assert_eq!(for_docker["Config"], path_of(&manifest["config"]));
        assert_eq!(for_docker["Layers"], serde_json::json!([path_of(&layers[0])]));

        let plain = Command::new("gzip").arg("-cd").arg(&layer).output().unwrap().stdout;
        assert_eq!(configuration["rootfs"]["diff_ids"][0], digest(&plain));
        let root = folder.path().join("root");
        std::fs::create_dir(&root).unwrap();
        tar(Command::new("tar").arg("-xzf").arg(&layer).arg("-C").arg(&root));
        let list = tar(Command::new("tar").args(["-tvzf"]).arg(&layer).arg("--numeric-owner"));
        let entries = list.lines().map(|line| {
            let words: Vec<_> = line.split_whitespace().collect();
            (words[words.len() - 1].to_owned(), format!("{} {}", words[0], words[1]))
        });
        Self { config: configuration["config"].clone(), entries: entries.collect(), folder }
    }

    /// Returns the texts of a list in the configuration.
    fn texts(&self, member: &str) -> Vec<&str> {
        self.config[member].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
    }

    /// Returns the command that starts the image with a read-only root and as its own user.
    fn command(&self) -> Command {
        let root = self.folder.path().join("root");
        // A container engine creates these.
        for folder in ["proc", "dev"] {
            std::fs::create_dir_all(root.join(folder)).unwrap();
        }
        let (user, group) = self.config["User"].as_str().unwrap().split_once(':').unwrap();
        let mut command = Command::new("bwrap");
        command.args(["--unshare-user", "--uid", user, "--gid", group, "--unshare-pid", "--die-with-parent"]);
        command.args(["--cap-drop", "ALL", "--ro-bind"]).arg(&root).args(["/", "--proc", "/proc"]);
        command.args(["--dev", "/dev", "--remount-ro", "/dev", "--tmpfs", "/data", "--clearenv"]);
        for variable in self.texts("Env") {
            let (name, value) = variable.split_once('=').unwrap();
            command.args(["--setenv", name, value]);
        }
        command.args(["--chdir", self.config["WorkingDir"].as_str().unwrap(), "--"]);
        command.args(self.texts("Entrypoint")).args(self.texts("Cmd"));
        command
    }
}

/// Returns the file of a descriptor, after a check of its size and digest.
fn blob(folder: &Path, descriptor: &Value) -> PathBuf {
    let name = descriptor["digest"].as_str().unwrap();
    let file = folder.join("blobs").join(name.replace(':', "/"));
    let bytes = std::fs::read(&file).unwrap();
    assert_eq!(descriptor["size"], bytes.len());
    assert_eq!(name, digest(&bytes));
    file
}

fn digest(bytes: &[u8]) -> String {
    let digits =
        Sha256::digest(bytes).iter().fold(String::new(), |digits, byte| digits + &format!("{byte:02x}"));
    format!("sha256:{digits}")
}

fn tar(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
#[ignore = "needs an image and bubblewrap: see `deployment`"]
fn contains_the_program_and_little_else() {
    let image = Image::unpack();
    let entry = |path: &str| image.entries.get(path).map(String::as_str);
    assert_eq!(entry("usr/local/bin/studio-users-server"), Some("-rwxr-xr-x 0/0"));
    assert_eq!(entry("etc/ssl/certs/ca-certificates.crt"), Some("-rw-r--r-- 0/0"));
    assert_eq!(entry("data/"), Some("drwx------ 10001/10001"));
    for (path, mode) in &image.entries {
        let is_known = ["usr/", "etc/", "data/", "page/", "lib/", "lib64/"];
        assert!(is_known.iter().any(|folder| path.starts_with(folder)), "{path}");
        let permissions = mode.split(' ').next().unwrap();
        assert!(!permissions.contains(['s', 't']) && &permissions[8..9] != "w", "{path} {mode}");
        assert!(path == "data/" || mode.ends_with(" 0/0"), "{path} {mode}");
    }
    assert_eq!(image.config["User"], "10001:10001");
    assert_eq!(image.config["Volumes"].as_object().unwrap().keys().collect::<Vec<_>>(), ["/data"]);
    assert_eq!(image.config["Labels"]["org.opencontainers.image.version"], env!("CARGO_PKG_VERSION"));
}

#[test]
#[ignore = "needs an image and bubblewrap: see `deployment`"]
fn starts_with_a_read_only_root_and_without_rights() {
    let image = Image::unpack();
    let mut command = image.command();
    command.args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped());
    let mut running = Running(command.spawn().unwrap());
    let mut lines = BufReader::new(running.0.stdout.take().unwrap()).lines().map_while(Result::ok);
    let url = lines.find_map(|line| line.strip_prefix("Listening on ").map(str::to_owned));
    let url = url.expect("the program of the image listens");
    assert_eq!(request(&url, "GET", path::HEALTH, &[], b"").status, 204, "it writes to /data");
    let page = request(&url, "GET", "/", &[], b"");
    assert_eq!(page.status, 200);
    assert!(page.text().contains("_bg.wasm"), "{}", page.text());
}
