//! LightGBM's models, evaluated and explained by needle itself.
//!
//! ```text
//! model.txt ─► text ─► forest ─┬─► evaluator: rows ► columns ► leaves ► sums    (to the bit as LightGBM)
//!                              └─► explainer: rows ► contributions              (path-dependent TreeSHAP)
//! ```

pub mod forest;
pub mod objective;
pub mod text;
