//! A service whose models cannot be read does not begin with others: it waits, says so, is not ready, and ends when it is told to.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Command, Stdio};

/// A port that nobody listens on.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

#[test]
fn loudly() {
    let dir = tempfile::tempdir().unwrap();
    let (address, bucket, brokers) = (nobody(), format!("http://{}", nobody()), nobody());
    let mut needle = Command::new(env!("CARGO_BIN_EXE_needle"))
        .current_dir(&dir)
        .args(["run", "--set", "models.url=s3://bucket/models"])
        .args(["--set", &format!("service.listen={address}")])
        .args(["--set", &format!("kafka.bootstrap.servers={brokers}")])
        .env_remove("RUST_LOG")
        .envs([("AWS_ENDPOINT_URL", bucket.as_str()), ("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "b")])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let log = BufReader::new(needle.stderr.take().unwrap());
    let mut lines = log.lines().map_while(Result::ok);
    let told = lines.find(|line| line.contains("models cannot be looked for now"));
    assert!(told.is_some_and(|line| line.contains("the list of tenants")));
    assert_eq!(crate::http::get(&address, "/readyz").unwrap().0, 503);
    assert_eq!(crate::http::get(&address, "/healthz").unwrap().0, 200);
    let looks = "needle_model_looks_total{result=\"unreadable\"}";
    assert!(crate::http::get(&address, "/metrics").unwrap().1.contains(looks));
    let killed = Command::new("sh").args(["-c", &format!("kill -s TERM {}", needle.id())]).status().unwrap();
    assert!(killed.success());
    assert_eq!(needle.wait().unwrap().code(), Some(0));
    let rest: Vec<String> = lines.collect();
    assert!(!rest.iter().any(|line| line.contains("waiting for brokers")), "it has not gone on: {rest:?}");
}
