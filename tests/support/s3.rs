//! A real S3 server: the suite's own, named by the environment (`make test`), else started once for this process.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

pub const BUCKET: &str = "needle";

/// Where it listens.
#[derive(Clone, Debug)]
pub struct S3 {
    /// `http://host:port`.
    pub endpoint: String,
}

impl S3 {
    pub fn shared() -> &'static S3 {
        static SHARED: OnceLock<S3> = OnceLock::new();
        // Never dropped: its pipe closes when this process ends, however it does, and that ends the server.
        static STARTED: OnceLock<OwnS3> = OnceLock::new();
        SHARED.get_or_init(|| match std::env::var("NEEDLE_TEST_S3") {
            Ok(endpoint) => S3 { endpoint },
            Err(_) => STARTED.get_or_init(S3::own).server.clone(),
        })
    }

    /// A server that nobody else uses, gone when it is dropped.
    pub fn own() -> OwnS3 {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/s3/server");
        let mut script =
            Command::new(script).arg("run").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("starts");
        let pipe = script.stdin.take();
        let mut line = String::new();
        BufReader::new(script.stdout.take().expect("piped")).read_line(&mut line).expect("text");
        let endpoint = line.trim_end().strip_prefix("ready ").expect("the S3 server starts").to_owned();
        OwnS3 { server: S3 { endpoint }, script, pipe }
    }

    /// What a process needs in its environment, or `store::open_with` in place of it.
    pub fn environment(&self) -> Vec<(String, String)> {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        [
            ("AWS_ENDPOINT_URL", self.endpoint.as_str()),
            ("AWS_ACCESS_KEY_ID", "needle"),
            ("AWS_SECRET_ACCESS_KEY", "needle-secret"),
            ("AWS_REGION", "us-east-1"),
        ]
        .map(owned)
        .into()
    }

    /// A url with a prefix that no other test uses: `s3://needle/<name>-…`.
    pub fn unique_url(&self, name: &str) -> String {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
        let (process, number) = (std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        format!("s3://{BUCKET}/{name}-{}-{process}-{number}", since_1970.as_millis())
    }
}

pub struct OwnS3 {
    pub server: S3,
    script: Child,
    pipe: Option<ChildStdin>,
}

impl OwnS3 {
    /// Ends it: nobody listens at its endpoint when this returns.
    pub fn stop(&mut self) {
        drop(self.pipe.take());
        let _ = self.script.wait();
    }
}

impl Drop for OwnS3 {
    fn drop(&mut self) {
        self.stop();
    }
}
