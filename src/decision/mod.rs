//! What to say of a score: a change, a jump, nothing.
//!
//! Decisions are apart from facts. They change only when something is said, and what is said carries them whole, so that the last
//! score change of a lead is enough to know them.

pub use bands::Bands;
pub use decide::{FiredJump, Rules, SameHash, Standing, Verdict};
pub use encoding::DecodeError;
pub use explore::Explorer;
pub use glance::Glance;
pub use shares::Shares;
pub use state::{Decisions, Said};
pub use sweep::Occasion;

pub mod bands;
pub mod decide;
pub mod encoding;
pub mod explore;
pub mod glance;
pub mod shares;
pub mod state;
pub mod sweep;
