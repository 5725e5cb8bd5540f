//! A proxy between a backend and PostgreSQL that loses the answer to the commit of a certain change.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

/// The message with which sqlx commits.
const COMMIT: &[u8] = b"COMMIT\0";

/// A running proxy.
pub(super) struct Proxy {
    pub(super) port: u16,
    marker: Arc<Mutex<Option<Vec<u8>>>>,
}

impl Proxy {
    /// Starts a proxy to a socket of PostgreSQL, on a port of this machine.
    pub(super) fn start(socket: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let marker = Arc::new(Mutex::default());
        let shared = Arc::clone(&marker);
        thread::spawn(move || {
            for client in listener.incoming() {
                let (socket, marker) = (socket.clone(), Arc::clone(&shared));
                // Ignores aborted connections.
                thread::spawn(move || {
                    client.and_then(|client| forward(&client, &UnixStream::connect(socket)?, &marker))
                });
            }
        });
        Self { port, marker }
    }

    /// Closes the connection that sends these bytes and commits, after the commit and before its answer. Does it once.
    pub(super) fn lose_commit_of(&self, marker: &[u8]) {
        *self.marker.lock().unwrap() = Some(marker.to_vec());
    }

    /// Whether the commit was lost.
    pub(super) fn has_lost(&self) -> bool {
        self.marker.lock().unwrap().is_none()
    }
}

fn forward(
    mut client: &TcpStream,
    server: &UnixStream,
    marker: &Mutex<Option<Vec<u8>>>,
) -> std::io::Result<()> {
    let is_lost = Arc::new(AtomicBool::new(false));
    let (mut answers, to_client, drops) = (server.try_clone()?, client.try_clone()?, is_lost.clone());
    let answering = thread::spawn(move || copy(&mut answers, to_client, &drops));
    let mut buffer = vec![0; 65_536];
    let mut requests = server;
    let mut is_marked = false;
    loop {
        let length = client.read(&mut buffer)?;
        if length == 0 {
            break;
        }
        let message = &buffer[..length];
        let contains = |part: &[u8]| message.windows(part.len()).any(|found| found == part);
        is_marked |= marker.lock().unwrap().as_deref().is_some_and(contains);
        if contains(COMMIT) && is_marked {
            *marker.lock().unwrap() = None;
            is_lost.store(true, Ordering::SeqCst);
        }
        requests.write_all(message)?;
    }
    server.shutdown(Shutdown::Both)?;
    let _ = answering.join();
    Ok(())
}

/// Forwards answers. Once an answer is to be lost, closes the client's connection instead.
fn copy(server: &mut UnixStream, mut client: TcpStream, is_lost: &AtomicBool) -> std::io::Result<()> {
    let mut buffer = vec![0; 65_536];
    loop {
        let length = server.read(&mut buffer)?;
        if length == 0 || is_lost.load(Ordering::SeqCst) {
            client.shutdown(Shutdown::Both)?;
            return Ok(());
        }
        client.write_all(&buffer[..length])?;
    }
}
