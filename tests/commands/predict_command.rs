//! `needle predict` from outside: what it prints is what LightGBM predicts, and what is wrong is told with its place.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Output, Stdio};
use std::sync::mpsc;
use std::thread;

use crate::predict_support::{Desk, NAMES, ROWS, desk, table};
use crate::trees_support::lightgbm::Kind;
use flate2::Compression;
use flate2::write::GzEncoder;

#[test]
fn every_kind_of_output_is_lightgbms() {
    for parameters in [
        "objective=binary categorical_feature=1",
        "objective=multiclass num_class=3",
        "objective=tweedie boosting=dart",
    ] {
        let desk = Desk::new(parameters);
        desk.write("rows.csv", table(&desk.rows, ",").as_bytes());
        for (kind, flags) in [
            (Kind::Normal, &["--rows", "rows.csv"][..]),
            (Kind::Raw, &["--rows", "rows.csv", "--raw"]),
            (Kind::Leaf, &["--leaf", "--rows", "rows.csv"]),
        ] {
            assert_eq!(desk.printed(flags), desk.expected(kind), "{parameters} {kind:?}");
        }
    }
}

/// Class after class the features' contributions, then the base; within the rounding of another order of sums.
#[test]
fn contributions_are_lightgbms() {
    for parameters in ["objective=binary categorical_feature=1", "objective=multiclass num_class=3"] {
        let desk = Desk::new(parameters);
        desk.write("rows.csv", table(&desk.rows, ",").as_bytes());
        let numbers = |text: &str| -> Vec<f64> {
            text.lines().flat_map(|line| line.split(',')).map(|number| number.parse().unwrap()).collect()
        };
        let printed = desk.printed(&["--contrib", "--rows", "rows.csv"]);
        let (found, expected) = (numbers(&printed), numbers(&desk.expected(Kind::Contrib)));
        assert_eq!(printed.lines().count(), ROWS);
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            assert!((found - expected).abs() <= 1e-9, "{parameters}: {found}, LightGBM {expected}");
        }
    }
}

#[test]
fn a_header_is_matched_by_name() {
    let desk = desk();
    let expected = desk.expected(Kind::Normal);
    // In another order, with columns that the model does not know.
    let mixed: Vec<String> = table(&desk.rows, "\t")
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .map(|row| ["x,y", row[3], row[0], "", row[2], row[1]].join("\t") + "\n")
        .collect();
    let header = "\u{feff}note\tage\tvisits\t\t\"last seen\"\tsource\n";
    desk.write("rows.tsv", (header.to_owned() + &mixed.concat()).as_bytes());
    assert_eq!(desk.printed(&["--rows", "rows.tsv"]), expected);
    desk.write(
        "rows.csv",
        format!("{}\r\n{}", NAMES.join(","), table(&desk.rows, " , ").replace('\n', "\r\n\r\n")).as_bytes(),
    );
    assert_eq!(desk.printed(&["--rows", "rows.csv"]), expected);
    desk.write("none.csv", b"");
    desk.write("names.csv", NAMES.join(",").as_bytes());
    assert_eq!([desk.printed(&["--rows", "none.csv"]), desk.printed(&["--rows", "names.csv"])], ["", ""]);
}

