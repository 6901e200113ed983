//! Where a store overwrites what it was asked to create, of two writers both would believe that they had won: the service does not start.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

/// Takes every object, as an S3 server does that knows no conditions.
fn answer(stream: &TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let (mut length, mut lines) = (0, Vec::new());
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let line = line.trim().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
            lines.push(line);
        }
        reader.read_exact(&mut vec![0; length])?;
        let answer = match lines[0].starts_with("delete") {
            true => "HTTP/1.1 204 No Content\r\n\r\n",
            false => "HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 0\r\n\r\n",
        };
        (&mut &*stream).write_all(answer.as_bytes())?;
    }
}

#[test]
fn before_it_asks_for_brokers() {
    let server = TcpListener::bind("127.0.0.1:0").expect("a port");
    let endpoint = format!("http://{}", server.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in server.incoming().flatten() {
            std::thread::spawn(move || answer(&stream));
        }
    });
    let directory = tempfile::tempdir().expect("a directory");
    let output = Command::new(env!("CARGO_BIN_EXE_needle"))
        .current_dir(&directory)
        .args(["run", "--set", "snapshots.url=s3://bucket/needle", "--set", "service.listen=127.0.0.1:0"])
        // Nobody is there: whoever waits for brokers waits for ever.
        .env("NEEDLE_KAFKA__BOOTSTRAP_SERVERS", "127.0.0.1:1")
        .envs([("AWS_ENDPOINT_URL", endpoint.as_str()), ("AWS_REGION", "eu-central-1")])
        .envs([("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "b")])
        .stdin(Stdio::null())
        .output()
        .expect("needle starts");
    let log = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{log}");
    assert!(log.contains("s3://bucket/needle") && log.contains("it ignores If-None-Match"), "{log}");
}
