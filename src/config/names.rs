//! What a name, a path, an address may look like. Each check says in words what is wrong.

use std::net::SocketAddr;

type Check = Result<(), String>;

/// Part of a feature's or metric's name.
pub(super) fn feature_part(name: &str) -> Check {
    let fits = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_';
    if (1..=64).contains(&name.len()) && name.bytes().all(fits) {
        Ok(())
    } else {
        Err(format!("must be 1 to 64 of a-z, 0-9 and _, because features and columns are named after it, not {name:?}"))
    }
}

/// Part of an identifier: of a group, a transaction, an event.
pub(super) fn identifier_part(name: &str) -> Check {
    let fits = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-');
    if (1..=100).contains(&name.len()) && name.bytes().all(fits) {
        Ok(())
    } else {
        Err(format!(
            "must be 1 to 100 of A-Z, a-z, 0-9, '.', '_' and '-', because identifiers are made of it, not {name:?}"
        ))
    }
}

/// A topic name that Kafka takes (`org.apache.kafka.common.internals.Topic`).
pub(super) fn topic(name: &str) -> Check {
    let fits = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-');
    if (1..=249).contains(&name.len()) && name.bytes().all(fits) && name != "." && name != ".." {
        Ok(())
    } else {
        Err(format!("must be a topic name that Kafka takes: 1 to 249 of A-Z, a-z, 0-9, '.', '_' and '-', not {name:?}"))
    }
}

/// Words for people: anything but nothing.
pub(super) fn words(text: &str) -> Check {
    if text.trim().is_empty() { Err("must not be empty".to_owned()) } else { Ok(()) }
}

/// A JSON pointer (RFC 6901) to something within; the empty pointer, which means the whole, is refused.
pub(super) fn json_pointer(pointer: &str) -> Check {
    let Some(rest) = pointer.strip_prefix('/') else {
        return Err(format!("must be a JSON pointer, which starts with '/', as in \"/company/size\", not {pointer:?}"));
    };
    if rest.split('~').skip(1).all(|escaped| escaped.starts_with(['0', '1'])) {
        Ok(())
    } else {
        Err(format!("must be a JSON pointer, where '~' is written ~0 and '/' in a name ~1, not {pointer:?}"))
    }
}

/// A regular expression that compiles.
pub(super) fn regex(pattern: &str) -> Check {
    compile(pattern).map(drop)
}

pub(super) fn compile(pattern: &str) -> Result<regex::Regex, String> {
    regex::Regex::new(pattern).map_err(|error| {
        // The library draws a picture over several lines; its last one says what is wrong.
        let words = error.to_string();
        let last = words.lines().last().unwrap_or_default();
        format!("must be a regular expression: {:?}: {}", pattern, last.trim_start_matches("error: "))
    })
}

/// An address to listen on.
pub(super) fn socket_address(address: &str) -> Check {
    match address.parse::<SocketAddr>() {
        Ok(_) => Ok(()),
        Err(_) => {
            Err(format!("must be an address and a port, as in \"0.0.0.0:9464\" or \"[::1]:9464\", not {address:?}"))
        }
    }
}

/// Where files are kept: a directory, or a bucket and a prefix. The text is not echoed: it might hold a credential.
pub(super) fn storage_url(url: &str) -> Check {
    if let Some(path) = url.strip_prefix("file:") {
        return match path.strip_prefix("//") {
            Some(absolute) if !absolute.starts_with('/') => {
                Err("has a host name after file://: write file:./data for a relative path, file:///data for an absolute one"
                    .to_owned())
            }
            _ if path.is_empty() => Err("must name a directory, as in \"file:./data\"".to_owned()),
            _ => Ok(()),
        };
    }
    let Some(rest) = ["s3://", "gs://", "az://"].iter().find_map(|scheme| url.strip_prefix(scheme)) else {
        return Err("must start with file:, s3://, gs:// or az://".to_owned());
    };
    match rest.split('/').next().unwrap_or_default() {
        "" => Err("must name a bucket, as in \"s3://bucket/prefix\"".to_owned()),
        bucket if bucket.contains('@') => {
            Err("must not hold a user or a password: credentials come from the environment".to_owned())
        }
        bucket if bucket.contains(|c: char| c.is_whitespace() || c.is_control()) => {
            Err("has a blank in its bucket".to_owned())
        }
        _ => Ok(()),
    }
}

/// More than 0.
pub(super) fn positive(number: f64) -> Check {
    if number > 0.0 { Ok(()) } else { Err(format!("must be more than 0, not {number}")) }
}

/// From `low` to `high`, both allowed.
pub(super) fn within(low: f64, high: f64) -> impl Fn(f64) -> Check {
    move |number| {
        if (low..=high).contains(&number) { Ok(()) } else { Err(format!("must be from {low} to {high}, not {number}")) }
    }
}

/// More than `low`, at most `high`.
pub(super) fn above(low: f64, high: f64) -> impl Fn(f64) -> Check {
    move |number| {
        if number > low && number <= high {
            Ok(())
        } else {
            Err(format!("must be more than {low} and at most {high}, not {number}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(check: fn(&str) -> Check, good: &[&str], bad: &[&str]) {
        for text in good {
            assert_eq!(check(text), Ok(()), "{text:?}");
        }
        for text in bad {
            assert!(check(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn json_pointers_are_those_of_rfc_6901() {
        split(
            json_pointer,
            &["/", "/a", "/a/b", "/a~0b~1c", "/a b/\"", "//"],
            &["", "a", "a/b", "/~", "/a~2", "/~~0", "#/a"],
        );
    }

    #[test]
    fn topics_are_those_that_kafka_takes() {
        let longest = "t".repeat(249);
        let longer = "t".repeat(250);
        split(topic, &["events", "a.b_c-D9", "...", &longest], &["", ".", "..", "a b", "a/b", "é", &longer]);
    }

    #[test]
    fn storage_is_a_directory_or_a_bucket() {
        split(
            storage_url,
            &[
                "file:./data",
                "file:/data",
                "file:///data",
                "file:data",
                "s3://bucket",
                "s3://bucket/a/b",
                "gs://b/p",
                "az://c/p",
            ],
            &[
                "",
                "file:",
                "file://data",
                "data",
                "./data",
                "http://h/p",
                "s3:bucket",
                "s3://",
                "s3:///p",
                "s3://k:s@bucket/p",
                "ftp://x",
            ],
        );
    }

    #[test]
    fn a_refused_url_is_not_echoed() {
        assert!(!storage_url("s3://key:hush@bucket").unwrap_err().contains("hush"));
    }

    #[test]
    fn names_of_features_are_narrow_and_of_identifiers_wide() {
        split(feature_part, &["pricing", "a_1", "9"], &["", "Pricing", "a-b", "a b", "ä", &"x".repeat(65)]);
        split(identifier_part, &["needle", "Needle-0.a_b"], &["", "a b", "a/b", "ä"]);
        split(
            socket_address,
            &["0.0.0.0:9464", "[::]:1"],
            &["", "localhost:9464", ":9464", "0.0.0.0", "0.0.0.0:99999"],
        );
        split(regex, &["", "^/a", "(?i)x"], &["(", "[a", "*", "(?<n>a)(?<n>b)"]);
    }
}
