//! How contributions are computed.
//!
//! A leaf of value `v`, on a path of `d` distinct features with cover shares `z` and the row's outcomes `o` (1 where the row takes all
//! the path's edges of that feature, else 0), contributes to feature `j`
//!
//! ```text
//! v · (oⱼ − zⱼ) · ∫₀¹ ∏_{k≠j} (oₖ·t + zₖ·(1−t)) dt
//! ```
//!
//! That is its Shapley value in the game of Lundberg et al. (2020), *From local explanations to global understanding with explainable AI
//! for trees*, since `∫ tᵃ(1−t)ᵇ dt = a!·b!/(a+b+1)!`. The integrand has degree `d − 1`, so `⌈d/2⌉` points of Gauss and Legendre are
//! exact. At one point, let `P` be the product of all factors on the way to a node and `A` the sum over the leaves below it of value times
//! product. Then one pass down for `P` and one up for `A` give what every feature contributes: at each split `A` of either child times
//! `(o − z)/factor`. Where a feature was asked for before, its factor in `P` and its contribution are replaced by those of the lower
//! edge.
#![allow(clippy::needless_range_loop, reason = "one index runs over several arrays")]

pub mod alone;
pub mod compile;
pub mod constants;
pub mod factors;
pub mod kernels;
pub mod lanes;
pub mod paths;
pub mod plain;
pub mod program;
pub mod quadrature;
pub mod twigs;
