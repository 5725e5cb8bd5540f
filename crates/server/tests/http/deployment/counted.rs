//! Forwards connections to a backend and counts them.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// A running forwarder.
pub(super) struct Counted {
    pub(super) port: u16,
    connections: Arc<AtomicUsize>,
}

impl Counted {
    /// Starts a forwarder. Its target can be selected later.
    pub(super) fn start(listener: TcpListener, target: String) -> Self {
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        thread::spawn(move || {
            for client in listener.incoming() {
                counter.fetch_add(1, Ordering::SeqCst);
                // Ignores aborted connections.
                let _ = client.and_then(|client| forward(client, TcpStream::connect(&target)?));
            }
        });
        Self { port, connections }
    }

    /// Returns the number of connections so far.
    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

fn forward(client: TcpStream, server: TcpStream) -> std::io::Result<()> {
    let (from, to) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || copy(from, to));
    thread::spawn(move || copy(server, client));
    Ok(())
}

/// Copies until the end, without buffering.
fn copy(mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = [0; 8_192];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
