//! Engagement events as they really come: several leads, every call, late, doubled, out of order, wrapped, and broken.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Draft;

/// What to generate. Equal plans give equal bytes.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub seed: u64,
    pub partitions: usize,
    pub leads: usize,
    /// Records, over all partitions.
    pub records: usize,
    /// Time of the first record; the others follow half a minute apart on average.
    pub start_ms: i64,
}

impl Default for Plan {
    fn default() -> Self {
        Self { seed: 1, partitions: 4, leads: 40, records: 1000, start_ms: 1_763_800_000_000 }
    }
}

/// Records by partition, in the order in which they are to be written. A lead's records share a partition.
pub fn generate(plan: &Plan) -> Vec<Vec<Draft>> {
    let mut random = Random(plan.seed);
    let mut at_ms = plan.start_ms;
    let mut partitions: Vec<Vec<Draft>> = vec![Vec::new(); plan.partitions];
    for index in 0..plan.records {
        at_ms += random.below(60_000) as i64;
        // Two draws: some leads do much, most do little.
        let lead = random.below(plan.leads).min(random.below(plan.leads));
        let written = &mut partitions[lead % plan.partitions];
        let draft = match random.below(100) {
            0..6 if !written.is_empty() => Draft { at_ms, ..written[random.below(written.len())].clone() },
            6..9 => broken(&mut random, lead, at_ms),
            9..12 => batch(&mut random, plan.seed, index, lead, at_ms),
            12..15 => cloud_binary(&mut random, plan.seed, index, lead, at_ms),
            15..17 => cloud_structured(&mut random, plan.seed, index, lead, at_ms),
            _ => draft(lead, at_ms, &event(&mut random, plan.seed, index, lead, at_ms)),
        };
        written.push(draft);
    }
    partitions
}

/// A small generator with a fixed meaning (SplitMix64, Steele et al. 2014), so that a seed means the same for ever.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// `0..bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

fn name(lead: usize) -> String {
    // Every fourth is anonymous; every eighth needs care in JSON.
    match lead % 8 {
        3 | 7 => format!("anon-{lead}"),
        5 => format!("ünit \"{lead}\""),
        _ => format!("u-{lead}"),
    }
}

fn draft(lead: usize, at_ms: i64, value: &Value) -> Draft {
    Draft::new(at_ms, &name(lead), value.to_string())
}

fn event(random: &mut Random, seed: u64, index: usize, lead: usize, at_ms: i64) -> Value {
    let mut event = call(random);
    let id_field = if name(lead).starts_with("anon") { "anonymousId" } else { "userId" };
    event[id_field] = json!(name(lead));
    if !random.chance(5) {
        event["messageId"] = json!(format!("m-{seed}-{index}"));
    }
    put_times(random, &mut event, at_ms);
    event
}

fn call(random: &mut Random) -> Value {
    match random.below(100) {
        0..55 => page(random),
        55..75 => track(random),
        75..88 => identify(random),
        88..92 => json!({"type": "group", "groupId": "g-1", "traits": {"employees": random.below(5000)}}),
        92..94 => json!({"type": "alias", "previousId": "anon-before"}),
        _ => json!({"type": "screen", "name": random.pick(&["Home", "Plans", "Security"])}),
    }
}

fn page(random: &mut Random) -> Value {
    let path = random.pick(&["/", "/pricing", "/pricing/enterprise", "/docs/start", "/blog/security", "/about"]);
    let referrer =
        random.pick(&["", "https://www.google.com/", "https://www.linkedin.com/feed", "https://partner.example/"]);
    let search =
        random.pick(&["", "?utm_source=newsletter&utm_medium=email", "?gclid=x1", "?utm_medium=cpc&utm_source=bing"]);
    let properties = json!({
        "path": path, "search": search, "referrer": referrer, "url": format!("https://www.example.com{path}{search}"),
        "title": random.pick(&["Home", "Pricing", "Security at Example", "Überblick"]),
    });
    json!({"type": "page", "name": random.pick(&["Home", "Pricing", "Docs"]), "properties": properties})
}

