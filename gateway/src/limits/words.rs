//! Durations as words.

use std::time::Duration;

/// Rounded up: a client that retries too early is refused again.
pub(super) fn duration(wait: Duration) -> String {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    let (count, unit) = match seconds {
        ..100 => (seconds.max(1), "second"),
        100..6000 => (seconds.div_ceil(60), "minute"),
        _ => (seconds.div_ceil(3600), "hour"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_written_in_a_fitting_unit() {
        let said = |ms| duration(Duration::from_millis(ms));
        assert_eq!([said(1), said(1000), said(11_400)], ["1 second", "1 second", "12 seconds"]);
        assert_eq!([said(719_100), said(7_200_000)], ["12 minutes", "2 hours"]);
    }
}
