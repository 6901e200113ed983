//! Where a visitor came from: campaign tags, click ids and the referrer of one event, judged as one traffic source.
//!
//! In this order:
//! 1. An event that says it happened off line is [`Channel::Offline`].
//! 2. Tags: `context.campaign`, else the `utm_*` parameters of the page's address. What they lack a click id fills in: tags are
//!    set by hand and tell more (`display`, `paid_social`) than the mere fact of a click.
//! 3. A click id (see [`click_id`]).
//! 4. The referrer, unless it is of the page's own site: its host is the source, the medium `referral`. (GA4 says
//!    `organic` where it knows the search engine; the group is the same, because the engine is in the list of sites.)
//! 5. Nothing of all that: a `page` or `screen` without a referrer is [`Channel::Direct`]. Navigation within the site, and every
//!    other type of event, brings no new source and is [`Channel::Unassigned`].

use super::address;
use super::channel::Channel;
use crate::wire::event::{Event, EventType, Page};

/// Buffers for decoded parameters, reused from event to event.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    source: Vec<u8>,
    medium: Vec<u8>,
    campaign: Vec<u8>,
}

/// Source, medium and campaign; an empty one is not set.
#[derive(Clone, Copy, Default)]
struct Tags<'a> {
    source: &'a [u8],
    medium: &'a [u8],
    campaign: &'a [u8],
}

impl Tags<'_> {
    fn is_empty(&self) -> bool {
        self.source.is_empty() && self.medium.is_empty() && self.campaign.is_empty()
    }
}

/// The channel that brought this event about; see the module for the order of evidence.
pub(super) fn channel(event: &Event<'_>, scratch: &mut Scratch) -> Channel {
    if event.offline {
        return Channel::Offline;
    }
    let (utm, click) = parameters(query(&event.page));
    let campaign = &event.campaign;
    let mut tags = Tags { source: text(campaign.source), medium: text(campaign.medium), campaign: text(campaign.name) };
    if tags.is_empty() {
        tags = Tags {
            source: decode(utm.source, &mut scratch.source),
            medium: decode(utm.medium, &mut scratch.medium),
            campaign: decode(utm.campaign, &mut scratch.campaign),
        };
    }
    let mut referrer = None;
    if let Some((source, medium)) = click {
        fill(&mut tags.source, source);
        fill(&mut tags.medium, medium);
    } else if tags.source.is_empty() && tags.medium.is_empty() {
        referrer = event.page.referrer.and_then(address::host);
        if let Some(host) = referrer.filter(|host| !is_own(&event.page, host)) {
            tags.source = host.as_bytes();
            tags.medium = b"referral";
        }
    }
    if !tags.is_empty() {
        Channel::group(tags.source, tags.medium, tags.campaign)
    } else if referrer.is_none() && matches!(event.kind, EventType::Page | EventType::Screen) {
        Channel::Direct
    } else {
        Channel::Unassigned
    }
}

/// Query of the page, without `?`: as sent, else of its address.
pub(super) fn query<'a>(page: &Page<'a>) -> &'a str {
    match page.search {
        Some(search) if !search.is_empty() => search.strip_prefix('?').unwrap_or(search),
        _ => page.url.map_or("", address::query),
    }
}

fn is_own(page: &Page<'_>, referrer: &str) -> bool {
    page.url.and_then(address::host).is_some_and(|host| address::same_site(host, referrer))
}

fn text(value: Option<&str>) -> &[u8] {
    value.map_or(b"", |value| value.as_bytes().trim_ascii())
}

fn fill<'a>(place: &mut &'a [u8], value: &'a [u8]) {
    if place.is_empty() {
        *place = value;
    }
}

/// Source and medium that a click id stands for.
type Click = (&'static [u8], &'static [u8]);

/// Longest name of a parameter that is looked for.
const PARAMETER: usize = 12;