fn track(random: &mut Random) -> Value {
    let event = random.pick(&[
        "Pricing Viewed",
        "Form Submitted",
        "Video Played",
        "Demo Requested",
        "Signed Up",
        "Lead Accepted",
        "Lead Rejected",
        "Sales Contacted",
        "Email Opened",
    ]);
    let properties = json!({"offline": random.chance(5), "fields_filled": random.below(6), "fields_total": 6});
    json!({"type": "track", "event": event, "properties": properties})
}

fn identify(random: &mut Random) -> Value {
    let title = random.pick(&["VP of Engineering", "Intern", "Head of Procurement", "CEO"]);
    let company = json!({"employee_count": random.below(9000)});
    json!({"type": "identify", "traits": {"title": title, "company": company, "email": "someone@example.com"}})
}

/// Most are on time, some are late by minutes or days, a few come from a clock that is ahead, a few say nothing.
fn put_times(random: &mut Random, event: &mut Value, record_ms: i64) {
    let delay_ms = match random.below(100) {
        0..75 => random.below(2_000) as i64,
        75..90 => random.below(3_600_000) as i64,
        90..96 => random.below(4 * 86_400_000) as i64,
        96..98 => 10 * 86_400_000,
        98 => -120_000,
        _ => -3_600_000,
    };
    let at = |ms: i64| json!(Timestamp::from_millisecond(ms).expect("within range").to_string());
    let happened_ms = record_ms - delay_ms;
    match random.below(10) {
        0 => {}
        1 => event["timestamp"] = json!(happened_ms),
        2 => event["sentAt"] = at(happened_ms),
        3 => {
            event["timestamp"] = json!("not a time");
            event["originalTimestamp"] = at(happened_ms);
        }
        _ => event["timestamp"] = at(happened_ms),
    }
    event["receivedAt"] = at(record_ms);
}

fn batch(random: &mut Random, seed: u64, index: usize, lead: usize, at_ms: i64) -> Draft {
    let size = random.below(4);
    let mut items: Vec<Value> = (0..size).map(|_| event(random, seed, index, lead, at_ms)).collect();
    for (item, event) in items.iter_mut().enumerate() {
        event["messageId"] = json!(format!("m-{seed}-{index}-{item}"));
    }
    if random.chance(20) {
        items.push(json!({"type": "page", "note": "nobody's"}));
    }
    draft(lead, at_ms, &json!({"batch": items}))
}

fn cloud_binary(random: &mut Random, seed: u64, index: usize, lead: usize, at_ms: i64) -> Draft {
    draft(lead, at_ms, &event(random, seed, index, lead, at_ms))
        .header("ce_specversion", "1.0")
        .header("ce_id", &format!("c-{seed}-{index}"))
        .header("ce_source", "/site")
        .header("ce_type", "com.example.engagement")
        .header("content-type", "application/json")
}

fn cloud_structured(random: &mut Random, seed: u64, index: usize, lead: usize, at_ms: i64) -> Draft {
    let data = event(random, seed, index, lead, at_ms);
    let envelope = json!({"specversion": "1.0", "id": format!("c-{seed}-{index}"), "source": "/site",
        "type": "com.example.engagement", "datacontenttype": "application/json", "data": data});
    draft(lead, at_ms, &envelope).header("content-type", "application/cloudevents+json; charset=utf-8")
}

/// What can only go to the dead letters.
fn broken(random: &mut Random, lead: usize, at_ms: i64) -> Draft {
    let key = name(lead);
    let value: &[u8] = match random.below(10) {
        0 => return Draft { at_ms, key: Some(key.into()), ..Draft::default() },
        1 => return Draft { at_ms, value: Some(b"{}".to_vec()), ..Draft::default() },
        2 => return Draft::new(at_ms, &key, format!("{}{}", "[".repeat(5000), "]".repeat(5000))),
        3 => b"",
        4 => b"{\"type\":\"page\",\"userId\":\"u-1\",\"proper",
        5 => b"{\"type\":\"page\",\"userId\":\"\xff\xfe\"}",
        6 => b"{\"type\":\"page\",\"userId\":null,\"anonymousId\":\"undefined\"}",
        7 => b"{\"type\":\"purchase\",\"userId\":\"u-1\"}",
        8 => b"{\"type\":\"track\",\"userId\":\"u-1\"}",
        _ => b"not JSON at all",
    };
    Draft::new(at_ms, &key, value).header("trace", "t-1")
}
