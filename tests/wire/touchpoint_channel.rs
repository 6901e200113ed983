//! Every channel group of GA4 is reached by the traffic that its definition names, whatever form the evidence takes.

use needle::config::Outcomes;
use needle::touchpoint::{Channel, Reader, Taxonomy};
use needle::wire::event::{Campaign, Event, EventType, Page};

const EVENT: Event<'static> = Event {
    tenant: "default",
    lead: "u-1",
    known: true,
    kind: EventType::Page,
    id: "m-1",
    name: None,
    at_ms: 1_700_000_000_000,
    page: Page { url: Some("https://www.acme.com/pricing"), path: None, search: None, title: None, referrer: None },
    campaign: Campaign { source: None, medium: None, name: None },
    offline: false,
    form_completeness: None,
    traits: &[],
};

fn reader() -> Reader {
    let outcomes = Outcomes { positive: vec![], negative: vec![], contact: vec![], repeat: false };
    Reader::new(&Taxonomy::compile(&[], &outcomes).expect("no rules"))
}

fn channel(event: &Event<'_>) -> Channel {
    reader().read(event).channel
}

/// The channel of a page view with these campaign tags; "" is a tag that is missing.
fn tagged(source: &str, medium: &str, name: &str) -> Channel {
    let tag = |text: &'_ str| (!text.is_empty()).then(|| text.to_owned());
    let (source, medium, name) = (tag(source), tag(medium), tag(name));
    let campaign = Campaign { source: source.as_deref(), medium: medium.as_deref(), name: name.as_deref() };
    channel(&Event { campaign, ..EVENT })
}

fn at(url: &str, referrer: &str) -> Channel {
    channel(&Event { page: Page { url: Some(url), referrer: Some(referrer), ..Page::default() }, ..EVENT })
}

#[test]
fn campaign_tags() {
    use Channel::*;
    for (source, medium, name, wanted) in [
        ("(direct)", "(none)", "", Direct),
        ("(direct)", "(not set)", "", Direct),
        ("google", "cpc", "Cross-network Q3", CrossNetwork),
        ("google", "organic", "cross-network", CrossNetwork),
        ("amazon", "cpc", "", PaidShopping),
        ("ebay.co.uk", "paid", "", PaidShopping),
        ("bing", "cpc", "spring shopping", PaidShopping),
        ("google", "ppc", "eshop", PaidShopping),
        ("google", "cpc", "workshop", PaidSearch),
        ("google", "cpc", "", PaidSearch),
        ("Bing", "PaidSearch", "", PaidSearch),
        ("duckduckgo", "retargeting", "", PaidSearch),
        ("google", "cpm", "", PaidSearch),
        ("facebook", "paid_social", "", PaidSocial),
        ("LinkedIn", "cpc", "", PaidSocial),
        ("t.co", "ppc", "", PaidSocial),
        ("youtube.com", "cpc", "", PaidVideo),
        ("vimeo", "paid-video", "", PaidVideo),
        ("dv360", "display", "", Display),
        ("taboola", "cpm", "", Display),
        ("google", "banner", "", Display),
        ("x-site", "interstitial", "", Display),
        ("x-site", "expandable", "", Display),
        ("taboola", "cpc", "", PaidOther),
        ("somewhere", "paid", "", PaidOther),
        ("etsy", "referral", "", OrganicShopping),
        ("newsletter", "email", "shop the sale", OrganicShopping),
        ("facebook", "", "", OrganicSocial),
        ("hootsuite-x", "social", "", OrganicSocial),
        ("x-site", "sm", "", OrganicSocial),
        ("x-site", "Social Media", "", OrganicSocial),
        ("youtube", "referral", "", OrganicVideo),
        ("x-site", "video-post", "", OrganicVideo),
        ("google", "organic", "", OrganicSearch),
        ("x-search", "organic", "", OrganicSearch),
        ("bing", "", "", OrganicSearch),
        ("newsletter", "email", "", Email),
        ("e-mail", "", "", Email),
        ("x", "e mail", "", OrganicSocial),
        ("crm", "e_mail", "", Email),
        ("partner-site", "affiliate", "", Affiliates),
        ("partner.com", "referral", "", Referral),
        ("partner.com", "link", "", Referral),
        ("email", "referral", "", Referral),
        ("partner.com", "app", "", Referral),
        ("podcast", "audio", "", Audio),
        ("sms", "", "", Sms),
        ("twilio", "sms", "", Sms),
        ("crm", "webpush", "", MobilePush),
        ("crm", "mobile", "", MobilePush),
        ("crm", "app-notification", "", MobilePush),
        ("firebase", "", "", MobilePush),
        ("fair", "flyer", "", Unassigned),
        ("chatgpt.com", "", "", Unassigned),
        ("", "", "spring", Unassigned),
    ] {
        assert_eq!(tagged(source, medium, name), wanted, "{source} / {medium} / {name}");
    }
}

