//! Which sources are search engines, social networks, shops or video sites.
//!
//! GA4's rules refer to Google's list of source categories (linked from the page that [`super::channel`] names; some 800 rows). Half
//! of it are sites that closed long ago, and host by host spellings of one site. This is a list of its own of those that send
//! traffic today, placed in the category that Google gives them, with subdomains and country domains told by rule. Some that
//! Google's list lacks stand beside their like: networks younger than it ([`NEWER_SOCIAL`]), small search engines, Android's apps.

use std::sync::LazyLock;

use hashbrown::HashMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Category {
    Search,
    Shopping,
    Social,
    Video,
}

#[derive(Clone, Copy)]
struct Site {
    category: Category,
    /// `m.facebook.com` is `facebook.com`; but `docs.google.com` is no search engine.
    subdomains: bool,
    /// Under every country's domain: `google.de`, `google.co.uk`, `google.com.au`.
    countries: bool,
}

// What people write into `utm_source`: names without a dot.
const SEARCH_NAMES: &str = "aol, ask, auone, avg, babylon, baidu, biglobe, bing, brave, cnn, comcast, conduit, daum, dogpile, \
    duckduckgo, ecosia, eniro, globo, google-play, googlemybusiness, incredimail, kvasir, lycos, msn, najdi, naver, onet, qwant, \
    rakuten, rambler, search-results, seznam, sogou, startsiden, terra, ukr, virgilio, yahoo";
const SOCIAL_NAMES: &str = "badoo, blogger, blogspot, buzzfeed, classmates, deviantart, digg, disqus, douban, facebook, fb, flickr, \
    flipboard, foursquare, goodreads, google+, googleplus, hatena, hi5, hootsuite, houzz, ig, instagram, kakao, line, linkedin, \
    livejournal, meetup, messenger, mubi, myspace, netvibes, niconico, ning, photobucket, plurk, quora, reddit, renren, scribd, \
    skype, snapchat, stackexchange, stackoverflow, tencent, tiktok, tumblr, tweetdeck, twitter, typepad, wattpad, wechat, weebly, \
    weibo, whatsapp, wordpress, xing, yammer, zalo";
const SHOPPING_NAMES: &str = "alibaba, google shopping, igshopping, shopify, shopzilla, stripe, walmart, etsy";
const VIDEO_NAMES: &str = "crackle, curiositystream, dailymotion, disneyplus, hulu, iqiyi, netflix, ted, twitch, utreon, veoh, \
    vimeo, wistia, youku, youtube";

// Hosts that count with all their subdomains.
const SEARCH_SITES: &str = "baidu.com, bing.com, biglobe.co.jp, biglobe.ne.jp, dogpile.com, duckduckgo.com, ecosia.org, \
    excite.com, qwant.com, rambler.ru, search.aol.com, search.brave.com, search.naver.com, search.seznam.cz, search.yahoo.com, \
    search.yahoo.co.jp, so.com, sogou.com, startpage.com, ya.ru, aol.com, ask.com, lycos.com, kagi.com, mojeek.com, \
    swisscows.com, metager.de, onet.pl, startsiden.no, centrum.cz, seznam.cz, tut.by, exalead.com";
