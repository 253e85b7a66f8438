//! What every process does the same way: settings, telemetry, shutdown, background tasks, the admin listener, the clock.

mod admin;
mod clock;
mod open_files;
mod process;
mod settings;
mod shutdown;
mod tasks;
mod telemetry;

pub use admin::Health;
pub use clock::Clock;
pub use process::{Process, bind, run};
pub use settings::{Secret, Settings};
pub use shutdown::Shutdown;
pub use tasks::{OnFailure, Tasks};
pub use telemetry::{Telemetry, TelemetryConfig};
