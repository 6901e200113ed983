//! The parts of a web address, as slices of it. Lenient: it reads what browsers and trackers send, never refuses.

/// Host of an address, without user and port; `None` where there is none (a bare path, `$direct`, `about:blank`).
pub(super) fn host(address: &str) -> Option<&str> {
    let (authority, _) = split(address.trim_ascii());
    let authority = authority?;
    // The host lies after the last `@` and before the first `:` from there on.
    let (mut start, mut end) = (0, authority.len());
    for (at, byte) in authority.bytes().enumerate() {
        match byte {
            b'@' => (start, end) = (at + 1, authority.len()),
            b':' if end == authority.len() => end = at,
            _ => {}
        }
    }
    let host = match authority[start..].strip_prefix('[') {
        Some(v6) => v6.split_once(']').map_or(v6, |(v6, _)| v6),
        None => &authority[start..end],
    };
    let host = host.strip_suffix('.').unwrap_or(host);
    (!host.is_empty()).then_some(host)
}

/// Path and query of an address, without its fragment; `/` for a bare host.
pub(super) fn path_and_query(address: &str) -> &str {
    let (_, rest) = split(address.trim_ascii());
    let rest = rest.split_once('#').map_or(rest, |(head, _)| head);
    if rest.is_empty() { "/" } else { rest }
}

/// Query of an address, without `?` and fragment; empty where there is none.
pub(super) fn query(address: &str) -> &str {
    path_and_query(address).split_once('?').map_or("", |(_, query)| query)
}

/// Authority (where the address has one), and what follows it.
fn split(address: &str) -> (Option<&str>, &str) {
    let Some(rest) = after_scheme(address) else { return (None, address) };
    let (authority, tail) = rest.split_at(authority_len(rest));
    (Some(authority), tail)
}

/// What follows the scheme, from the authority on; `None` for an address without authority.
fn after_scheme(address: &str) -> Option<&str> {
    // What nearly every address begins with, told at a glance.
    if let Some(rest) = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://")) {
        return Some(rest);
    }
    let scheme =
        address.bytes().position(|b| !(b.is_ascii_alphanumeric() || b"+-.".contains(&b))).unwrap_or(address.len());
    let (head, tail) = address.split_at(scheme);
    if let Some(rest) = tail.strip_prefix("://").or_else(|| tail.strip_prefix("//").filter(|_| head.is_empty())) {
        return Some(rest);
    }
    // `acme.com/pricing`: a host that lost its scheme, told from a path by the dot and its plain letters.
    let host = &address[..authority_len(address)];
    let plain = host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:".contains(&b));
    (plain && !host.starts_with('.') && host.contains('.')).then_some(address)
}

fn authority_len(text: &str) -> usize {
    text.bytes().position(|b| matches!(b, b'/' | b'?' | b'#' | b'\\')).unwrap_or(text.len())
}

/// Whether two hosts belong to one site: equal, or under the same registrable name.
///
/// The registrable name is taken as the last two labels, or three where the last is a country and the one before it short
/// (`acme.co.uk`, `acme.com.au`). The public suffix list would tell `a.github.io` from `b.github.io`; it is not worth
/// its size for calling a link between two customers of a hosting service internal.
pub(super) fn same_site(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || registrable(a).eq_ignore_ascii_case(registrable(b))
}

fn registrable(host: &str) -> &str {
    let mut ends = host.rmatch_indices('.').map(|(at, _)| at);
    let Some(last) = ends.next() else { return host };
    let country = host.len() - last == 3;
    if host[last + 1..].bytes().all(|b| b.is_ascii_digit()) {
        return host; // an IPv4 address
    }
    let Some(second) = ends.next() else { return host };
    if !(country && last - second <= 4) {
        return &host[second + 1..];
    }
    ends.next().map_or(host, |third| &host[third + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_an_address() {
        for (address, host_wanted, rest, query_wanted) in [
            ("https://www.acme.com/pricing?a=1#top", Some("www.acme.com"), "/pricing?a=1", "a=1"),
            ("HTTP://user:pw@acme.com:8080", Some("acme.com"), "/", ""),
            ("http://[::1]:80/x", Some("::1"), "/x", ""),
            ("https://acme.com?x=1", Some("acme.com"), "?x=1", "x=1"),
            ("//cdn.acme.com/a", Some("cdn.acme.com"), "/a", ""),
            ("acme.com/plans", Some("acme.com"), "/plans", ""),
            ("android-app://com.linkedin.android/", Some("com.linkedin.android"), "/", ""),
            ("/go?to=https://other.com/", None, "/go?to=https://other.com/", "to=https://other.com/"),
            ("$direct", None, "$direct", ""),
            ("", None, "/", ""),
            ("https:///x", None, "/x", ""),
        ] {
            assert_eq!(host(address), host_wanted, "{address}");
            assert_eq!(path_and_query(address), rest, "{address}");
            assert_eq!(query(address), query_wanted, "{address}");
        }
    }

    #[test]
    fn sites() {
        for (a, b, same) in [
            ("www.acme.com", "ACME.com", true),
            ("app.acme.com", "docs.acme.com", true),
            ("acme.co.uk", "shop.acme.co.uk", true),
            ("acme.co.uk", "other.co.uk", false),
            ("acme.com", "notacme.com", false),
            ("t.co", "x.co", false),
            ("10.0.0.1", "20.0.0.1", false),
            ("localhost", "localhost", true),
        ] {
            assert_eq!(same_site(a, b), same, "{a} {b}");
        }
    }
}
