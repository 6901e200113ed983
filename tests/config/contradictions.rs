//! What contradicts itself, or means nothing, is refused at its key and line; what only just does not is taken.

use needle::config::{Config, JumpWhen, Origin};

fn refused(text: &str, key: &str, words: &str) {
    let report = Config::from_toml(text).expect_err(text);
    let found = report.mistakes.iter().find(|m| m.key == key && m.what.contains(words));
    let Some(mistake) = found else { panic!("{text}\nwanted {key} … {words}\n{report}") };
    assert!(matches!(mistake.origin, Origin::Line(_)), "{report}");
    assert_eq!(report.mistakes.len(), 1, "{text}\n{report}");
}

fn taken(text: &str) -> Config {
    Config::from_toml(text).unwrap_or_else(|report| panic!("{text}\n{report}"))
}

#[test]
fn jumps() {
    let jump = |text: &str| format!("[[jumps]]\nname = \"j\"\n{text}");
    refused(&jump("above = 70\nrearm = 71"), "jumps[0].rearm", "at most `above`");
    refused(&jump(""), "jumps[0]", "without `above` or `rise`");
    refused(&jump("above = 70\nrise = 3"), "jumps[0].rise", "make it two");
    refused(&jump("rise = 3\nrearm = 2"), "jumps[0].rearm", "belongs to `above`");
    refused(&jump("above = 3\ncooldown_hours = 2"), "jumps[0].cooldown_hours", "belongs to `rise`");
    refused(&jump("rise = 3\nwithin_hours = 0"), "jumps[0].within_hours", "more than 0");
    refused(&jump("rise = 3\ncooldown_hours = -1"), "jumps[0].cooldown_hours", "more than 0");
    refused(&jump("rise = 0"), "jumps[0].rise", "more than 0");
    refused(&jump("above = 101"), "jumps[0].above", "at most 100");
    refused(&jump("above = nan"), "jumps[0].above", "a number");
    refused(&format!("{}{}", jump("above = 3\n"), jump("rise = 3")), "jumps[1].name", "given twice");
    refused("[[jumps]]\nrise = 3", "jumps[0]", "has no name");
    refused("[[jumps]]\nname = \"\"\nrise = 3", "jumps[0].name", "must be 1 to 100");
    assert_eq!(taken(&jump("above = 70\nrearm = 70")).jumps[0].when, JumpWhen::Crossing { above: 70.0, rearm: 70.0 });
    assert_eq!(taken(&jump("above = 70")).jumps[0].when, JumpWhen::Crossing { above: 70.0, rearm: 60.0 });
    assert_eq!(taken("jumps = []").jumps.len(), 0);
}

#[test]
fn themes() {
    let theme = |name: &str| format!("[[themes]]\nname = \"{name}\"\nurl = [\"x\"]\n");
    let many = |count: usize| (0..count).map(|n| theme(&format!("t{n}"))).collect::<String>();
    assert_eq!(taken(&many(64)).themes.len(), 64);
    refused(&many(65), "themes[64]", "one theme too many");
    refused(&format!("{}{}", theme("a"), theme("a")), "themes[1].name", "given twice");
    refused(&theme("A-b"), "themes[0].name", "a-z, 0-9 and _");
    refused("[[themes]]\nname = \"a\"", "themes[0]", "matches nothing");
    refused("[[themes]]\nname = \"a\"\nurl = []", "themes[0]", "matches nothing");
    refused("[[themes]]\nname = \"a\"\nurl = [\"x\", \"(\"]", "themes[0].url[1]", "unclosed group");
    refused("[[themes]]\nname = \"a\"\ntitle = [\"[\"]", "themes[0].title[0]", "regular expression");
    refused("[[themes]]\nname = \"a\"\nevent = [\"\"]", "themes[0].event[0]", "empty");
    refused("[themes]\nname = \"a\"", "themes", "[[themes]]");
}

#[test]
fn traits() {
    let with_path = |path: &str| format!("[[traits]]\nname = \"a\"\npath = {path}");
    refused(&with_path("[\"a\"]"), "traits[0].path[0]", "JSON pointer");
    refused(&with_path("[\"/a\", \"/~2\"]"), "traits[0].path[1]", "JSON pointer");
    refused(&with_path("[]"), "traits[0].path", "at least one");
    refused(&with_path("[\"/a\"]\nkind = \"text\""), "traits[0].kind", "\"category\"");
    refused(&format!("{0}\n{0}", with_path("[\"/a\"]")), "traits[1].name", "given twice");
    refused("[[traits]]\nname = \"ä\"\npath = [\"/a\"]", "traits[0].name", "a-z, 0-9 and _");
}

