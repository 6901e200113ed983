//! What the lint has found, in the report's form.

use crate::training::dataset::Around;
use crate::training::lint::{self, Sign};
use crate::training::matrix::Matrix;
use crate::training::report::data::{Finding, Severity};

pub fn lint(matrix: &Matrix, around: &Around) -> Vec<Finding> {
    let found = lint::too_good(matrix).into_iter().chain(lint::changes_after(&matrix.columns, around));
    found.map(finding).collect()
}

fn finding(found: lint::Finding) -> Finding {
    let severity = match found.sign {
        Sign::Foretells | Sign::ChangesAfter => Severity::Leak,
        Sign::Settles | Sign::Judges => Severity::Suspicious,
    };
    Finding {
        auroc: (found.sign == Sign::Foretells).then_some(found.figure),
        feature: found.feature,
        severity,
        text: found.sentence,
        left_out: false,
    }
}
