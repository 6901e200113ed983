//! An input that cannot be read whole stops the replay, and says where.

use std::io::Write;

use crate::file_support::*;
use needle::log::Remedy;
use needle::log::file::Inputs;

fn error(inputs: Inputs) -> String {
    let error = read_all(&mut started(inputs, nowhere()), 10).unwrap_err();
    assert_eq!(error.remedy, Remedy::Crash);
    error.cause
}

#[test]
fn a_file_that_is_not_there_is_found_out_before_anything_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let here = write(dir.path(), "here", b"one\n");
    let missing = dir.path().join("missing").to_str().unwrap().to_owned();
    let error = Inputs::new(&[here.clone(), missing.clone()], Box::new(bare)).err().unwrap();
    assert!(error.cause.starts_with(&missing), "{error}");
    let folder = dir.path().to_str().unwrap().to_owned();
    let error = Inputs::new(&[here, folder.clone()], Box::new(bare)).err().unwrap();
    assert_eq!(error.cause, format!("{folder}: it is a directory"));
}

#[test]
fn a_line_at_the_bound_is_read_and_a_longer_one_is_named() {
    let dir = tempfile::tempdir().unwrap();
    for end in ["\n", "\r\n", ""] {
        let file = write(dir.path(), "fits", format!("short\n12345678{end}").as_bytes());
        let mut log = started(inputs(&[file]).with_max_line_bytes(8), nowhere());
        assert_eq!(read_all(&mut log, 10).unwrap().concat().len(), 2, "{end:?}");
        let file = write(dir.path(), "long", format!("short\n123456789{end}").as_bytes());
        let expected = format!("{file}: line 2: longer than 8 bytes");
        assert_eq!(error(inputs(&[file]).with_max_line_bytes(8)), expected, "{end:?}");
    }
}

#[test]
fn a_truncated_archive_is_no_end_of_file() {
    let dir = tempfile::tempdir().unwrap();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    (0..10_000).for_each(|i| writeln!(encoder, "{}", i * 7919).unwrap());
    let packed = encoder.finish().unwrap();
    let file = write(dir.path(), "a.gz", &packed[..packed.len() / 2]);
    let cause = error(inputs(std::slice::from_ref(&file)));
    assert!(cause.starts_with(&format!("{file}: line ")), "{cause}");
}

#[test]
#[cfg(not(feature = "zstd"))]
fn a_build_without_zstd_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let error = Inputs::new(&[write(dir.path(), "a.zst", b"")], Box::new(bare)).err().unwrap();
    assert!(error.cause.contains("feature `zstd`"), "{error}");
}
