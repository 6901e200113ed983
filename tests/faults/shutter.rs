//! Stands between the processes and an S3 server, and does to their requests what a failing store would.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::store::Trouble;

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passing {
    /// It goes through.
    Open,
    /// Nobody is there: the connection is closed before anything is said.
    Gone,
    /// It goes through, each half a second late.
    Slow,
    /// Whatever would change something is refused as by a full disk.
    Full,
    /// Whatever would change something is forbidden.
    ReadOnly,
    /// Answers break off in the middle, and what is sent up arrives, with nobody told.
    Torn,
}

impl Passing {
    /// What a store in this trouble does; one whose objects are damaged lets everything through.
    pub fn under(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Gone => Self::Gone,
            Trouble::Slow => Self::Slow,
            Trouble::Full => Self::Full,
            Trouble::ReadOnly => Self::ReadOnly,
            Trouble::Torn => Self::Torn,
            Trouble::Corrupt | Trouble::HalfWritten => Self::Open,
        }
    }
}

/// How late a request is that is slow.
const LATE: Duration = Duration::from_millis(500);

/// A proxy that forwards one request a connection.
pub struct Shutter {
    passing: Arc<Mutex<Passing>>,
    /// `http://host:port`.
    pub endpoint: String,
}

impl Shutter {
    /// In front of `http://host:port`.
    pub fn before(server: &str) -> io::Result<Self> {
        let upstream = server.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let passing = Arc::new(Mutex::new(Passing::Open));
        let now = passing.clone();
        // It ends with the process: nobody joins it.
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (now, upstream) = (now.clone(), upstream.clone());
                std::thread::spawn(move || {
                    // Whoever breaks a connection off meets what a network does.
                    let _ = forward(&client, &upstream, || *now.lock().unwrap_or_else(PoisonError::into_inner));
                    let _ = client.shutdown(Shutdown::Both);
                });
            }
        });
        Ok(Self { passing, endpoint })
    }

    pub fn set(&self, passing: Passing) {
        *self.passing.lock().unwrap_or_else(PoisonError::into_inner) = passing;
    }
}

/// One request and its answer.
fn forward(client: &TcpStream, upstream: &str, passing: impl Fn() -> Passing) -> io::Result<()> {
    let mut from = BufReader::new(client);
    let head = Head::read(&mut from)?;
    let passing = passing();
    let refused = matches!(passing, Passing::Full | Passing::ReadOnly) && head.changes;
    match passing {
        Passing::Gone => return Ok(()),
        Passing::Slow => std::thread::sleep(LATE),
        _ => {}
    }
    if refused {
        io::copy(&mut from.by_ref().take(head.body_bytes), &mut io::sink())?;
        return refuse(client, passing);
    }
    let mut server = TcpStream::connect(upstream)?;
    server.write_all(head.lines.as_bytes())?;
    if head.waits_to_be_told {
        (&*client).write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    io::copy(&mut from.by_ref().take(head.body_bytes), &mut server)?;
    if passing != Passing::Torn {
        return io::copy(&mut server, &mut &*client).map(drop);
    }
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    let half = if head.changes { 0 } else { answer.len() / 2 };
    (&*client).write_all(&answer[..half])
}

fn refuse(mut client: &TcpStream, passing: Passing) -> io::Result<()> {
    let (status, code) = match passing {
        Passing::Full => ("507 Insufficient Storage", "InsufficientStorage"),
        _ => ("403 Forbidden", "AccessDenied"),
    };
    let body = format!("<Error><Code>{code}</Code><Message>as a fault has it</Message></Error>");
    write!(client, "HTTP/1.1 {status}\r\ncontent-type: application/xml\r\ncontent-length: {}\r\n", body.len())?;
    write!(client, "connection: close\r\n\r\n{body}")
}

/// The head of a request, ready to be sent on: as it was, but that the connection ends with its answer.
struct Head {
    lines: String,
    changes: bool,
    body_bytes: u64,
    waits_to_be_told: bool,
}

impl Head {
    fn read(from: &mut impl BufRead) -> io::Result<Self> {
        let mut lines = String::new();
        if from.read_line(&mut lines)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let changes = !(lines.starts_with("GET ") || lines.starts_with("HEAD "));
        let (mut body_bytes, mut waits_to_be_told) = (0, false);
        loop {
            let mut line = String::new();
            from.read_line(&mut line)?;
            let lower = line.to_ascii_lowercase();
            if let Some(bytes) = lower.strip_prefix("content-length:") {
                body_bytes = bytes.trim().parse().map_err(|_| io::ErrorKind::InvalidData)?;
            }
            if lower.trim().is_empty() {
                break;
            }
            if lower.starts_with("expect:") {
                waits_to_be_told = true;
            } else if !lower.starts_with("connection:") {
                lines.push_str(&line);
            }
        }
        lines.push_str("connection: close\r\n\r\n");
        Ok(Self { lines, changes, body_bytes, waits_to_be_told })
    }
}
