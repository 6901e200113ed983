//! LightGBM's models, evaluated and explained by needle itself.
//!
//! ```text
//! model.txt ─► text ─► forest ─┬─► evaluator: rows ► columns ► leaves ► sums    (to the bit as LightGBM)
//!                              └─► explainer: rows ► contributions              (path-dependent TreeSHAP)
//! ```

pub mod batch;
pub mod codes;
pub mod columns;
pub mod evaluator;
pub mod explain;
pub mod explainer;
pub mod forest;
pub mod layout;
pub mod objective;
pub mod run;
pub mod scale;
pub mod simd;
pub mod single;
pub mod text;
pub mod values;
pub mod walk;
