//! Making metrics: each is registered, and remembered with its name, help and labels before it has a value.

use std::cell::RefCell;

use prometheus::core::Collector;
use prometheus::{
    Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGaugeVec, Opts, Registry, exponential_buckets,
};

/// What a metric is called and means, whether it has a value yet or not.
#[derive(Clone, Debug, PartialEq)]
pub struct Described {
    pub name: String,
    pub help: String,
    pub labels: Vec<String>,
    /// Upper bounds of a histogram's buckets; empty for others.
    pub bounds: Vec<f64>,
}

/// What has been made so far.
#[derive(Default)]
pub struct Families {
    pub registry: Registry,
    pub described: RefCell<Vec<Described>>,
}

/// Begins at 0.
pub fn counter(families: &Families, name: &str, help: &str) -> Result<IntCounter, prometheus::Error> {
    add(families, IntCounter::new(name, help)?)
}

/// A counter to each set of labels, from its first count on.
pub fn counters(
    families: &Families,
    name: &str,
    help: &str,
    labels: &[&str],
) -> Result<IntCounterVec, prometheus::Error> {
    add(families, IntCounterVec::new(Opts::new(name, help), labels)?)
}

/// A gauge to each set of labels, from its first value on.
pub fn gauges(families: &Families, name: &str, help: &str, labels: &[&str]) -> Result<IntGaugeVec, prometheus::Error> {
    add(families, IntGaugeVec::new(Opts::new(name, help), labels)?)
}

/// Of `buckets`, by their upper bounds.
pub fn histogram(
    families: &Families,
    name: &str,
    help: &str,
    buckets: Vec<f64>,
) -> Result<Histogram, prometheus::Error> {
    let histogram = add(families, Histogram::with_opts(HistogramOpts::new(name, help).buckets(buckets.clone()))?)?;
    if let Some(described) = families.described.borrow_mut().last_mut() {
        described.bounds = buckets;
    }
    Ok(histogram)
}

/// Buckets that double from `first` on.
pub fn seconds(first: f64, count: usize) -> Result<Vec<f64>, prometheus::Error> {
    exponential_buckets(first, 2.0, count)
}

/// Registers and remembers what none of the above makes.
pub fn add<C: Collector + Clone + 'static>(families: &Families, collector: C) -> Result<C, prometheus::Error> {
    families.registry.register(Box::new(collector.clone()))?;
    let described = collector.desc().into_iter().map(|desc| Described {
        name: desc.fq_name.clone(),
        help: desc.help.clone(),
        labels: desc.variable_labels.clone(),
        bounds: Vec::new(),
    });
    families.described.borrow_mut().extend(described);
    Ok(collector)
}
