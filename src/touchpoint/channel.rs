//! Marketing channel: GA4's default channel groups, plus `offline`.
//!
//! The rules, their order and their regexes are those of Google's help page "[GA4] Default channel group"
//! (<https://support.google.com/analytics/answer/9756891>). Every regex there is simple enough to be a plain string
//! predicate here; tests hold each against the regex itself. Comparison ignores ASCII case.

use super::site::{self, Category};

/// The number is part of the stored form: never reuse one; at most 32.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Channel {
    /// No rule knows the traffic source, or the event brings none (internal navigation).
    Unassigned = 0,
    Direct = 1,
    CrossNetwork = 2,
    PaidShopping = 3,
    PaidSearch = 4,
    PaidSocial = 5,
    PaidVideo = 6,
    Display = 7,
    PaidOther = 8,
    OrganicShopping = 9,
    OrganicSocial = 10,
    OrganicVideo = 11,
    OrganicSearch = 12,
    Email = 13,
    Affiliates = 14,
    Referral = 15,
    Audio = 16,
    Sms = 17,
    MobilePush = 18,
    /// Not of GA4: a fair, a call, a meeting.
    Offline = 19,
}

impl Channel {
    /// Every channel, at the place of its number.
    pub const ALL: [Channel; 20] = [
        Self::Unassigned,
        Self::Direct,
        Self::CrossNetwork,
        Self::PaidShopping,
        Self::PaidSearch,
        Self::PaidSocial,
        Self::PaidVideo,
        Self::Display,
        Self::PaidOther,
        Self::OrganicShopping,
        Self::OrganicSocial,
        Self::OrganicVideo,
        Self::OrganicSearch,
        Self::Email,
        Self::Affiliates,
        Self::Referral,
        Self::Audio,
        Self::Sms,
        Self::MobilePush,
        Self::Offline,
    ];

    /// Name in features and outputs: `paid_search`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unassigned => "unassigned",
            Self::Direct => "direct",
            Self::CrossNetwork => "cross_network",
            Self::PaidShopping => "paid_shopping",
            Self::PaidSearch => "paid_search",
            Self::PaidSocial => "paid_social",
            Self::PaidVideo => "paid_video",
            Self::Display => "display",
            Self::PaidOther => "paid_other",
            Self::OrganicShopping => "organic_shopping",
            Self::OrganicSocial => "organic_social",
            Self::OrganicVideo => "organic_video",
            Self::OrganicSearch => "organic_search",
            Self::Email => "email",
            Self::Affiliates => "affiliates",
            Self::Referral => "referral",
            Self::Audio => "audio",
            Self::Sms => "sms",
            Self::MobilePush => "mobile_push",
            Self::Offline => "offline",
        }
    }

    /// The channel of a stored number; `None` for a number that no channel has.
    pub fn from_u8(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// GA4's rules for a traffic source, first match wins; an empty part is one that is not set.
    ///
    /// GA4 reads Google's own ad networks from Google Ads. That is not in an event, so such a click is judged by its
    /// source and medium (`google` / `cpc`) like everybody else's.
    pub fn group(source: &[u8], medium: &[u8], campaign: &[u8]) -> Self {
        if is(source, b"(direct)") && (medium.is_empty() || one_of(medium, &[b"(none)", b"(not set)"])) {
            return Self::Direct;
        }
        if contains(campaign, b"cross-network") {
            return Self::CrossNetwork;
        }
        let shop = is_shop_campaign(campaign);
        let category = site::category(source);
        match category {
            _ if is_paid(medium) => Self::paid(category, medium, shop),
            _ if is_display(medium) => Self::Display,
            Some(Category::Shopping) => Self::OrganicShopping,
            _ if shop => Self::OrganicShopping,
            Some(Category::Social) => Self::OrganicSocial,
            _ if is_social(medium) => Self::OrganicSocial,
            Some(Category::Video) => Self::OrganicVideo,
            _ if contains(medium, b"video") => Self::OrganicVideo,
            Some(Category::Search) => Self::OrganicSearch,
            None => Self::by_medium(source, medium),
        }
    }

    /// The groups of a paid medium; GA4 asks for Display between Paid Video and Paid Other (`cpm` is of both).
    fn paid(category: Option<Category>, medium: &[u8], shop: bool) -> Self {
        match category {
            Some(Category::Shopping) => Self::PaidShopping,
            _ if shop => Self::PaidShopping,
            Some(Category::Search) => Self::PaidSearch,
            Some(Category::Social) => Self::PaidSocial,
            Some(Category::Video) => Self::PaidVideo,
            None if is_display(medium) => Self::Display,
            None => Self::PaidOther,
        }
    }

    /// The groups that no list of sites has a say in.
    fn by_medium(source: &[u8], medium: &[u8]) -> Self {
        if is(medium, b"organic") {
            Self::OrganicSearch
        } else if one_of(medium, &[b"referral", b"app", b"link"]) {
            Self::Referral
        } else if is_email(source) || is_email(medium) {
            Self::Email
        } else if is(medium, b"affiliate") {
            Self::Affiliates
        } else if is(medium, b"audio") {
            Self::Audio
        } else if is(source, b"sms") || is(medium, b"sms") {
            Self::Sms
        } else if is_push(medium) || is(source, b"firebase") {
            Self::MobilePush
        } else {
            Self::Unassigned
        }
    }
}

