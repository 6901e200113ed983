//! A small neural network: one hidden layer, by stochastic gradient descent.
//!
//! A library for networks would bring a hundred times the code that two layers need, and threads whose sums come in another order on
//! another machine. It is never served: its reasons would be no exact sums. It shows whether there is something that trees miss.

use super::design::Design;
use super::{Class, Contestant, Context, Fitted, Scorer, Served, Unfit, both_outcomes};
use crate::model::scale::{log_odds, probability};
use crate::random::Random;
use crate::training::matrix::Matrix;
use crate::training::part::Part;

/// One hidden layer of rectified linear units.
#[derive(Clone, Copy, Debug)]
pub struct Network;

const HIDDEN: usize = 16;
const MOST_ROWS: usize = 50_000;
const EPOCHS: usize = 20;
const BATCH: usize = 64;
/// Of Adam (Kingma and Ba 2015), with its own usual moments.
const RATE: f64 = 0.003;
const MOMENTS: (f64, f64) = (0.9, 0.999);
const LEAST: f64 = 1e-8;
/// Weights shrink by this share of the rate a step (Loshchilov and Hutter 2019).
const DECAY: f64 = 0.01;

impl Contestant for Network {
    fn name(&self) -> &'static str {
        "neural network"
    }

    fn sentence(&self) -> &'static str {
        "Sixteen learned mixtures of the features, weighed once more. Not served, because it cannot say exactly why."
    }

    fn class(&self) -> Class {
        Class::Network
    }

    fn fit(&self, matrix: &Matrix, part: &Part, context: &Context<'_>) -> Result<Fitted, Unfit> {
        both_outcomes(matrix, part)?;
        let part = part.thinned(matrix, MOST_ROWS);
        let design = Design::of(matrix, &part, |_| true);
        if design.width() == 0 {
            return Err(Unfit::Nothing("no column that is a number changes"));
        }
        let rate = part.base_rate(matrix).unwrap_or(0.5);
        let mut random = Random::fork(context.seed, 0x6e65_7477);
        let mut layers = Layers::new(design.width(), log_odds(rate.clamp(1e-6, 1.0 - 1e-6)), &mut random);
        layers.learn(&design.rows(matrix, &part), &part.labels(matrix), &part.weights, &mut random);
        let served = Served::Not("its reasons would not be exact sums");
        Ok(Fitted { scorer: Box::new(Net { design, layers }), served })
    }
}

/// All numbers in one list: the weights of each unit and its bias, then the weights of the units and the bias.
struct Layers {
    width: usize,
    numbers: Vec<f64>,
}

struct Net {
    design: Design,
    layers: Layers,
}

impl Layers {
    fn new(width: usize, bias: f64, random: &mut Random) -> Self {
        // By He et al. 2015, as wide as a uniform draw has to be.
        let (first, second) = ((6.0 / width as f64).sqrt(), (6.0 / HIDDEN as f64).sqrt());
        let mut numbers = Vec::with_capacity(HIDDEN * (width + 2) + 1);
        for _ in 0..HIDDEN {
            numbers.extend((0..width).map(|_| first * (2.0 * random.unit() - 1.0)));
            numbers.push(0.0);
        }
        numbers.extend((0..HIDDEN).map(|_| 0.3 * second * (2.0 * random.unit() - 1.0)));
        numbers.push(bias);
        Self { width, numbers }
    }

    fn split(&self) -> (&[f64], &[f64]) {
        self.numbers.split_at(HIDDEN * (self.width + 1))
    }

    /// The margin; leaves what each unit says in `units`.
    fn margin(&self, row: &[f32], units: &mut [f64; HIDDEN]) -> f64 {
        let (first, second) = self.split();
        for (unit, weights) in units.iter_mut().zip(first.chunks_exact(self.width + 1)) {
            let (weights, bias) = weights.split_at(self.width);
            let sum: f64 = row.iter().zip(weights).map(|(x, weight)| f64::from(*x) * weight).sum();
            *unit = (sum + bias[0]).max(0.0);
        }
        second[HIDDEN] + units.iter().zip(second).map(|(unit, weight)| unit * weight).sum::<f64>()
    }

