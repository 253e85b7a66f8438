//! Follows the shared clock, if there is one. While it does not answer, the clock of the machine goes on from there.

use std::{sync::Arc, time::Duration};

use runtime::{OnFailure, Tasks};

use crate::app::{App, ClockFollower, STEP_EVERY};

const MEASURE_EVERY: Duration = Duration::from_secs(10);

pub(crate) fn spawn(tasks: &mut Tasks, app: &Arc<App>) {
    let Some(shared) = app.state.clock.clone() else { return };
    let clock = app.clock.clone();
    tasks.spawn("shared clock", OnFailure::Restart, move |shutdown| {
        let (shared, mut follower) = (shared.clone(), ClockFollower::new(clock.clone()));
        async move {
            let (mut measure, mut step) =
                (tokio::time::interval(MEASURE_EVERY), tokio::time::interval(STEP_EVERY));
            // Late steps must not come all at once: the clock would go back.
            step.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            let mut soft = std::pin::pin!(shutdown.soft());
            loop {
                tokio::select! {
                    _ = measure.tick() => follower.measure(&*shared).await?,
                    _ = step.tick() => follower.step(),
                    () = &mut soft => return Ok(()),
                }
            }
        }
    });
}
