//! Invented leads with a score and an outcome, and everything that a report counts of them.

use needle::training::report::data::{
    Band, CalibrationBin, Confusion, Curves, Estimate, LearningCurve, Line, Metric, ScoreBin, ThresholdRow,
    ThresholdRule, Thresholds,
};

/// Days that the crowd was seen on.
pub const DAYS: f64 = 60.0;

/// A repeatable stream of numbers (SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    /// From 0 to 1.
    pub fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// About normal, 0 ± 1.
    pub fn bell(&mut self) -> f64 {
        (0..12).map(|_| self.roll()).sum::<f64>() - 6.0
    }
}

/// Score and outcome of each lead, best first.
pub struct Crowd(pub Vec<(f64, bool)>);

/// The chance behind a score, where 50 stands for 4 %.
pub fn probability(score: f64) -> f64 {
    let odds = 0.04 / 0.96 * ((score - 50.0) / 10.0).exp2();
    odds / (1.0 + odds)
}

impl Crowd {
    /// `blur` is how much of the truth the scores have lost.
    pub fn new(leads: usize, blur: f64) -> Self {
        let mut dice = Dice(7);
        let lead = |_| {
            let truth = (38.0 + 20.0 * dice.bell()).clamp(0.0, 100.0);
            let positive = dice.roll() < probability(truth);
            ((truth * (1.0 - blur) + blur * (38.0 + 20.0 * dice.bell())).clamp(0.0, 100.0), positive)
        };
        let mut leads: Vec<_> = (0..leads).map(lead).collect();
        leads.sort_by(|a, b| b.0.total_cmp(&a.0));
        Self(leads)
    }

    fn positives(&self) -> f64 {
        self.0.iter().filter(|(_, positive)| *positive).count() as f64
    }

    fn confusion(&self, score: f64) -> Confusion {
        let mut c = Confusion::default();
        for (s, positive) in &self.0 {
            match (*s >= score, positive) {
                (true, true) => c.true_positives += 1.0,
                (true, false) => c.false_positives += 1.0,
                (false, true) => c.false_negatives += 1.0,
                (false, false) => c.true_negatives += 1.0,
            }
        }
        c
    }

    pub fn thresholds(&self) -> Thresholds {
        let row = |score: u32| {
            let confusion = self.confusion(f64::from(score));
            let calls_per_day = confusion.called() / DAYS;
            ThresholdRow { score: score.into(), probability: probability(score.into()), confusion, calls_per_day }
        };
        let rows = (0..=100).map(row).collect();
        Thresholds { rule: ThresholdRule::Costs { missed: 10.0, wasted: 1.0 }, rows, chosen: 58, days: DAYS }
    }

    /// The curves of one model: ROC, precision-recall, gain.
    fn lines(&self, name: &str) -> [Line; 3] {
        let (all, positives) = (self.0.len() as f64, self.positives());
        let mut hits = 0.0;
        let mut curves: [Vec<[f64; 2]>; 3] = [vec![[0.0, 0.0]], vec![], vec![[0.0, 0.0]]];
        for (nth, (_, positive)) in self.0.iter().enumerate() {
            hits += f64::from(u8::from(*positive));
            let called = nth as f64 + 1.0;
            curves[0].push([(called - hits) / (all - positives), hits / positives]);
            curves[1].push([hits / positives, hits / called]);
            curves[2].push([called / all, hits / positives]);
        }
        curves.map(|points| Line { name: name.into(), points })
    }

    pub fn curves(&self, others: &[(&str, &Crowd)]) -> Curves {
        let [roc, pr, gain] = self.lines("Gradient boosting");
        let mut curves = Curves { roc: vec![roc], precision_recall: vec![pr], gain: vec![gain], ..Curves::default() };
        for (name, crowd) in others {
            let [roc, pr, gain] = crowd.lines(name);
            curves.roc.push(roc);
            curves.precision_recall.push(pr);
            curves.gain.push(gain);
        }
        curves.base_rate = self.positives() / self.0.len() as f64;
        curves.calibration = self.calibration();
        curves.histogram = (0..20).map(|n| self.bin(f64::from(n) * 5.0, f64::from(n) * 5.0 + 5.0)).collect();
        curves.learning = Some(learning());
        curves
    }

    fn bin(&self, from: f64, to: f64) -> ScoreBin {
        let within = self.0.iter().filter(|(s, _)| *s >= from && (*s < to || to == 100.0));
        let (yes, no): (Vec<&(f64, bool)>, Vec<_>) = within.partition(|(_, positive)| *positive);
        ScoreBin { from, to, positives: yes.len() as f64, negatives: no.len() as f64 }
    }

    fn calibration(&self) -> Vec<CalibrationBin> {
        let bin = |leads: &[(f64, bool)]| {
            let rows = leads.len() as f64;
            let foretold = leads.iter().map(|(s, _)| probability(*s)).sum::<f64>() / rows;
            let hits = leads.iter().filter(|(_, positive)| *positive).count() as f64;
            CalibrationBin { foretold, observed: share(hits, rows), rows }
        };
        self.0.rchunks(self.0.len() / 10).map(bin).collect()
    }

    pub fn bands(&self) -> Vec<Band> {
        let band = |(name, from, to): (&str, f64, f64)| {
            let bin = self.bin(from, to);
            let rows = bin.positives + bin.negatives;
            let conversion = share(bin.positives, rows);
            Band { name: name.into(), from, to, rows, positives: bin.positives, conversion }
        };
        [("A", 80.0, 100.0), ("B", 60.0, 80.0), ("C", 40.0, 60.0), ("D", 0.0, 40.0)].map(band).into()
    }
}

/// A share with its interval (normal approximation: it is only an example).
fn share(hits: f64, rows: f64) -> Estimate {
    let value = hits / rows;
    let half = 1.96 * (value * (1.0 - value) / rows).sqrt();
    Estimate::between(value, (value - half).max(0.0), (value + half).min(1.0))
}

fn learning() -> LearningCurve {
    let curve = |end: f64, speed: f64, worse: f64| {
        let point = |n: u32| {
            let n = f64::from(n) * 5.0;
            [n, end + (0.168 - end) * (-n / speed).exp() + worse * n]
        };
        (0..=80).map(point).collect()
    };
    LearningCurve {
        name: "Gradient boosting".into(),
        metric: Metric::LogLoss,
        unit: "trees".into(),
        train: curve(0.112, 140.0, -0.00002),
        validation: curve(0.129, 55.0, 0.000012),
        stopped_at: Some(215.0),
    }
}
