//! A proxy between a backend and PostgreSQL that loses the answer to a commit.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// The message with the statement that sqlx commits with.
const COMMIT: &[u8] = b"COMMIT\0";

/// A running proxy.
pub(super) struct Proxy {
    pub(super) port: u16,
    is_armed: Arc<AtomicBool>,
}

impl Proxy {
    /// Starts a proxy to a socket of PostgreSQL, on a port of this machine.
    pub(super) fn start(socket: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let is_armed = Arc::new(AtomicBool::new(false));
        let shared = is_armed.clone();
        thread::spawn(move || {
            for client in listener.incoming() {
                let (socket, is_armed) = (socket.clone(), shared.clone());
                // Ignores aborted connections.
                thread::spawn(move || {
                    client.and_then(|client| forward(&client, UnixStream::connect(socket)?, &is_armed))
                });
            }
        });
        Self { port, is_armed }
    }

    /// Closes the connection that commits next, after the commit and before its answer.
    pub(super) fn lose_next_commit(&self) {
        self.is_armed.store(true, Ordering::SeqCst);
    }
}

fn forward(mut client: &TcpStream, server: UnixStream, is_armed: &AtomicBool) -> std::io::Result<()> {
    let is_lost = Arc::new(AtomicBool::new(false));
    let (mut answers, to_client, drops) = (server.try_clone()?, client.try_clone()?, is_lost.clone());
    let answering = thread::spawn(move || copy(&mut answers, to_client, &drops));
    let mut buffer = [0; 65_536];
    let mut requests = &server;
    loop {
        let length = client.read(&mut buffer)?;
        if length == 0 {
            break;
        }
        let message = &buffer[..length];
        let is_commit = message.windows(COMMIT.len()).any(|part| part == COMMIT);
        if is_commit && is_armed.swap(false, Ordering::SeqCst) {
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
    let mut buffer = [0; 65_536];
    loop {
        let length = server.read(&mut buffer)?;
        if length == 0 || is_lost.load(Ordering::SeqCst) {
            client.shutdown(Shutdown::Both)?;
            return Ok(());
        }
        client.write_all(&buffer[..length])?;
    }
}