#[test]
fn topics_and_tenancy() {
    refused("[topics]\nevents = []", "topics.events", "at least one");
    refused("[topics]\nevents = [\"a\", \"a\"]", "topics.events", "twice");
    refused("[topics]\nevents = [\"score-changes\"]", "topics.events", "twice");
    refused("[topics]\nscore_jumps = \"dead-letters\"", "topics.score_jumps", "twice");
    refused("[topics]\nscore_jumps = \"a b\"", "topics.score_jumps", "Kafka");
    refused("[topics]\nevents = [\"..\"]", "topics.events[0]", "Kafka");
    for wrong in ["nobody", "header:", "json:", "json:tenant", "topic:", "topic:(", "Header:x"] {
        let report = Config::from_toml(&format!("[tenancy]\nfrom = \"{wrong}\"")).expect_err(wrong);
        assert_eq!((report.mistakes.len(), report.mistakes[0].key.as_str()), (1, "tenancy.from"), "{wrong}");
    }
    for right in ["none", "header:x-tenant", "json:/context/tenant", "topic:^events[.](.+)$"] {
        taken(&format!("[tenancy]\nfrom = \"{right}\""));
    }
}

#[test]
fn scoring() {
    for (bands, words) in [
        ("{ A = 40, B = 60, C = 0 }", "must go down"),
        ("{ A = 40, B = 40, C = 0 }", "must go down"),
        ("{ A = 40, B = 20 }", "a band at 0"),
        ("{}", "a band at 0"),
    ] {
        refused(&format!("[scoring]\nbands = {bands}"), "scoring.bands", words);
    }
    refused("[scoring]\nbands = { A = 101, B = 0 }", "scoring.bands.A", "from 0 to 100");
    refused("[scoring]\nbands = { A = 10.5, B = 0 }", "scoring.bands.A", "whole number");
    refused("[scoring]\nanchor_probability = 0", "scoring.anchor_probability", "more than 0");
    refused("[scoring]\nanchor_probability = 1.0", "scoring.anchor_probability", "less than 1");
    refused("[scoring]\nchange_threshold = -1", "scoring.change_threshold", "from 0 to 100");
    refused("[scoring]\nreasons = 51", "scoring.reasons", "from 0 to 50");
    refused("[scoring]\nhorizon_days = 0", "scoring.horizon_days", "whole number");
    refused("[scoring]\nhorizon_days = 401", "scoring.horizon_days", "snapshots.history_days");
    taken("[scoring]\nhorizon_days = 400\nsweep_seconds = 0\nreasons = 0\nchange_threshold = 0\nbands = { all = 0 }");
}

#[test]
fn service_storage_and_limits() {
    refused("[service]\nlanes = 0", "service.lanes", "from 1");
    refused("[service]\nlanes = -1", "service.lanes", "from 1");
    refused("[service]\ncommit_interval_ms = 0", "service.commit_interval_ms", "from 1");
    refused("[service]\nlisten = \"localhost:9464\"", "service.listen", "an address and a port");
    refused("[service]\napplication = \"\"", "service.application", "identifiers");
    refused("[service]\ninstance = \"a/b\"", "service.instance", "identifiers");
    refused("[snapshots]\nurl = \"ftp://x\"", "snapshots.url", "file:");
    refused("[snapshots]\ninterval_seconds = 0", "snapshots.interval_seconds", "from 1");
    refused("[models]\nurl = \"\"", "models.url", "file:");
    refused("[models]\npoll_seconds = 0", "models.poll_seconds", "from 1");
    refused("[training]\ncost_missed = 0", "training.cost_missed", "more than 0");
    refused("[training]\nbudget_minutes = 0", "training.budget_minutes", "from 1");
    refused("[training]\nthreads = 1025", "training.threads", "from 0 to 1");
    refused("[exploration]\nshare = 1.1", "exploration.share", "from 0 to 1");
    refused("[limits]\nrecord_bytes = 0", "limits.record_bytes", "from 1");
    refused("[limits]\nblocked_ids = [\"a\", \"\"]", "limits.blocked_ids[1]", "empty");
    refused("[outcomes]\npositive = [\" \"]", "outcomes.positive[0]", "empty");
    refused("[outcomes]\npositive = [\"Lead Rejected\"]", "outcomes.positive", "outcomes.negative");
    refused("[outcomes]\ncontact = [\"a\", \"a\"]", "outcomes.contact", "already");
    taken("[exploration]\nshare = 1\n[training]\nevery_hours = 0\ncalls_per_day = 0.5\n[limits]\nblocked_ids = []");
}
