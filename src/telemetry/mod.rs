//! What the process tells about itself: logs, metrics, probes.

pub mod drift;
pub mod families;
pub mod health;
pub mod http;
pub mod logging;
pub mod metrics;
pub mod observe;
pub mod status;