    /// Adds the gradient of a row's loss, `error` being the loss's by the margin.
    fn backward(&self, row: &[f32], units: &[f64; HIDDEN], error: f64, gradient: &mut [f64]) {
        let (_, second) = self.split();
        let (first_gradient, second_gradient) = gradient.split_at_mut(HIDDEN * (self.width + 1));
        for (place, unit) in units.iter().enumerate().filter(|(_, unit)| **unit > 0.0) {
            second_gradient[place] += error * unit;
            let error = error * second[place];
            let to = &mut first_gradient[place * (self.width + 1)..][..self.width + 1];
            to.iter_mut().zip(row).for_each(|(to, x)| *to += error * f64::from(*x));
            to[self.width] += error;
        }
        second_gradient[HIDDEN] += error;
    }

    fn learn(&mut self, rows: &[f32], labels: &[bool], weights: &[f64], random: &mut Random) {
        let mean = weights.iter().sum::<f64>() / weights.len() as f64;
        let mut order: Vec<usize> = (0..labels.len()).collect();
        let mut adam = Adam::new(self.numbers.len());
        let mut units = [0.0; HIDDEN];
        for _ in 0..EPOCHS {
            random.shuffle(&mut order);
            for batch in order.chunks(BATCH) {
                adam.gradient.fill(0.0);
                for &index in batch {
                    let row = &rows[index * self.width..][..self.width];
                    let label = f64::from(u8::from(labels[index]));
                    let error = probability(self.margin(row, &mut units)) - label;
                    let share = weights[index] / mean / batch.len() as f64;
                    self.backward(row, &units, error * share, &mut adam.gradient);
                }
                adam.step(&mut self.numbers);
            }
        }
    }
}

struct Adam {
    gradient: Vec<f64>,
    mean: Vec<f64>,
    square: Vec<f64>,
    steps: i32,
}

impl Adam {
    fn new(length: usize) -> Self {
        let zeros = || vec![0.0; length];
        Self { gradient: zeros(), mean: zeros(), square: zeros(), steps: 0 }
    }

    fn step(&mut self, numbers: &mut [f64]) {
        self.steps += 1;
        let unbiased = |moment: f64| 1.0 - moment.powi(self.steps);
        let (first, second) = (unbiased(MOMENTS.0), unbiased(MOMENTS.1));
        let moments = self.mean.iter_mut().zip(&mut self.square);
        for ((number, gradient), (mean, square)) in numbers.iter_mut().zip(&self.gradient).zip(moments) {
            *mean += (1.0 - MOMENTS.0) * (gradient - *mean);
            *square += (1.0 - MOMENTS.1) * (gradient * gradient - *square);
            *number -= RATE * (*mean / first / ((*square / second).sqrt() + LEAST) + DECAY * *number);
        }
    }
}

impl Scorer for Net {
    fn margins(&self, rows: &[f64], width: usize, margins: &mut [f64]) {
        let (mut inputs, mut units) = (Vec::with_capacity(self.design.width()), [0.0; HIDDEN]);
        for (row, margin) in rows.chunks_exact(width).zip(margins) {
            inputs.clear();
            self.design.write(row, &mut inputs);
            *margin = self.layers.margin(&inputs, &mut units);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::contestants::log_loss;

    #[test]
    fn the_gradient_is_the_slope_of_the_loss() {
        let mut random = Random::new(3);
        let mut layers = Layers::new(3, 0.1, &mut random);
        let (row, mut units) = ([0.5_f32, -1.25, 2.0], [0.0; HIDDEN]);
        let mut gradient = vec![0.0; layers.numbers.len()];
        let margin = layers.margin(&row, &mut units);
        layers.backward(&row, &units, probability(margin) - 1.0, &mut gradient);
        for (place, slope) in gradient.into_iter().enumerate() {
            let number = layers.numbers[place];
            let mut loss = |at: f64| {
                layers.numbers[place] = at;
                log_loss(layers.margin(&row, &mut units), true)
            };
            let measured = (loss(number + 1e-6) - loss(number - 1e-6)) / 2e-6;
            layers.numbers[place] = number;
            assert!((measured - slope).abs() < 1e-7, "number {place}: {measured} by measure, {slope} by gradient");
        }
    }
}