#[test]
fn rows_come_from_a_pipe_and_from_packed_files_too() {
    let desk = desk();
    let (rows, expected) = (table(&desk.rows, ","), desk.expected(Kind::Normal));
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(rows.as_bytes()).unwrap();
    desk.write("rows.csv.gz", &gzip.finish().unwrap());
    assert_eq!(desk.printed(&["--rows", "rows.csv.gz"]), expected);
    let mut needle = desk.needle(&["--rows", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    needle.stdin.take().unwrap().write_all(rows.as_bytes()).unwrap();
    assert_eq!(String::from_utf8(needle.wait_with_output().unwrap().stdout).unwrap(), expected);
}

#[test]
fn parquet_from_a_pipe_is_refused_as_what_it_is() {
    let desk = desk();
    let pipes = || Stdio::piped();
    let mut needle = desk.needle(&["--rows", "-"]).stdin(pipes()).stdout(pipes()).stderr(pipes()).spawn().unwrap();
    needle.stdin.take().unwrap().write_all(b"PAR1\x15\x04\x15").unwrap();
    let Output { status, stdout, stderr } = needle.wait_with_output().unwrap();
    let expected = "needle: standard input: Parquet is read from files alone, not from a pipe\n";
    let told = String::from_utf8(stderr).unwrap();
    assert_eq!((status.code(), stdout.len(), told.as_str()), (Some(1), 0, expected));
}

/// What has been read is scored before the rest is there: nothing waits for the end, so nothing grows with it.
#[test]
fn an_endless_pipe_is_scored_as_it_comes() {
    let desk = desk();
    let mut needle = desk.needle(&["--rows", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut rows, mut results) = (needle.stdin.take().unwrap(), needle.stdout.take().unwrap());
    let (text, expected) = (table(&desk.rows, ","), desk.expected(Kind::Normal));
    // Many batches, and far more than pipes and buffers hold.
    const TIMES: usize = 300;
    let (say, said) = mpsc::channel();
    let length = expected.len();
    let reader = thread::spawn(move || {
        let mut first = vec![0; length];
        results.read_exact(&mut first).unwrap();
        say.send(first).unwrap();
        let mut rest = Vec::new();
        results.read_to_end(&mut rest).unwrap()
    });
    for _ in 0..TIMES {
        rows.write_all(text.as_bytes()).unwrap();
    }
    // The pipe is still open.
    assert_eq!(String::from_utf8(said.recv().unwrap()).unwrap(), expected);
    drop(rows);
    assert_eq!(reader.join().unwrap(), (TIMES - 1) * length);
    assert!(needle.wait().unwrap().success());
}

#[test]
fn a_reader_that_has_had_enough_is_no_failure() {
    let desk = desk();
    desk.write("rows.csv", table(&desk.rows, ",").repeat(100).as_bytes());
    let log = File::create(desk.dir.path().join("log")).unwrap();
    let mut needle = desk.needle(&["--rows", "rows.csv"]).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(needle.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert_eq!(Some(first.trim_end()), desk.expected(Kind::Normal).lines().next());
    let code = needle.wait().unwrap().code();
    assert_eq!((code, fs::read_to_string(desk.dir.path().join("log")).unwrap()), (Some(0), String::new()));
}

#[test]
fn what_is_wrong_with_rows_is_told_with_its_line() {
    let desk = desk();
    let told = |rows: &str| {
        desk.write("rows.csv", rows.as_bytes());
        let (code, error) = desk.told(&["--rows", "rows.csv"]);
        assert_eq!(code, Some(1), "{error}");
        error.strip_prefix("needle: rows.csv: ").unwrap_or(&error).trim_end().to_owned()
    };
    assert_eq!(
        told("1,2,3\n"),
        "line 1: 3 values, where the model has 4 features; with a header, columns are found by name"
    );
    assert_eq!(
        told("visits,age\n1,2\n"),
        "line 1: no column is named `source`, `last_seen`, as the model's features are"
    );
    assert_eq!(told("visits,age,source,last_seen,age\n"), "line 1: several columns are named `age`");
    assert_eq!(told("\n1,2,3,4\n\n1,2,3\n"), "line 4: 3 fields, where the first line has 4");
    assert_eq!(told("1,2,3,4\n1,2,3,4,5\n"), "line 2: 5 fields, where the first line has 4");
    assert_eq!(told("1,2,3,4\n1,two,3,4\n"), "line 2: `source`: `two` is no number");
    assert_eq!(told("1,2,3,4\n1,2,\"3,5\",4\n"), "line 2: `last_seen`: `3,5` has a comma; a decimal point is expected");
    assert_eq!(told("1,2,3,4\n1,2,\"3,4\n5\",6\n"), "line 2: a quote is not closed");
    assert_eq!(told("1,2,3,4\n1,2\r3,4,5\n"), "line 2: `source`: `2\\r3` is no number");
    let (code, error) = desk.told(&["--rows", "nowhere.csv"]);
    assert_eq!((code, error.matches("nowhere.csv").count()), (Some(1), 1), "{error}");
}

/// What was right before is printed.
#[test]
fn rows_before_a_wrong_one_are_scored() {
    let desk = desk();
    desk.write("rows.csv", (table(&desk.rows, ",").repeat(200) + "x,1,2,3\n").as_bytes());
    let Output { status, stdout, stderr } = desk.needle(&["--rows", "rows.csv"]).output().unwrap();
    let error = String::from_utf8(stderr).unwrap();
    assert_eq!((status.code(), error.contains("line 60001: `visits`")), (Some(1), true), "{error}");
    let printed = String::from_utf8(stdout).unwrap();
    assert!(printed.lines().count() > 10_000 && desk.expected(Kind::Normal).repeat(200).starts_with(&printed));
}

#[test]
fn a_model_that_is_not_served_is_told_with_line_and_reason() {
    let desk = desk();
    desk.write("rows.csv", b"1,2,3,4\n");
    let model = desk.booster.to_text();
    desk.write("model.txt", model.replace("is_linear=0", "is_linear=1").as_bytes());
    let (code, error) = desk.told(&["--rows", "rows.csv"]);
    let line = model.lines().position(|line| line == "is_linear=0").unwrap() + 1;
    let expected = format!("needle: model.txt: line {line}: `is_linear`: `1`: linear trees are not served\n");
    assert_eq!((code, error), (Some(1), expected));
    fs::remove_file(desk.dir.path().join("model.txt")).unwrap();
    let (code, error) = desk.told(&["--rows", "rows.csv"]);
    assert_eq!((code, error.starts_with("needle: model.txt: No such file")), (Some(1), true), "{error}");
}

#[test]
fn wrong_usage_is_told_apart() {
    let desk = desk();
    desk.write("rows.csv", b"1,2,3,4\n");
    for wrong in [&["--rows", "rows.csv", "--raw", "--leaf"][..], &[], &["--rows", "rows.csv", "--set", "a=1"]] {
        assert_eq!(desk.told(wrong).0, Some(2), "{wrong:?}");
    }
}
