//! One report has all mistakes: each on one line, with its place, its key, and the nearest key where it is not one.

use needle::config::{Config, Origin};

const WRONG: &str = r#"
[service]
lanes = "many"
listen = "localhost"
[scoring]
resons = 3
bands = { A = 10, B = 20 }
lanes = 2
[sevice]
application = "x"
[kafka]
fetch.min.bites = 1
"group.id" = "x"
[[themes]]
name = "a"
url = ["("]
colour = "red"
[[jumps]]
name = "j"
above = 70
rearm = 80
"#;

const EXPECTED: &[(usize, &str, &str)] = &[
    (3, "service.lanes", "must be a whole number from 1 to 1024, not the string \"many\""),
    (4, "service.listen", "must be an address and a port"),
    (6, "scoring.resons", "is not a key; the nearest one is scoring.reasons"),
    (7, "scoring.bands", "must go down"),
    (8, "scoring.lanes", "is not a key; the nearest one is service.lanes"),
    (9, "sevice", "is not a key; the nearest one is service"),
    (12, "kafka.\"fetch.min.bites\"", "is no property of librdkafka; the nearest one is \"fetch.min.bytes\""),
    (13, "kafka.\"group.id\"", "is needle's own: it is service.application"),
    (16, "themes[0].url[0]", "must be a regular expression"),
    (17, "themes[0].colour", "is not a key"),
    (21, "jumps[0].rearm", "must be at most `above`"),
];

#[test]
fn all_of_them_with_line_and_key() {
    let report = Config::from_toml(WRONG).unwrap_err();
    let found: Vec<_> = report.mistakes.iter().map(|m| (&m.origin, m.key.as_str())).collect();
    let lines: Vec<_> = EXPECTED.iter().map(|(line, key, _)| (Origin::Line(*line), *key)).collect();
    let expected: Vec<_> = lines.iter().map(|(origin, key)| (origin, *key)).collect();
    assert_eq!(found, expected, "{report}");
    for (mistake, (_, _, words)) in report.mistakes.iter().zip(EXPECTED) {
        assert!(mistake.what.starts_with(words), "{mistake:?}");
    }
}

#[test]
fn one_line_a_mistake() {
    let report = Config::from_toml(WRONG).unwrap_err().to_string();
    // A line that counts them, and one that says what to do next.
    assert_eq!(report.lines().count(), EXPECTED.len() + 2, "{report}");
    let nasty =
        Config::from_toml("[kafka]\n\"a\\nb\" = 1\n[service]\nlisten = \"x\\ny\"\n\"\\u001b[31m\" = 1").unwrap_err();
    assert_eq!(nasty.to_string().lines().count(), nasty.mistakes.len() + 2, "{nasty}");
    assert!(!nasty.to_string().contains('\u{1b}'));
}

#[test]
fn what_is_no_toml_does_not_hide_the_rest() {
    let report = Config::from_toml("[service]\nlanes =\nlisten = 3\n[scoring]\nreasons = 3\nreasons = 4\nresons = \"")
        .unwrap_err();
    let found: Vec<_> = report.mistakes.iter().map(|m| (m.origin.clone(), m.key.as_str())).collect();
    let expected = [(2, ""), (3, "service.listen"), (6, ""), (7, "")].map(|(line, key)| (Origin::Line(line), key));
    assert_eq!(found, expected, "{report}");
}
