//! What people do in a real browser (e2e/browser), against both shapes.

use std::{path::Path, process::Command};

use e2e::{Shape, System};

crate::in_both_shapes!(people_watch_together_in_a_browser);

async fn people_watch_together_in_a_browser(shape: Shape) -> anyhow::Result<()> {
    let settings = [
        // All people of all tests come from one address.
        ("LIMITS__TRUSTED_NETWORKS", r#"["127.0.0.0/8"]"#),
        // Where the tests' own media hosts are.
        ("MEDIA__ALLOW_PRIVATE_NETWORKS", r#"["127.0.0.1"]"#),
    ];
    let system = System::start_with(shape, &settings)?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser");
    let status = Command::new("node")
        .args(["--test", "--test-concurrency=1"])
        .current_dir(folder)
        .env("BASE_URL", system.url())
        .status()?;
    anyhow::ensure!(status.success(), "the browser tests failed: {status}");
    Ok(())
}
