//! DuckDB reads a directory of snapshots as it stands: all rows of all tenants and partitions, each column of its type, every value.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::lead_support::{Happened, Sent};
use crate::snapshot_support::{LISTS, Owned, Plain, Side, about, rows};
use needle::lead::facts::Facts;
use needle::lead::leads::Origin;
use needle::snapshot::file::{About, FORMAT};
use needle::touchpoint::{Channel, FormStep, Mark, Touchpoint};
use needle::wire::event::EventType;
use serde_json::{Map, Value, json};

type Row = Map<String, Value>;

const DAY_MS: i64 = 86_400_000;

/// Runs statements in which `{out}` is a directory; gives back what each `COPY … TO '{out}/NAME'` has written.
fn duckdb(directory: &Path, sql: &str) -> BTreeMap<String, Vec<Row>> {
    let out = directory.join("out");
    std::fs::create_dir_all(&out).expect("a directory");
    let script = directory.join("script.sql");
    let place = |text: &str| {
        text.replace("{out}", &out.display().to_string()).replace("{in}", &directory.display().to_string())
    };
    // The shell takes a line for a statement.
    let statements = sql.split(';').map(|statement| statement.split_whitespace().collect::<Vec<_>>().join(" "));
    let lines: String =
        statements.filter(|s| !s.is_empty()).map(|statement| format!("{};\n", place(&statement))).collect();
    std::fs::write(&script, lines).expect("a script");
    let query = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/duckdb/query");
    let ran = Command::new(query).arg(&script).output().expect("DuckDB");
    assert!(ran.status.success(), "{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    let written = std::fs::read_dir(&out).expect("a directory").map(|entry| entry.expect("an entry"));
    let rows = |text: String| text.lines().map(|line| serde_json::from_str(line).expect("a row")).collect();
    written
        .map(|file| {
            (file.file_name().into_string().expect("text"), rows(std::fs::read_to_string(file.path()).expect("text")))
        })
        .collect()
}

/// The n-th lead: nothing of it is like another's.
fn lead(n: u64) -> Plain {
    let event = |m: u64| {
        let touchpoint = Touchpoint {
            at_ms: 1_763_716_443_120 + n as i64 * DAY_MS + m as i64 * 7_000_003,
            // All 64 bits matter.
            id: (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ m,
            kind: EventType::ALL[m as usize % 6],
            channel: Channel::ALL[(n + m) as usize % 20],
            form: FormStep::ALL[m as usize % 3],
            mark: Mark::ALL[if n.is_multiple_of(3) { 0 } else { (m % 4) as usize }],
            themes: (n + m) % 8,
        };
        let traits =
            if m == 1 { vec![(0, Sent::Number(n as f64 + 0.1)), (3, Sent::Text("CTO".into()))] } else { vec![] };
        Happened { touchpoint, known: n.is_multiple_of(2), completeness: None, traits }
    };
    let events = (0..1 + n * 13 % 90).map(event).collect();
    let decisions = if n.is_multiple_of(2) { vec![1, 40 + n as u8, 9, 0] } else { vec![] };
    Plain { events, decisions, origin: Origin { topic: (n % 2) as u16, offset: n as i64 * 1_000_003 } }
}

/// Tenant, partition, its rows; a tenant has several partitions, a partition several files.
fn files() -> Vec<(&'static str, i32, Vec<Owned>)> {
    let row = |tenant, n| lead(n).row(tenant, &format!("u-{n:02}"));
    let file =
        |tenant, partition, leads: std::ops::Range<u64>| (tenant, partition, leads.map(|n| row(tenant, n)).collect());
    vec![
        file("acme", 0, 0..5),
        file("acme", 3, 5..9),
        file("acme", 3, 9..10),
        file("globex", 3, 10..24),
        file("initech", 11, 24..25),
    ]
}

fn write(side: &Side, root: &Path) {
    for (number, (tenant, partition, written)) in files().into_iter().enumerate() {
        let directory = root.join(format!("leads/tenant={tenant}/partition={partition}"));
        std::fs::create_dir_all(&directory).expect("a directory");
        let about = About { partition, number: number as u64, ..about() };
        let file = side.encode(&about, tenant, &rows(&written)).expect("a file");
        std::fs::write(directory.join(format!("increment-{number:012}-9f3c-0.parquet")), file).expect("written");
    }
}

const SQL: &str = "
    SET TimeZone = 'UTC';
    CREATE VIEW leads AS SELECT * FROM '{in}/leads/**/*.parquet';
    COPY (SELECT column_name, column_type FROM (DESCRIBE leads)) TO '{out}/types' (FORMAT json);
    COPY (
        SELECT * REPLACE (
            epoch_ms(as_of) AS as_of, epoch_ms(outcome_at) AS outcome_at, epoch_ms(contact_at) AS contact_at,
            lower(hex(state)) AS state, lower(hex(decision)) AS decision,
            [{'at': epoch_ms(t.at), 'id': t.id::VARCHAR, 'type': t.type, 'channel': t.channel, 'form': t.form,
              'mark': t.mark, 'themes': t.themes} for t in touchpoints] AS touchpoints
        ) FROM leads ORDER BY tenant, lead
    ) TO '{out}/rows' (FORMAT json);
    COPY (SELECT tenant, partition, count(*) AS leads FROM leads WHERE lead >= 'u-08' GROUP BY ALL ORDER BY ALL) TO '{out}/groups' (FORMAT json);
    COPY (
        SELECT name, type, converted_type, logical_type FROM parquet_schema('{in}/leads/tenant=initech/**/*.parquet')
        WHERE name IN ('lead', 'as_of', 'id', 'state', 'known')
    ) TO '{out}/stored' (FORMAT json);
    COPY (
        SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata('{in}/leads/tenant=initech/**/*.parquet')
    ) TO '{out}/metadata' (FORMAT json);
";

#[test]
fn rows_types_and_metadata() {
    let directory = tempfile::tempdir().expect("a directory");
    let side = Side::new(LISTS);
    write(&side, directory.path());
    let found = duckdb(directory.path(), SQL);

    let types: Vec<_> =
        found["types"].iter().map(|row| (text(&row["column_name"]), text(&row["column_type"]))).collect();
    assert_eq!(types, expected_types(&side));

    let written: Vec<_> = files()
        .into_iter()
        .flat_map(|(tenant, partition, rows)| rows.into_iter().map(move |row| (tenant, partition, row)))
        .collect();
    assert_eq!(found["rows"].len(), written.len());
    for (found, (tenant, partition, written)) in found["rows"].iter().zip(&written) {
        same_row(&side, found, tenant, *partition, written);
    }

    let group =
        |tenant: &str, partition: i32, leads: u32| json!({ "tenant": tenant, "partition": partition, "leads": leads });
    let groups = [group("acme", 3, 2), group("globex", 3, 14), group("initech", 11, 1)];
    assert_eq!(found["groups"].iter().cloned().map(Value::Object).collect::<Vec<_>>(), groups);

    let stored: BTreeMap<_, _> = found["stored"]
        .iter()
        .map(|row| (text(&row["name"]), (text(&row["type"]), text(&row["logical_type"]))))
        .collect();
    assert_eq!(stored["lead"], ("BYTE_ARRAY".into(), "StringType()".into()));
    assert_eq!(stored["state"].0, "BYTE_ARRAY");
    assert_eq!(stored["known"].0, "DOUBLE");
    assert!(stored["as_of"].1.contains("isAdjustedToUTC=1"), "{stored:?}");
    assert!(stored["id"].1.contains("isSigned=0"), "{stored:?}");

    let metadata: BTreeMap<_, _> =
        found["metadata"].iter().map(|row| (text(&row["key"]), text(&row["value"]))).collect();
    let says = |key: &str| serde_json::from_str::<Value>(&metadata[key]).expect("JSON");
    assert_eq!(says("needle.format"), json!(FORMAT));
    assert_eq!(says("needle.themes"), json!(["pricing", "demo", "docs"]));
    assert_eq!(says("needle.traits")[3], json!({ "name": "title", "kind": "title" }));
    assert_eq!(
        (says("needle.partition"), says("needle.number"), says("needle.kind")),
        (json!(11), json!(4), json!("increment"))
    );
    assert_eq!(says("needle.reach"), json!(about().reach));
    assert_eq!(says("needle.said"), json!(about().said));
    assert!(metadata.contains_key("ARROW:schema"));
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn expected_types(side: &Side) -> Vec<(String, String)> {
    let instant = "TIMESTAMP WITH TIME ZONE";
    let touchpoints = format!(
        "STRUCT(\"at\" {instant}, id UBIGINT, \"type\" VARCHAR, channel VARCHAR, form VARCHAR, mark VARCHAR, themes VARCHAR[])[]"
    );
    let before = [
        ("tenant", "VARCHAR"),
        ("lead", "VARCHAR"),
        ("as_of", instant),
        ("input_topic", "VARCHAR"),
        ("input_partition", "INTEGER"),
        ("input_offset", "BIGINT"),
        ("score", "INTEGER"),
        ("probability", "DOUBLE"),
        ("model_version", "VARCHAR"),
        ("outcome", "VARCHAR"),
        ("outcome_at", instant),
        ("contact_at", instant),
        ("touchpoints", &touchpoints),
    ];
    let features = side.assembly.schema.features().iter().map(|feature| (feature.name.as_str(), "DOUBLE"));
    // Hive's partition is a column of the directory's, the tenant one of both.
    let after = [("state", "BLOB"), ("decision", "BLOB"), ("partition", "BIGINT")];
    let all = before.into_iter().chain(features).chain(after);
    all.map(|(name, kind)| (name.to_owned(), kind.to_owned())).collect()
}

fn same_row(side: &Side, found: &Row, tenant: &str, partition: i32, written: &Owned) {
    let facts = crate::lead_support::decoded(&written.facts);
    let (schema, model) = (&side.assembly.schema, &side.assembly.model);
    let mut vector = vec![f64::NAN; schema.width()];
    schema.extract(&facts, facts.newest_ms(), &mut vector);
    let mut scored = Vec::new();
    model.score(&vector, schema.width(), &mut Default::default(), &mut scored);
    for (feature, value) in schema.features().iter().zip(vector) {
        let found = found[&feature.name].as_f64().map(f64::to_bits);
        assert_eq!(found, Some(value.to_bits()), "{} {}", written.key, feature.name);
    }
    assert_eq!(found["probability"].as_f64().map(f64::to_bits), Some(scored[0].probability.to_bits()));
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let (outcome, outcome_at) = outcome(&facts);
    for (column, value) in [
        ("tenant", json!(tenant)),
        ("lead", json!(written.key.strip_prefix(&format!("{tenant}/")))),
        ("as_of", json!(facts.newest_ms())),
        ("input_topic", json!(["events", "more"][usize::from(written.origin.topic)])),
        ("input_partition", json!(partition)),
        ("partition", json!(partition)),
        ("input_offset", json!(written.origin.offset)),
        ("score", json!(scored[0].score)),
        ("model_version", json!(model.version())),
        ("outcome", outcome),
        ("outcome_at", outcome_at),
        ("contact_at", json!(facts.outcomes.contact_ms)),
        ("state", json!(hex(&written.facts))),
        ("decision", json!(hex(&written.decisions))),
        ("touchpoints", facts.older.firsts.iter().chain(&facts.timeline).map(touchpoint).collect()),
    ] {
        assert_eq!(found[column], value, "{} {column}", written.key);
    }
}

fn outcome(facts: &Facts) -> (Value, Value) {
    let all = [("positive", facts.outcomes.positive_ms), ("negative", facts.outcomes.negative_ms)];
    let first = all.iter().filter_map(|(word, at_ms)| at_ms.map(|at_ms| (word, at_ms))).min_by_key(|(_, at_ms)| *at_ms);
    first.map_or((Value::Null, Value::Null), |(word, at_ms)| (json!(word), json!(at_ms)))
}

fn touchpoint(of: &Touchpoint) -> Value {
    let word = |words: [&str; 4], place: usize| if place == 0 { Value::Null } else { json!(words[place]) };
    let themes = ["pricing", "demo", "docs"].iter().enumerate().filter(|(bit, _)| of.themes >> bit & 1 == 1);
    json!({
        "at": of.at_ms,
        "id": of.id.to_string(),
        "type": of.kind.name(),
        "channel": of.channel.name(),
        "form": word(["", "started", "submitted", ""], of.form as usize),
        "mark": word(["", "positive", "negative", "contact"], of.mark as usize),
        "themes": themes.map(|(_, name)| *name).collect::<Vec<_>>(),
    })
}

/// What `schemas/snapshot.json` warns of, and the way round it that it names. With a text among them all stay texts.
#[test]
fn tenants_that_look_like_numbers() {
    let side = Side::new(LISTS);
    for (tenants, guessed) in [(["42", "7"], [json!(42), json!(7)]), (["007", "42"], [json!("007"), json!("42")])] {
        let directory = tempfile::tempdir().expect("a directory");
        for tenant in tenants {
            let place = directory.path().join(format!("leads/tenant={tenant}/partition=0"));
            std::fs::create_dir_all(&place).expect("a directory");
            let file = side.encode(&about(), tenant, &rows(&[lead(1).row(tenant, "u-1")])).expect("a file");
            std::fs::write(place.join("increment-000000000001-9f3c-0.parquet"), file).expect("written");
        }
        let found = duckdb(
            directory.path(),
            "COPY (SELECT tenant FROM '{in}/leads/**/*.parquet' ORDER BY tenant::VARCHAR) TO '{out}/guessed' (FORMAT json);
             COPY (SELECT tenant FROM read_parquet('{in}/leads/**/*.parquet', hive_partitioning = false) ORDER BY ALL)
               TO '{out}/file' (FORMAT json);
             COPY (SELECT tenant FROM read_parquet('{in}/leads/**/*.parquet', hive_types_autocast = false) ORDER BY ALL)
               TO '{out}/text' (FORMAT json);",
        );
        let column = |name: &str| found[name].iter().map(|row| row["tenant"].clone()).collect::<Vec<_>>();
        assert_eq!(column("guessed"), guessed);
        assert_eq!(column("file"), tenants);
        assert_eq!(column("text"), tenants);
    }
}
