//! Simulations that are shaped after published cases: how long leads were watched, and how many of them bought.

use super::law::Law;

/// A published case.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preset {
    pub name: &'static str,
    pub days: u32,
    /// Share of all leads, bots and applicants among them, that have a positive outcome within the days.
    pub conversion: f64,
    /// [`Law::times`] of the usual law: measured, so that `conversion` comes of it.
    times: f64,
}

impl Preset {
    /// 14 months in which 3.5 % of the leads bought, 6 months with 0.5 %, 28 months with 5.5 %.
    pub const ALL: [Preset; 3] = [
        Preset { name: "14-months", days: 426, conversion: 0.035, times: 1.0 },
        Preset { name: "6-months", days: 183, conversion: 0.005, times: 0.159 },
        Preset { name: "28-months", days: 852, conversion: 0.055, times: 1.727 },
    ];

    pub fn named(name: &str) -> Option<Preset> {
        Self::ALL.into_iter().find(|preset| preset.name == name)
    }

    pub fn names() -> [&'static str; 3] {
        Self::ALL.map(|preset| preset.name)
    }

    pub fn law(&self) -> Law {
        Law::USUAL.times(self.times)
    }
}
