//! A report in which every text is somebody's attempt.

use needle::training::report::{Report, json};
use serde_json::Value;

/// Ends elements, attributes, scripts and comments; turns the direction; has what no HTML may have.
pub const PAYLOAD: &str =
    "</title></style></script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>&lt;<!--\u{202e}\0\u{8}]]>";

/// Members whose texts are words of the report itself.
const OWN_WORDS: [&str; 6] = ["decision", "metric", "decided_by", "role", "severity", "direction"];

/// The same report, every text of it replaced: those that the data may get later, too.
pub fn hostile(report: &Report) -> Report {
    let mut value: Value = serde_json::from_str(&json(report)).unwrap();
    poison(&mut value);
    serde_json::from_value(value).unwrap()
}

fn poison(value: &mut Value) {
    match value {
        Value::String(text) => *text = PAYLOAD.into(),
        Value::Array(items) => items.iter_mut().for_each(poison),
        Value::Object(members) => {
            for (name, value) in members {
                // `by` names a rule of thresholds, `because` holds causes.
                if !(OWN_WORDS.contains(&name.as_str()) || name == "by") {
                    poison(value);
                }
            }
        }
        _ => (),
    }
}
