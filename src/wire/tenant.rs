//! Whose event this is.

use regex::{CaptureLocations, Regex};

use super::fault::{Fault, Reason, excerpt};
use super::ids::{MAX_ID_BYTES, scalar_text};
use super::json::View;
use super::record::Record;
use super::traits::Pointer;
use crate::config::Tenancy;

/// The tenant of events that name none.
pub const DEFAULT_TENANT: &str = "default";

/// The configured way to a tenant.
pub(super) enum Tenants {
    Default,
    Header(String),
    Json(Pointer),
    Topic { regex: Regex, places: CaptureLocations },
}

impl Tenants {
    pub fn new(tenancy: &Tenancy) -> Self {
        match tenancy {
            Tenancy::None => Self::Default,
            Tenancy::Header(name) => Self::Header(name.clone()),
            Tenancy::Json(pointer) => Self::Json(Pointer::new(pointer)),
            Tenancy::Topic(regex) => Self::Topic { places: regex.capture_locations(), regex: regex.clone() },
        }
    }

    /// The tenant of one event. `roots`: where a JSON pointer starts, the event first, then the batch around it.
    /// What is absent (also `null`, or a topic that does not match) is `default`.
    pub fn find<'b>(
        &mut self,
        record: &Record<'b>,
        roots: [Option<View<'b>>; 2],
        room: &'b mut String,
    ) -> Result<&'b str, Fault> {
        let tenant = match self {
            Self::Default => return Ok(DEFAULT_TENANT),
            Self::Header(name) => match last_header(record, name) {
                None => None,
                Some(value) => Some(std::str::from_utf8(value).map_err(|_| invalid("the header is no UTF-8"))?),
            },
            Self::Json(pointer) => {
                let found = roots.into_iter().flatten().find_map(|root| pointer.find(root).filter(|v| !v.is_null()));
                match found {
                    None => None,
                    Some(v) => Some(scalar_text(v, room).ok_or_else(|| invalid(format!("it is {}", v.kind())))?),
                }
            }
            Self::Topic { regex, places } => match regex.captures_read(places, record.topic) {
                None => None,
                Some(whole) => {
                    let (start, end) = places.get(1).unwrap_or((whole.start(), whole.end()));
                    record.topic.get(start..end)
                }
            },
        };
        tenant.map_or(Ok(DEFAULT_TENANT), check)
    }
}

/// The last header of that name, borrowed for as long as the record.
fn last_header<'r>(record: &Record<'r>, name: &str) -> Option<&'r [u8]> {
    record.headers.last(name)
}

/// A tenant is part of keys (`tenant/lead`) and of paths (`tenant=…`), so it can be neither everything nor nothing.
fn check(tenant: &str) -> Result<&str, Fault> {
    let wrong = match tenant {
        "" => "it is empty",
        "." | ".." => "it is a place in a path",
        _ if tenant.len() > MAX_ID_BYTES => "it is longer than 256 bytes",
        _ if tenant.contains(['/', '\\']) => "it has a slash",
        _ if tenant.chars().any(char::is_control) => "it has control characters",
        _ => return Ok(tenant),
    };
    Err(invalid(format!("{wrong}: {:?}", excerpt(tenant))))
}

#[cold]
fn invalid(why: impl AsRef<str>) -> Fault {
    Fault::new(Reason::InvalidTenant, format!("tenant: {}", why.as_ref()))
}
