//! Segment events, as analytics.js sends them: <https://segment.com/docs/connections/spec/>.

use serde_json::{Value, json};

use super::person::Person;
use super::site::{Page, SITE, Source};
use crate::wire::instant::event_time;

/// Who acts, and when.
pub(super) struct Act<'a> {
    pub person: &'a Person,
    pub known: bool,
    pub is_bot: bool,
    pub at_ms: i64,
    /// The event's `messageId`.
    pub id: String,
}

impl Act<'_> {
    /// A page view; `referrer` is the page before on the same site, where there is one.
    pub fn page(self, page: &Page, source: &Source, referrer: Option<&Page>) -> Value {
        let url = format!("{SITE}{}{}", page.path, source.search);
        let referrer = referrer.map_or_else(|| source.referrer.to_owned(), |page| format!("{SITE}{}", page.path));
        let properties = json!({
            "path": page.path, "title": page.title, "url": url, "search": source.search, "referrer": referrer,
        });
        self.event(json!({"type": "page", "name": page.title, "properties": properties}))
    }

    pub fn track(self, event: &str, properties: Value) -> Value {
        self.event(json!({"type": "track", "event": event, "properties": properties}))
    }

    pub fn identify(self) -> Value {
        let traits = self.person.traits.clone();
        self.event(json!({"type": "identify", "traits": traits}))
    }

    /// What all types have in common.
    fn event(self, mut event: Value) -> Value {
        let mut at = Vec::new();
        event_time(self.at_ms, &mut at);
        event["messageId"] = json!(self.id);
        event["timestamp"] = json!(String::from_utf8_lossy(&at));
        event["anonymousId"] = json!(self.person.anonymous_id);
        if self.known {
            event["userId"] = json!(self.person.user_id);
        }
        let agent = if self.is_bot { "ExampleBot/2.1 (+https://bot.example)" } else { "Mozilla/5.0" };
        event["context"] = json!({"library": {"name": "analytics.js", "version": "2.1.0"}, "userAgent": agent});
        event
    }
}
