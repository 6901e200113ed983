//! Reading a configuration, right or wrong, connects to nobody.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::process::Command;

#[test]
fn a_broker_that_is_named_hears_nothing() {
    let broker = TcpListener::bind("127.0.0.1:0").unwrap();
    broker.set_nonblocking(true).unwrap();
    let address = broker.local_addr().unwrap();
    let dir = tempfile::tempdir().unwrap();
    for (setting, code) in [
        ("service.lanes=1", 0),
        ("service.lanes=0", 2),
        ("kafka.session.timeout.ms=x", 2),
        // Each is allowed, but not beside the others.
        ("kafka.max.poll.interval.ms=1000", 2),
        ("kafka.producer.transaction.timeout.ms=1000", 0),
    ] {
        let status = Command::new(env!("CARGO_BIN_EXE_needle"))
            .current_dir(&dir)
            .args(["check", "--set", setting])
            .env("NEEDLE_KAFKA__BOOTSTRAP_SERVERS", address.to_string())
            .output()
            .unwrap();
        assert_eq!(status.status.code(), Some(code), "{status:?}");
        assert_eq!(broker.accept().map(|_| ()).unwrap_err().kind(), ErrorKind::WouldBlock, "{setting}");
    }
}