const SOCIAL_SITES: &str = "academia.edu, ameblo.jp, badoo.com, bit.ly, blog.naver.com, blogger.com, blogspot.com, buzzfeed.com, \
    cafe.naver.com, chegg.com, classmates.com, deviantart.com, digg.com, diigo.com, disqus.com, douban.com, dzone.com, exblog.jp, \
    facebook.com, fandom.com, fb.com, fb.me, fc2.com, flickr.com, flipboard.com, foursquare.com, getpocket.com, goldenline.pl, \
    goo.gl, goodreads.com, groups.google.com, gutefrage.net, hatena.ne.jp, hi5.com, hootsuite.com, houzz.com, hubpages.com, \
    instagram.com, instapaper.com, internations.org, is.gd, kakao.com, kin.naver.com, last.fm, line.me, linkedin.com, \
    livejournal.com, lnkd.in, medium.com, meetup.com, messages.google.com, messenger.com, mix.com, mixi.jp, mubi.com, \
    myspace.com, netvibes.com, news.ycombinator.com, nicovideo.jp, ning.com, odnoklassniki.ru, ok.ru, out.reddit.com, paper.li, \
    photobucket.com, pixiv.net, plurk.com, plus.google.com, quora.com, qzone.qq.com, reddit.com, redd.it, renren.com, \
    researchgate.net, scoop.it, scribd.com, serverfault.com, sites.google.com, skype.com, slashdot.org, slideshare.net, \
    smartnews.com, snapchat.com, stackexchange.com, stackoverflow.com, superuser.com, askubuntu.com, t.co, t.me, techmeme.com, \
    tiktok.com, tinyurl.com, toolbox.com, tumblr.com, tweetdeck.com, twitter.com, typepad.com, \
    viadeo.com, vk.com, vkontakte.ru, wattpad.com, wechat.com, weebly.com, weibo.com, whatsapp.com, wikihow.com, wordpress.com, \
    wordpress.org, xing.com, yammer.com, zalo.me";
const SHOPPING_SITES: &str = "alibaba.com, apps.shopify.com, aliexpress.com, etsy.com, shop.app, shopify.com, shopping.google.com, \
    shopping.naver.com, shopping.yahoo.co.jp, shopping.yahoo.com, shopzilla.com, simplycodes.com, stripe.com, walmart.com, \
    amazon-adsystem.com, temu.com";
const VIDEO_SITES: &str = "crackle.com, curiositystream.com, d.tube, dailymotion.com, disneyplus.com, hulu.com, iq.com, iqiyi.com, \
    netflix.com, ted.com, twitch.tv, veoh.com, vimeo.com, wistia.com, wistia.net, youku.com, youtu.be, youtube.com, \
    youtube-nocookie.com, rumble.com, bilibili.com";

// Hosts that count alone: their neighbours are something else. The last ones are the referrers of Android's apps.
const SEARCH_HOSTS: &str = "360.cn, cse.google.com, daum.net, globo.com, go.mail.ru, mail.google.com, msn.com, m.naver.com, \
    naver.com, news.google.com, ntp.msn.com, rakuten.co.jp, search.google.com, suche.aol.de, terra.com.br, virgilio.it, \
    websearch.rakuten.co.jp, yahoo.co.jp, yahoo.com, com.google.android.googlequicksearchbox";
const SOCIAL_HOSTS: &str = "com.facebook.katana, com.facebook.orca, com.instagram.android, com.linkedin.android, com.pinterest, \
    com.reddit.frontpage, com.slack, com.twitter.android, org.telegram.messenger";
const NEWER_SOCIAL: &str = "bsky.app, discord.com, discordapp.com, mastodon.social, producthunt.com, slack.com, telegram.org, \
    telegram.me, threads.com, threads.net, x.com";
const NEWER_SOCIAL_NAMES: &str = "bluesky, discord, producthunt, slack, telegram, threads, x";

// Names that own the domain of every country; the name itself is a source too.
const SEARCH_COUNTRIES_ALONE: &str = "google";
const SEARCH_COUNTRIES: &str = "yandex";
const SOCIAL_COUNTRIES: &str = "glassdoor, pinterest, tripadvisor, yelp";
const SHOPPING_COUNTRIES: &str = "amazon, ebay, mercadolibre";

/// Names; their category; whether subdomains count; whether every country's domain does. No name stands twice.
const LISTS: [(&str, Category, bool, bool); 16] = [
    (SEARCH_NAMES, Category::Search, false, false),
    (SOCIAL_NAMES, Category::Social, false, false),
    (NEWER_SOCIAL_NAMES, Category::Social, false, false),
    (SHOPPING_NAMES, Category::Shopping, false, false),
    (VIDEO_NAMES, Category::Video, false, false),
    (SEARCH_SITES, Category::Search, true, false),
    (SOCIAL_SITES, Category::Social, true, false),
    (NEWER_SOCIAL, Category::Social, true, false),
    (SHOPPING_SITES, Category::Shopping, true, false),
    (VIDEO_SITES, Category::Video, true, false),
    (SEARCH_HOSTS, Category::Search, false, false),
    (SOCIAL_HOSTS, Category::Social, false, false),
    (SEARCH_COUNTRIES_ALONE, Category::Search, false, true),
    (SEARCH_COUNTRIES, Category::Search, true, true),
    (SOCIAL_COUNTRIES, Category::Social, true, true),
    (SHOPPING_COUNTRIES, Category::Shopping, true, true),
];

