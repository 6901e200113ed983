//! How much data allows which contestants. What counts is the number of *leads* that converted: rows of one lead say nearly the same.

use serde::Serialize;

use super::split::Split;
use crate::training::contestants::Class;
use crate::training::matrix::Matrix;
use crate::training::part::Part;

/// Leads that converted, below which nothing is fitted. An AUROC of .75 measured on 40 of them has a standard error of about .045
/// (Hanley and McNeil 1982), so that a good model cannot be told from the hand rules; and ten events for each of a handful of weights
/// is the old rule for a regression (Peduzzi et al. 1996). The same goes for leads that did not convert.
pub const LEAST: usize = 40;
/// Below this only what has one penalised weight a feature: a leaf of a tree would hold a few conversions, a matter of luck.
pub const LINEAR_BELOW: usize = 150;
/// Below this trees with settings that are known to be tame: a search would choose by the noise of its validation part, and a network has
/// more weights than there are conversions.
pub const NO_SEARCH_BELOW: usize = 1000;
/// Leads of either outcome that a part has to have to be judged by, or learned from.
pub const LEAST_LATER: usize = 10;
pub const LEAST_EARLIER: usize = 15;

/// What the amount of data allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nothing is fitted.
    Rules,
    Linear,
    Trees,
    /// All of it, with a search.
    Everything,
}

impl Stage {
    /// By the leads that converted and those that did not, whichever are fewer.
    pub fn of(leads: usize) -> Self {
        match leads {
            0..LEAST => Self::Rules,
            LEAST..LINEAR_BELOW => Self::Linear,
            LINEAR_BELOW..NO_SEARCH_BELOW => Self::Trees,
            _ => Self::Everything,
        }
    }

    pub fn of_matrix(matrix: &Matrix) -> Self {
        let all = Part::all(matrix);
        Self::of(all.leads(matrix, true).min(all.leads(matrix, false)))
    }

    /// Whether a contestant of that class runs.
    pub fn allows(self, class: Class) -> bool {
        match class {
            Class::Baseline | Class::Rules => true,
            Class::Unsupervised | Class::Linear => self >= Self::Linear,
            Class::Tree | Class::Ensemble => self >= Self::Trees,
            Class::Network => self >= Self::Everything,
        }
    }

    /// Whether a search may try more than the settings that are known to be tame.
    pub fn searches(self) -> bool {
        self >= Self::Everything
    }

    /// Why no more is done.
    pub fn reason(self, leads: usize) -> String {
        match self {
            Self::Rules => {
                format!("{leads} leads of the rarer outcome, and below {LEAST} nothing is fitted: chance would decide.")
            }
            Self::Linear => format!(
                "{leads} leads of the rarer outcome: enough for one weight a feature; trees wait for {LINEAR_BELOW}."
            ),
            Self::Trees => format!(
                "{leads} leads of the rarer outcome: enough for trees with tame settings; a search for better ones, and a \
                 network, wait for {NO_SEARCH_BELOW}."
            ),
            Self::Everything => format!("{leads} leads of the rarer outcome: enough for every contestant."),
        }
    }
}

/// Whether both sides of a split have enough of both outcomes.
pub fn sound(matrix: &Matrix, split: &Split) -> bool {
    let fewest = |part: &Part| part.leads(matrix, true).min(part.leads(matrix, false));
    fewest(&split.earlier) >= LEAST_EARLIER && fewest(&split.later) >= LEAST_LATER
}
