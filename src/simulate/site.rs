//! The site that simulated leads visit, and the places they come from. Its pages fall under the themes of the shipped configuration.

use crate::random::Random;

/// Where the site lives; a name that nobody can own (RFC 2606).
pub(super) const SITE: &str = "https://www.example.com";

/// Sections of the site, as many as [`Step::ALL`] has but the form.
pub(super) const SECTIONS: usize = 6;
pub(super) const STEPS: usize = SECTIONS + 1;

/// One thing done on the site: a page of a section looked at, or a form sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Home,
    Blog,
    Product,
    Pricing,
    Demo,
    Careers,
    Form,
}

impl Step {
    pub const ALL: [Step; STEPS] =
        [Self::Home, Self::Blog, Self::Product, Self::Pricing, Self::Demo, Self::Careers, Self::Form];

    /// What it adds to a lead's interest.
    pub fn weight(self) -> f64 {
        [0.3, 0.3, 0.6, 1.5, 2.0, 0.1, 4.0][self as usize]
    }

    /// A page of the section; a form has none.
    pub fn page(self, random: &mut Random) -> Option<&'static Page> {
        PAGES.get(self as usize).map(|pages| random.pick(pages))
    }
}

/// What a meeting off line adds to a lead's interest, and what meetings there are.
pub(super) const MEETING_WEIGHT: f64 = 3.0;
pub(super) const MEETINGS: [&str; 3] = ["Webinar Attended", "Trade Show Visited", "Workshop Attended"];

#[derive(Debug, PartialEq)]
pub(super) struct Page {
    pub path: &'static str,
    pub title: &'static str,
}

const fn page(path: &'static str, title: &'static str) -> Page {
    Page { path, title }
}

/// By [`Step`].
const PAGES: [&[Page]; SECTIONS] = [
    &[page("/", "Home"), page("/about", "About us"), page("/customers", "Customers")],
    &[
        page("/blog/what-a-good-lead-looks-like", "What a good lead looks like"),
        page("/blog/clean-data-in-five-steps", "Clean data in five steps"),
        page("/blog/sales-and-marketing-one-list", "Sales and marketing, one list"),
        page("/blog/kafka-for-marketers", "Kafka for marketers"),
        page("/blog/why-speed-wins", "Why speed wins"),
    ],
    &[
        page("/product", "Product"),
        page("/features/alerts", "Alerts"),
        page("/integrations/kafka", "Kafka"),
        page("/docs/getting-started", "Getting started"),
        page("/docs/security", "Security"),
        page("/case-studies/logistics", "A logistics company, faster"),
    ],
    &[page("/pricing", "Pricing"), page("/pricing", "Pricing"), page("/pricing/enterprise", "Enterprise pricing")],
    &[page("/demo", "Book a demo"), page("/contact-sales", "Contact sales")],
    &[page("/careers", "Careers"), page("/jobs/platform-engineer", "Platform engineer"), page("/jobs/sales", "Sales")],
];

/// What brought a visitor: referrer, query of the first page.
#[derive(Debug, PartialEq)]
pub(super) struct Source {
    pub referrer: &'static str,
    pub search: &'static str,
    /// Place in [`QUALITIES`].
    pub quality: usize,
}

/// By how much a lead that first came from a source buys sooner than others.
pub(super) const QUALITIES: [f64; 3] = [0.6, 1.0, 1.6];

impl Source {
    /// Strangers come from anywhere; who is known comes back by newsletters and by themselves.
    pub fn draw(known: bool, random: &mut Random) -> &'static Source {
        let weight = |(_, stranger, friend): &(Source, f64, f64)| if known { *friend } else { *stranger };
        &SOURCES[random.weighted(SOURCES.iter().map(weight))].0
    }

    pub const NONE: Source = Source { referrer: "", search: "", quality: 1 };
}

/// Each with its weight for strangers and for those who are known.
const SOURCES: [(Source, f64, f64); 8] = [
    (Source::NONE, 2.0, 4.0),
    (Source { referrer: "https://www.google.com/", search: "", quality: 1 }, 4.0, 2.0),
    (Source { referrer: "https://duckduckgo.com/", search: "", quality: 1 }, 0.6, 0.3),
    (
        Source {
            referrer: "https://www.google.com/",
            search: "?utm_source=google&utm_medium=cpc&utm_campaign=leads&gclid=EAIaIQobChMI",
            quality: 2,
        },
        1.5,
        0.4,
    ),
    (Source { referrer: "https://www.linkedin.com/", search: "", quality: 0 }, 1.0, 0.6),
    (
        Source { referrer: "", search: "?utm_source=linkedin&utm_medium=paid_social&utm_campaign=launch", quality: 0 },
        0.8,
        0.2,
    ),
    (
        Source { referrer: "", search: "?utm_source=newsletter&utm_medium=email&utm_campaign=weekly", quality: 1 },
        0.2,
        3.0,
    ),
    (Source { referrer: "https://partner.example/recommended", search: "", quality: 2 }, 0.6, 0.3),
];
