//! No key is accepted and then ignored: a value that no key takes is refused at every one of them.

use needle::config::{Config, vocabulary};

#[test]
fn a_date_is_refused_at_every_key() {
    for key in vocabulary::KEYS {
        let text = match key.split_once('.') {
            None => format!("{key} = 2026-11-21"),
            Some((list @ ("themes" | "traits" | "jumps"), key)) => {
                format!("[[{list}]]\nname = \"x\"\n{key} = 2026-11-21")
            }
            Some((section, key)) => format!("[{section}]\n{key} = 2026-11-21"),
        };
        let text = match *key {
            // A name that is given twice would be no TOML, and these two only count beside `rise`.
            "themes.name" | "traits.name" | "jumps.name" => text.replace("name = \"x\"\n", ""),
            "jumps.within_hours" | "jumps.cooldown_hours" => format!("{text}\nrise = 3"),
            "jumps.rearm" => format!("{text}\nabove = 3"),
            _ => text,
        };
        let shown = ["themes", "traits", "jumps"]
            .iter()
            .fold((*key).to_owned(), |shown, list| shown.replacen(&format!("{list}."), &format!("{list}[0]."), 1));
        let report = Config::from_toml(&text).expect_err(key);
        let found = report.mistakes.iter().any(|m| m.key == shown && m.what.contains("a date or time"));
        assert!(found, "{key}: {report}");
    }
}