#[test]
fn tags_and_click_ids_in_the_address() {
    use Channel::*;
    // One reader for all: what it decoded for one event is gone at the next.
    let mut reader = reader();
    for (query, wanted) in [
        ("utm_source=newsletter&utm_medium=email&utm_campaign=may", Email),
        ("utm_source=x-site&utm_medium=social+media", OrganicSocial),
        ("UTM_Source=FACEBOOK&utm_medium=paid%20social", PaidSocial),
        ("utm_source=&utm_medium=", Direct),
        ("gclid=Cj0K", PaidSearch),
        ("gad_source=1&gbraid=0AAA", PaidSearch),
        ("wbraid=x", PaidSearch),
        ("dclid=x", Display),
        ("msclkid=x", PaidSearch),
        ("yclid=1", PaidSearch),
        ("fbclid=IwAR", OrganicSocial),
        ("igshid=x", OrganicSocial),
        ("li_fat_id=x", PaidSocial),
        ("ttclid=x", PaidSocial),
        ("twclid=x", PaidSocial),
        ("ScCid=x", PaidSocial),
        ("rdt_cid=x", PaidSocial),
        ("srsltid=x", OrganicSearch),
        ("mc_cid=x&mc_eid=y", Email),
        ("irclickid=x", Affiliates),
        ("gclid=", Direct),
        ("utm_source=google&utm_medium=display&gclid=x", Display),
        ("utm_source=google&gclid=x", PaidSearch),
        ("utm_source=facebook&utm_medium=cpc&fbclid=x", PaidSocial),
        ("utm_campaign=cross-network&gclid=x", CrossNetwork),
        ("a=b&&=&c", Direct),
    ] {
        let url = format!("https://www.acme.com/pricing?{query}#top");
        let by_url = Page { url: Some(&url), ..Page::default() };
        assert_eq!(reader.read(&Event { page: by_url, ..EVENT }).channel, wanted, "{query}");
        let search = format!("?{query}");
        let by_search = Page { path: Some("/pricing"), search: Some(&search), ..Page::default() };
        assert_eq!(reader.read(&Event { page: by_search, ..EVENT }).channel, wanted, "{query}");
    }
}

#[test]
fn referrers() {
    use Channel::*;
    let page = "https://www.acme.com/pricing";
    for (referrer, wanted) in [
        ("", Direct),
        ("$direct", Direct),
        ("https://www.google.com/", OrganicSearch),
        ("https://www.google.co.uk/search?q=acme", OrganicSearch),
        ("https://duckduckgo.com/", OrganicSearch),
        ("https://cn.bing.com/", OrganicSearch),
        ("https://de.search.yahoo.com/", OrganicSearch),
        ("http://m.facebook.com/", OrganicSocial),
        ("https://lnkd.in/abc", OrganicSocial),
        ("https://t.co/abc", OrganicSocial),
        ("android-app://com.linkedin.android/", OrganicSocial),
        ("https://www.youtube.com/watch?v=1", OrganicVideo),
        ("https://www.amazon.de/dp/1", OrganicShopping),
        ("https://docs.google.com/document", Referral),
        ("https://partner.example/list", Referral),
        ("https://chatgpt.com/", Referral),
        ("https://www.acme.com/", Unassigned),
        ("https://acme.com/home", Unassigned),
        ("https://docs.ACME.com/guide", Unassigned),
    ] {
        assert_eq!(at(page, referrer), wanted, "{referrer}");
    }
    assert_eq!(at("https://acme.com/?utm_medium=email", "https://acme.com/"), Email, "tags outweigh the own site");
    assert_eq!(
        at("https://acme.com/?gclid=x", "https://www.google.com/"),
        PaidSearch,
        "a click id outweighs the referrer"
    );
    assert_eq!(
        at("https://acme.com/?utm_campaign=may", "https://www.google.com/"),
        OrganicSearch,
        "a name is no source"
    );
}

#[test]
fn no_source_is_direct_for_a_view_and_unassigned_for_the_rest() {
    for kind in EventType::ALL {
        let wanted = match kind {
            EventType::Page | EventType::Screen => Channel::Direct,
            _ => Channel::Unassigned,
        };
        assert_eq!(channel(&Event { kind, page: Page::default(), ..EVENT }), wanted, "{kind:?}");
        let mail = Campaign { medium: Some("email"), ..Campaign::default() };
        assert_eq!(channel(&Event { kind, campaign: mail, ..EVENT }), Channel::Email, "{kind:?}");
    }
}

#[test]
fn offline_wins_over_every_source() {
    let campaign = Campaign { source: Some("google"), medium: Some("cpc"), name: None };
    let page = Page { url: Some("https://acme.com/?gclid=x"), referrer: Some("https://t.co/"), ..Page::default() };
    assert_eq!(channel(&Event { offline: true, campaign, page, ..EVENT }), Channel::Offline);
}
