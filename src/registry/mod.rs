//! Where models are kept, which of them each tenant is served by, and how that changes while events flow.
//!
//! ```text
//! <url>/acme/2026-11-20T06-00-00Z-5f0c/manifest.json    what it needs: features, calibration, anchor
//! <url>/acme/2026-11-20T06-00-00Z-5f0c/model.txt        its trees; weights.json of a linear one
//! <url>/acme/CURRENT                                    the version that is served; `day-0` is the shipped model
//! ```
//!
//! A version is written once, and `CURRENT` last: it is the only object that changes. Whoever serves looks at it now and then, and reads a
//! version that it names for the first time.
//!
//! What is there was written by anybody. It is bounded before it is read, checked as it is read, and refused with its reason where it
//! does not do; then what was served is served on, and it is looked at again with every look until it does, or `CURRENT` names another.
//! Where nothing was served yet, as after a restart, that is the newest version that was published before the refused one and does.
//! A tenant without `CURRENT` is served by what `default` is served by, and that is the shipped model where nothing was published.

pub use ground::Ground;
pub use observer::{Observer, Standing};
pub use parcel::{Parcel, version_name};
pub use poller::poll;
pub use publish::{ANCHOR_PROBABILITY, Draft, PublishError, Published};
pub use refusal::Refusal;
pub use shelf::{Bundle, Described, Shelf};
pub use watch::{Looked, Registry};

mod ground;
mod observer;
mod older;
mod parcel;
pub mod places;
mod poller;
mod publish;
mod refusal;
mod shelf;
mod watch;

/// What a manifest may have. One of 2,000 features has 100 KB.
pub const MANIFEST_BYTES: u64 = 4 << 20;
/// What the weights of a linear model may have.
pub const WEIGHTS_BYTES: u64 = 16 << 20;
/// What `CURRENT` may have: a name and a line end.
pub const CURRENT_BYTES: u64 = 1 << 10;