/// The first `utm_*` values of a query, still encoded, and the source and medium of its first click id.
fn parameters(query: &str) -> (Tags<'_>, Option<Click>) {
    let mut tags = Tags::default();
    let mut click = None;
    for pair in query.as_bytes().split(|&b| b == b'&') {
        let Some(equals) = pair.iter().position(|&b| b == b'=') else { continue };
        let (name, value) = (&pair[..equals], &pair[equals + 1..]);
        let mut buffer = [0; PARAMETER];
        let Some(lower) = buffer.get_mut(..name.len()) else { continue };
        lower.copy_from_slice(name);
        lower.make_ascii_lowercase();
        match &*lower {
            _ if value.is_empty() => {}
            b"utm_source" => fill(&mut tags.source, value),
            b"utm_medium" => fill(&mut tags.medium, value),
            b"utm_campaign" => fill(&mut tags.campaign, value),
            id => click = click.or_else(|| click_id(id)),
        }
    }
    (tags, click)
}

/// What a click id of this name, in lower case, stands for.
///
/// An id that a platform adds to clicks on ads only is paid; one that it adds to any outgoing link is a referral.
fn click_id(name: &[u8]) -> Option<Click> {
    Some(match name {
        // Google Ads' auto-tagging: GA4 reports google / cpc (support.google.com/analytics/answer/16479993). The braids and
        // gad_source stand in where consent or iOS keep gclid away.
        b"gclid" | b"gbraid" | b"wbraid" | b"gad_source" | b"gclsrc" => (b"google", b"cpc"),
        // Campaign Manager 360 and Display & Video 360 report dfa / cpm.
        b"dclid" => (b"dfa", b"cpm"),
        b"msclkid" => (b"bing", b"cpc"),
        b"yclid" => (b"yandex", b"cpc"),
        b"li_fat_id" => (b"linkedin", b"cpc"),
        b"ttclid" => (b"tiktok", b"cpc"),
        b"twclid" => (b"twitter", b"cpc"),
        b"sccid" => (b"snapchat", b"cpc"),
        b"rdt_cid" => (b"reddit", b"cpc"),
        b"qclid" => (b"quora", b"cpc"),
        // On every link that leaves the platform, ad or not.
        b"fbclid" => (b"facebook", b"referral"),
        b"igshid" | b"igsh" => (b"instagram", b"referral"),
        b"epik" => (b"pinterest", b"referral"),
        // Merchant Center puts it on unpaid results: google / organic.
        b"srsltid" => (b"google", b"organic"),
        // Mails sent by Mailchimp, HubSpot, Marketo and Klaviyo.
        b"mc_cid" | b"mc_eid" | b"_hsenc" | b"_hsmi" | b"mkt_tok" | b"_kx" => (b"email", b"email"),
        // Affiliate networks Impact, Awin and CJ.
        b"irclickid" | b"awc" | b"cjevent" => (b"affiliate", b"affiliate"),
        _ => return None,
    })
}

/// A query's value as text: `+` and `%xx` resolved, blanks around it gone. What is no escape stands as it is.
fn decode<'a>(value: &'a [u8], buffer: &'a mut Vec<u8>) -> &'a [u8] {
    if !value.iter().any(|&b| b == b'+' || b == b'%') {
        return value.trim_ascii();
    }
    buffer.clear();
    let mut rest = value;
    while let [first, tail @ ..] = rest {
        let escape = match tail {
            [high, low, after @ ..] if *first == b'%' => hex(*high).zip(hex(*low)).map(|(h, l)| (h << 4 | l, after)),
            _ => None,
        };
        let (byte, after) = escape.unwrap_or((if *first == b'+' { b' ' } else { *first }, tail));
        buffer.push(byte);
        rest = after;
    }
    buffer.trim_ascii()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded() {
        for (value, wanted) in [
            ("cpc", "cpc"),
            ("social+media", "social media"),
            ("e%20mail", "e mail"),
            ("%28direct%29", "(direct)"),
            ("100%", "100%"),
            ("%zz%4", "%zz%4"),
            ("+x+", "x"),
            ("%C3%A9", "é"),
        ] {
            assert_eq!(decode(value.as_bytes(), &mut Vec::new()), wanted.as_bytes(), "{value}");
        }
    }
}
