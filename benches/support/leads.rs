//! Leads that never were, from a seed: Segment page views and tracks of about 450 bytes.
//!
//! Every lead comes once, in scrambled order; from then on a few leads do much and most do little (Zipf, exponent 0.8). A lead leans
//! to some channels and themes. Event time runs evenly over the plan's days; one event in 50 is up to three days late.

use std::io::Write;

use needle::wire::encode::event_time;

const START_MS: i64 = 1_767_225_600_000; // 2026-01-01
const DAY_MS: i64 = 86_400_000;
const ZIPF: f64 = 0.8;

/// Path of a page; the site's title says the same.
const PAGES: [&str; 12] = [
    "home",
    "pricing",
    "product",
    "docs",
    "blog",
    "case-studies",
    "webinar",
    "demo",
    "careers",
    "security",
    "integrations",
    "contact",
];
/// Source and medium.
const CAMPAIGNS: [(&str, &str); 10] = [
    ("direct", "none"),
    ("google", "organic"),
    ("google", "cpc"),
    ("newsletter", "email"),
    ("linkedin", "social"),
    ("linkedin", "paid_social"),
    ("partner", "referral"),
    ("affiliates", "affiliate"),
    ("dv360", "display"),
    ("fair", "offline"),
];
const TRACKS: [&str; 5] = ["Form Started", "Form Submitted", "Video Played", "Asset Downloaded", "Demo Requested"];

/// Equal plans give equal bytes.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub seed: u64,
    pub leads: usize,
    /// Events over which `days` are spread.
    pub events: usize,
    pub days: f64,
}

pub struct Generator {
    plan: Plan,
    random: Random,
    /// Share of the events that belongs to this lead and all busier ones.
    shares: Vec<f64>,
    made: usize,
    time: Vec<u8>,
}

/// Whose event was made.
#[derive(Clone, Copy, Debug)]
pub struct Made {
    pub lead: usize,
    /// When it reached the log; the event itself may be older.
    pub record_ms: i64,
}

impl Generator {
    pub fn new(plan: Plan) -> Self {
        let weights = (1..=plan.leads).scan(0.0, |sum, rank| {
            *sum += (rank as f64).powf(-ZIPF);
            Some(*sum)
        });
        let mut shares: Vec<f64> = weights.collect();
        let all = shares.last().copied().unwrap_or(1.0);
        shares.iter_mut().for_each(|share| *share /= all);
        Self { plan, random: Random(plan.seed), shares, made: 0, time: Vec::new() }
    }

    /// The key that the lead's records have on the topic.
    pub fn key(lead: usize) -> String {
        format!("lead-{}", 100_000_000 + lead)
    }

    /// Replaces `value` by the next event.
    pub fn next(&mut self, value: &mut Vec<u8>) -> Made {
        let leads = self.plan.leads;
        let rank = if self.made < leads {
            self.made
        } else {
            let drawn = self.random.share();
            self.shares.partition_point(|share| *share < drawn).min(leads - 1)
        };
        // A prime that divides no sensible number of leads: a permutation.
        let lead = (rank * 7_368_787 + 12_345) % leads;
        let elapsed_ms = self.plan.days * DAY_MS as f64 * self.made as f64 / self.plan.events as f64;
        let record_ms = START_MS + elapsed_ms as i64;
        self.made += 1;
        value.clear();
        self.write(lead, record_ms, value);
        Made { lead, record_ms }
    }

    fn write(&mut self, lead: usize, record_ms: i64, value: &mut Vec<u8>) {
        let r = &mut self.random;
        let late_ms = if r.below(50) == 0 { (r.share() * 3.0 * DAY_MS as f64) as i64 } else { 0 };
        let taste = lead % 5;
        let page = if r.below(3) == 0 { (taste * 2 + r.below(3)) % PAGES.len() } else { r.skewed(PAGES.len()) };
        let campaign = if r.below(2) == 0 { taste * 3 % CAMPAIGNS.len() } else { r.skewed(CAMPAIGNS.len()) };
        let (page, (source, medium)) = (PAGES[page], CAMPAIGNS[campaign]);
        let track = (r.below(4) == 0).then(|| TRACKS[r.below(TRACKS.len())]);
        let (high, low) = (r.next(), r.next());
        self.time.clear();
        event_time(record_ms - late_ms, &mut self.time);
        let (time, key) = (String::from_utf8_lossy(&self.time), Self::key(lead));
        let kind = track.map_or_else(|| "\"page\"".to_owned(), |name| format!("\"track\",\"event\":\"{name}\""));
        let (number, referrer, visitor) = (high >> 54, low >> 50, high ^ lead as u64);
        write!(
            value,
            "{{\"type\":{kind},\"messageId\":\"ajs-next-{high:016x}{low:016x}\",\"timestamp\":\"{time}\",\"userId\":\"{key}\",\
             \"anonymousId\":\"{visitor:016x}\",\"context\":{{\"library\":{{\"name\":\"analytics.js\",\"version\":\"next-1.70.0\"}},\
             \"page\":{{\"url\":\"https://www.example.com/{page}/p{number}?ref={referrer}\",\"path\":\"/{page}/p{number}\",\
             \"title\":\"Acme | {page}\"}},\"campaign\":{{\"source\":\"{source}\",\"medium\":\"{medium}\",\"name\":\"spring\"}},\
             \"locale\":\"en-US\"}},\"properties\":{{\"plan\":\"team\",\"position\":{}}}}}",
            low & 63,
        )
        .expect("a Vec takes what is written");
    }
}

/// SplitMix64 (Steele et al. 2014): a seed means the same for ever.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// `0..bound`.
    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// `0..1`.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// `0..bound`, small numbers more often.
    fn skewed(&mut self, bound: usize) -> usize {
        (self.share() * self.share() * bound as f64) as usize
    }
}
