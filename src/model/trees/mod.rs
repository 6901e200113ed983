//! LightGBM's models, evaluated and explained by needle itself.
//!
//! ```text
//! model.txt ─► text ─► forest ─┬─► evaluator: rows ► columns ► leaves ► sums    (to the bit as LightGBM)
//!                              └─► explainer: rows ► columns ► contributions    (path-dependent TreeSHAP)
//! ```

pub mod columns;
pub mod evaluate;
pub mod evaluator;
pub mod explain;
pub mod explainer;
pub mod forest;
pub mod objective;
pub mod simd;
pub mod text;
