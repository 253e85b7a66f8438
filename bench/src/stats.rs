//! Distributions.

use serde::Serialize;

/// Summary of a sample.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Summary {
    pub(crate) count: usize,
    pub(crate) p50: f64,
    pub(crate) p95: f64,
    pub(crate) p99: f64,
    pub(crate) max: f64,
}

/// The value below which `share` of the sorted sample lies (nearest rank).
pub(crate) fn percentile(sorted: &[f64], share: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a rank within the sample"
    )]
    let rank = ((sorted.len() as f64 * share).ceil() as usize).clamp(1, sorted.len().max(1)) - 1;
    sorted.get(rank).copied().unwrap_or(f64::NAN)
}

/// The middle of a sample; of two, the upper one.
pub(crate) fn median(mut sample: Vec<f64>) -> f64 {
    sample.sort_by(f64::total_cmp);
    sample.get(sample.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Sorts a sample and summarises it.
pub(crate) fn summary(mut sample: Vec<f64>) -> (Summary, Vec<f64>) {
    sample.sort_by(f64::total_cmp);
    let summary = Summary {
        count: sample.len(),
        p50: percentile(&sample, 0.50),
        p95: percentile(&sample, 0.95),
        p99: percentile(&sample, 0.99),
        max: sample.last().copied().unwrap_or(f64::NAN),
    };
    (summary, sample)
}
