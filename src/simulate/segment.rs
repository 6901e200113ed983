//! Segment events, as analytics.js sends them: <https://segment.com/docs/connections/spec/>.
//!
//! Written straight as text: nothing that a simulated lead says needs escaping.

use std::fmt::Write;

use super::person::Person;
use super::site::{Page, SITE, Source};
use crate::wire::instant::event_time;

/// Who acts, and when.
pub(super) struct Actor<'a> {
    pub person: &'a Person,
    pub known: bool,
    pub is_bot: bool,
    pub at_ms: i64,
    pub seed: u64,
    /// Lead, and number among the lead's events: parts of the event's `messageId`.
    pub lead: u32,
    pub number: u32,
}

// Writing to a string cannot fail: results are let go.
impl Actor<'_> {
    /// A page view; `referrer` is the page before on the same site, where there is one.
    pub fn page(&self, page: &Page, source: &Source, referrer: Option<&Page>) -> Vec<u8> {
        let Page { path, title } = page;
        let search = source.search;
        self.event("page", |out| {
            let _ = write!(
                out,
                r#""name":"{title}","properties":{{"path":"{path}","title":"{title}","url":"{SITE}{path}{search}","search":"{search}","referrer":""#
            );
            let _ = match referrer {
                Some(page) => write!(out, "{SITE}{}", page.path),
                None => write!(out, "{}", source.referrer),
            };
            out.push_str(r#""}"#);
        })
    }

    /// `properties`: a JSON object.
    pub fn track(&self, event: &str, properties: &str) -> Vec<u8> {
        self.event("track", |out| {
            let _ = write!(out, r#""event":"{event}","properties":{properties}"#);
        })
    }

    pub fn identify(&self) -> Vec<u8> {
        self.event("identify", |out| {
            out.push_str(r#""traits":"#);
            self.person.write_traits(out);
        })
    }

    /// What all types have in common, around what one has of its own.
    fn event(&self, kind: &str, own: impl FnOnce(&mut String)) -> Vec<u8> {
        let mut out = String::with_capacity(512);
        let _ = write!(out, r#"{{"type":"{kind}","messageId":"m-{:x}-{}-{}","#, self.seed, self.lead, self.number);
        let mut at = Vec::with_capacity(24);
        event_time(self.at_ms, &mut at);
        let at = String::from_utf8_lossy(&at);
        let _ = write!(out, r#""timestamp":"{at}","anonymousId":"{}","#, self.person.anonymous_id());
        if self.known {
            let _ = write!(out, r#""userId":"{}","#, self.person.user_id());
        }
        own(&mut out);
        let agent = if self.is_bot { "ExampleBot/2.1 (+https://bot.example)" } else { "Mozilla/5.0" };
        let _ = write!(
            out,
            r#","context":{{"library":{{"name":"analytics.js","version":"2.1.0"}},"userAgent":"{agent}"}}}}"#
        );
        out.into_bytes()
    }
}
