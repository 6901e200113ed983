//! What needle tells about itself while it runs.

pub mod logging;
