//! What a query names: just enough of PromQL's form to ask whether needle has it.

use needle::telemetry::families::Described;
use regex::Regex;

/// A selector: `metric{label="value",…}`.
#[derive(Debug)]
pub struct Selector {
    /// As it stands there, with a histogram's suffix.
    pub metric: String,
    /// Labels and the values that they are compared with.
    pub labels: Vec<(String, String)>,
}

/// Every selector of needle's own metrics.
pub fn selectors(query: &str) -> Vec<Selector> {
    // The name begins a word, so that a recorded `namespace_job:needle_…` is none.
    let selector = Regex::new(r#"(?:^|[^\w:])(needle_\w+)(?:\{([^}]*)\})?"#).expect("a regex");
    let matcher = Regex::new(r#"(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)""#).expect("a regex");
    let of = |captures: regex::Captures<'_>| Selector {
        metric: captures[1].to_owned(),
        labels: captures.get(2).map_or(Vec::new(), |inside| {
            matcher.captures_iter(inside.as_str()).map(|found| (found[1].to_owned(), found[2].to_owned())).collect()
        }),
    };
    selector.captures_iter(query).map(of).collect()
}

/// Every label by which a query groups or joins.
pub fn grouped_by(query: &str) -> Vec<String> {
    let groups = Regex::new(r"\b(?:by|on|without|ignoring)\s*\(([^)]*)\)").expect("a regex");
    let labels = groups
        .captures_iter(query)
        .flat_map(|found| found[1].split(',').map(|label| label.trim().to_owned()).collect::<Vec<_>>());
    labels.filter(|label| !label.is_empty()).collect()
}

/// The metric that a selector means, suffix of a histogram or not.
pub fn described<'a>(known: &'a [Described], metric: &str) -> Option<&'a Described> {
    let plain = known.iter().find(|it| it.name == metric && it.bounds.is_empty());
    let base = ["_bucket", "_sum", "_count"].iter().find_map(|suffix| metric.strip_suffix(suffix));
    plain.or_else(|| known.iter().find(|it| Some(it.name.as_str()) == base && !it.bounds.is_empty()))
}

/// What a selector has wrong, if anything: a metric, a label or a bucket that there is not.
pub fn mistake(known: &[Described], selector: &Selector) -> Option<String> {
    // What scraping adds.
    const SCRAPED: [&str; 4] = ["job", "namespace", "instance", "pod"];
    let metric = &selector.metric;
    let Some(it) = described(known, metric) else { return Some(format!("there is no metric {metric}")) };
    for (label, value) in &selector.labels {
        let is_bound = label == "le" && metric.ends_with("_bucket");
        if is_bound && !it.bounds.iter().any(|bound| bound.to_string() == *value) {
            return Some(format!("{metric} has no bucket {value}"));
        }
        if !is_bound && !SCRAPED.contains(&label.as_str()) && !it.labels.contains(label) {
            return Some(format!("{metric} has no label {label}"));
        }
    }
    None
}

/// How many times shorter everything is in tests on a real Prometheus: minutes are seconds there.
pub const HURRY: u64 = 60;

/// A duration of rules (`15m`), as many times shorter.
pub fn hurried(duration: &str) -> String {
    let digits = duration.trim_end_matches(char::is_alphabetic);
    let unit_ms: u64 = match &duration[digits.len()..] {
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        unit => panic!("{duration}: the unit {unit:?}"),
    };
    format!("{}ms", digits.parse::<u64>().expect("a whole number") * unit_ms / HURRY)
}

/// A query whose windows and offsets are as many times shorter. Thresholds stay: a rule that is to fire needs as many events in a
/// second as otherwise in a minute.
pub fn hurried_query(query: &str) -> String {
    let durations = Regex::new(r"(\[|\boffset )(\d+[smhd])\b").expect("a regex");
    durations
        .replace_all(query, |found: &regex::Captures<'_>| format!("{}{}", &found[1], hurried(&found[2])))
        .into_owned()
}