static SITES: LazyLock<HashMap<&'static [u8], Site>> = LazyLock::new(|| {
    let mut sites = HashMap::new();
    for (list, category, subdomains, countries) in LISTS {
        let site = Site { category, subdomains, countries };
        sites.extend(list.split(", ").map(|name| (name.as_bytes(), site)));
    }
    sites
});

/// Longest host name that DNS allows; no longer source is in the list.
const HOST: usize = 253;

/// Category of a source: a name (`google`) or a host (`www.google.de`); `None` where the list does not know it.
pub(super) fn category(source: &[u8]) -> Option<Category> {
    let mut buffer = [0; HOST];
    let name = buffer.get_mut(..source.len())?;
    name.copy_from_slice(source);
    name.make_ascii_lowercase();
    let mut rest: &[u8] = name.strip_prefix(b"www.").unwrap_or(name);
    let mut whole = true;
    loop {
        let by_country = || country_name(rest).and_then(|name| SITES.get(name)).filter(|site| site.countries);
        let site = SITES.get(rest).or_else(by_country).filter(|site| whole || site.subdomains);
        if let Some(site) = site {
            return Some(site.category);
        }
        let dot = rest.iter().position(|&b| b == b'.')?;
        rest = &rest[dot + 1..];
        whole = false;
        if !rest.contains(&b'.') {
            return None;
        }
    }
}

/// `google` of `google.com`, `google.de`, `google.co.uk` and `google.com.au`.
fn country_name(host: &[u8]) -> Option<&[u8]> {
    let dot = host.iter().position(|&b| b == b'.')?;
    let (name, suffix) = (&host[..dot], &host[dot + 1..]);
    let country = suffix.strip_prefix(b"com.").or_else(|| suffix.strip_prefix(b"co.")).unwrap_or(suffix);
    (suffix == b"com" || country.len() == 2 && country.iter().all(u8::is_ascii_lowercase)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_and_unknown_sources() {
        use Category::{Search, Shopping, Social, Video};
        for (source, wanted) in [
            ("google", Some(Search)),
            ("Google.com", Some(Search)),
            ("www.google.co.uk", Some(Search)),
            ("google.de", Some(Search)),
            ("docs.google.com", None),
            ("groups.google.com", Some(Social)),
            ("fr.search.yahoo.com", Some(Search)),
            ("finance.yahoo.com", None),
            ("yandex.ru", Some(Search)),
            ("lm.facebook.com", Some(Social)),
            ("LinkedIn", Some(Social)),
            ("com.linkedin.android", Some(Social)),
            ("t.co", Some(Social)),
            ("pinterest.co.kr", Some(Social)),
            ("x.com", Some(Social)),
            ("netflix.com", Some(Video)),
            ("m.youtube.com", Some(Video)),
            ("amazon.com.mx", Some(Shopping)),
            ("smile.amazon.co.uk", Some(Shopping)),
            ("google shopping", Some(Shopping)),
            ("notfacebook.com", None),
            ("facebook.com.evil.example", None),
            ("bing.de", None),
            ("newsletter", None),
            ("", None),
            (".", None),
            ("com", None),
        ] {
            assert_eq!(category(source.as_bytes()), wanted, "{source}");
        }
        assert_eq!(category(&[b'a'; 300]), None);
    }

    #[test]
    fn every_listed_name_stands_once_and_is_found() {
        let names =
            || LISTS.iter().flat_map(|(list, category, ..)| list.split(", ").map(move |name| (name, *category)));
        for (name, wanted) in names() {
            assert_eq!(category(name.as_bytes()), Some(wanted), "{name}");
        }
        assert_eq!(SITES.len(), names().count());
    }
}
