//! How bars of long work look.

use indicatif::{ProgressBar, ProgressStyle};

/// The bar, drawn by a template of `indicatif`'s: on standard error where that is a terminal, else silent.
pub fn styled(bar: ProgressBar, template: &str) -> ProgressBar {
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
