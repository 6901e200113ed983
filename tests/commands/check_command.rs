//! `needle check` from outside: what it prints where, and its exit codes.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn needle(dir: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_needle")).current_dir(dir).args(args).env_remove("RUST_LOG").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_right_configuration_is_explained_and_exits_0() {
    let dir = tempfile::tempdir().unwrap();
    let output = needle(dir.path(), &["check", "--set", "tenancy.from=header:x-tenant", "--set", "service.lanes=3"]);
    let out = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(text(&output.stderr), "");
    for line in [
        "hot: when the score crosses 80 upwards; armed again below 70",
        "surge: when the score rises by 30 points or more within 24 hours; then not again for 24 hours",
        "pricing: 3 regexes (1 url, 1 title, 1 event); high intent",
        "from the record's header \"x-tenant\"; absent: \"default\"",
        "score changes to score-changes",
        "bands: A from 80, B from 60, C from 40, D from 0",
    ] {
        assert!(out.lines().any(|said| said.trim() == line), "{line}\n{out}");
    }
    assert!(out.contains("3 lanes"), "{out}");
}

#[test]
fn a_wrong_one_is_reported_on_standard_error_and_exits_2() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("needle.toml"), "[service]\nlanes = 0\n\n[scoring]\nresons = 3\n").unwrap();
    let output = needle(dir.path(), &["check"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(text(&output.stdout), "");
    let err = text(&output.stderr);
    assert!(err.contains("needle.toml:2: service.lanes must be"), "{err}");
    assert!(err.contains("needle.toml:5: scoring.resons is not a key; the nearest one is scoring.reasons"), "{err}");
}

#[test]
fn a_file_need_exist_only_where_it_was_named() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(needle(dir.path(), &["check"]).status.code(), Some(0));
    let output = needle(dir.path(), &["check", "-c", "needle.toml"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("needle.toml: cannot be read"), "{output:?}");
    // A directory is no file, whether it was named or not.
    fs::create_dir(dir.path().join("needle.toml")).unwrap();
    assert_eq!(needle(dir.path(), &["check"]).status.code(), Some(2));
}

#[test]
fn options_stand_before_or_after_the_command_and_add_up() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("other.toml"), "[service]\napplication = \"other\"\n").unwrap();
    let before_and_after = ["--set", "service.lanes=5", "-c", "other.toml", "check", "--set", "service.instance=9"];
    let out = text(&needle(dir.path(), &before_and_after).stdout);
    assert!(out.contains("application other, instance 9, 5 lanes"), "{out}");
    let twice = ["--set", "service.lanes=5", "check", "--set", "service.lanes=6"];
    assert!(text(&needle(dir.path(), &twice).stdout).contains("6 lanes"));
}

#[test]
fn wrong_usage_exits_2_and_help_0() {
    let dir = tempfile::tempdir().unwrap();
    for args in [&[][..], &["--set", "a=b"], &["chekc"], &["check", "--nonsense"], &["check", "--log-format", "xml"]] {
        let output = needle(dir.path(), args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert_eq!(text(&output.stdout), "", "{args:?}");
        assert!(text(&output.stderr).contains("--help"), "{args:?}: {output:?}");
    }
    assert!(text(&needle(dir.path(), &[]).stderr).contains("Usage: needle"));
    for args in [&["--help"][..], &["check", "--help"], &["--version"]] {
        assert_eq!(needle(dir.path(), args).status.code(), Some(0), "{args:?}");
    }
}

#[test]
fn a_log_filter_that_cannot_be_read_exits_2() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_needle"));
    let output = command.current_dir(&dir).arg("check").env("RUST_LOG", "needle=loudly").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("RUST_LOG"), "{output:?}");
}
