//! What every process does the same way: settings, telemetry, shutdown, background tasks, the admin listener, the clock.

mod admin;
mod backoff;
pub mod child;
mod clock;
mod line_queue;
mod listen;
mod open_files;
mod process;
mod settings;
mod shares;
mod shutdown;
mod statements;
pub mod storage;
mod tasks;
mod telemetry;

pub use admin::{Health, Phase};
pub use child::Child;
pub use clock::Clock;
pub use listen::{Acceptor, Listen, Listeners};
pub use process::{Process, bind, listen, run, run_role, run_with_file};
pub use settings::{Check, Mistake, Mistakes, Secret, Section, Settings, ensure_valid};
pub use shares::{Full, Share, Shares};
pub use shutdown::Shutdown;
pub use tasks::{OnFailure, Tasks};
pub use telemetry::{Telemetry, TelemetryConfig, log_panics};