/// `^(.*cp.*|ppc|retargeting|paid.*)$`
fn is_paid(medium: &[u8]) -> bool {
    contains(medium, b"cp")
        || one_of(medium, &[b"ppc", b"retargeting"])
        || medium.get(..4).is_some_and(|head| is(head, b"paid"))
}

/// `^(display|banner|expandable|interstitial|cpm)$`
fn is_display(medium: &[u8]) -> bool {
    one_of(medium, &[b"display", b"banner", b"expandable", b"interstitial", b"cpm"])
}

/// `^(social|social-network|social-media|sm|social network|social media)$`
fn is_social(medium: &[u8]) -> bool {
    one_of(medium, &[b"social", b"social-network", b"social-media", b"sm", b"social network", b"social media"])
}

/// `^(email|e-mail|e_mail|e mail)$`
fn is_email(text: &[u8]) -> bool {
    one_of(text, &[b"email", b"e-mail", b"e_mail", b"e mail"])
}

/// `push$`, or `mobile|notification`
fn is_push(medium: &[u8]) -> bool {
    let tail = medium.len().saturating_sub(4);
    is(&medium[tail..], b"push") || contains(medium, b"mobile") || contains(medium, b"notification")
}

/// `^(.*(([^a-df-z]|^)shop|shopping).*)$`: "shop" at the start of a word or after an e ("eshop"), or "shopping" anywhere.
fn is_shop_campaign(campaign: &[u8]) -> bool {
    let starts_word = |at: usize| match at.checked_sub(1).map(|before| campaign[before].to_ascii_lowercase()) {
        Some(before) => !before.is_ascii_lowercase() || before == b'e',
        None => true,
    };
    let mut windows = campaign.windows(4).enumerate();
    windows.any(|(at, text)| is(text, b"shop") && starts_word(at)) || contains(campaign, b"shopping")
}

fn is(text: &[u8], word: &[u8]) -> bool {
    text.eq_ignore_ascii_case(word)
}

fn one_of(text: &[u8], words: &[&[u8]]) -> bool {
    words.iter().any(|word| is(text, word))
}

/// Whether `word`, which starts with a small letter, is somewhere in `text`.
fn contains(text: &[u8], word: &[u8]) -> bool {
    // Most places are told by their first letter.
    text.windows(word.len()).any(|part| part[0].to_ascii_lowercase() == word[0] && is(part, word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use regex::bytes::Regex;

    /// GA4's regex, as it stands on the page, over bytes and without regard to ASCII case.
    fn regex(text: &str) -> Regex {
        Regex::new(&format!("(?is-u){text}")).expect("a regex of the page")
    }

    /// Text that often holds the words which the rules look for.
    fn texts() -> impl Strategy<Value = String> {
        let word = prop_oneof![
            "(?i)(cp|cpm|ppc|paid|retargeting|shop|eshop|shopping|video|push|mobile|notification)",
            "(?i)(social|social-network|social media|sm|e[-_ ]?mail|display|banner|expandable|interstitial)",
            "\\PC{0,3}",
            "[a-zA-Z0-9_ \n-]{0,2}",
        ];
        proptest::collection::vec(word, 0..4).prop_map(|words| words.concat())
    }

    proptest! {
        #[test]
        fn predicates_equal_the_regexes_of_ga4(text in texts()) {
            type Predicate = fn(&[u8]) -> bool;
            let cases: [(Predicate, &str); 7] = [
                (is_paid, "^(.*cp.*|ppc|retargeting|paid.*)$"),
                (is_display, "^(display|banner|expandable|interstitial|cpm)$"),
                (is_social, "^(social|social-network|social-media|sm|social network|social media)$"),
                (is_email, "^(email|e-mail|e_mail|e mail)$"),
                (is_push, "push$|mobile|notification"),
                (is_shop_campaign, "^(.*(([^a-df-z]|^)shop|shopping).*)$"),
                (|text| contains(text, b"video"), "^(.*video.*)$"),
            ];
            for (predicate, pattern) in cases {
                prop_assert_eq!(predicate(text.as_bytes()), regex(pattern).is_match(text.as_bytes()), "{}", pattern);
            }
        }
    }

    #[test]
    fn numbers_and_names_are_one_to_one() {
        for (number, channel) in Channel::ALL.into_iter().enumerate() {
            assert_eq!(channel as usize, number);
            assert_eq!(Channel::from_u8(number as u8), Some(channel));
            assert_eq!(Channel::ALL.iter().filter(|other| other.name() == channel.name()).count(), 1);
        }
        assert_eq!(Channel::from_u8(20), None);
    }
}
