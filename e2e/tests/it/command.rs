//! The `syncwatch` command itself.

use std::{net::TcpListener, process::Command};

use e2e::{Shape, System, program, up};

/// Runs it to its end; gives whether it succeeded and what it said to complain.
fn complaint(command: &mut Command) -> anyhow::Result<(bool, String)> {
    let output = command.output()?;
    Ok((output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned()))
}

#[test]
fn a_taken_port_is_named() -> anyhow::Result<()> {
    let (dir, taken) = (tempfile::tempdir()?, TcpListener::bind("127.0.0.1:0")?);
    let address = taken.local_addr()?.to_string();
    let (success, said) = complaint(
        Command::new(program("syncwatch")?).args(["up", "--listen", &address, "--data-dir"]).arg(dir.path()),
    )?;
    assert!(!success && said.contains(&address) && said.contains("--listen"), "{said}");
    Ok(())
}

#[test]
fn a_folder_that_cannot_be_written_is_named() -> anyhow::Result<()> {
    let file = tempfile::NamedTempFile::new()?;
    let (success, said) = complaint(&mut up(&file.path().join("inside-a-file"), "127.0.0.1:0")?)?;
    assert!(!success && said.contains("inside-a-file") && said.contains("--data-dir"), "{said}");
    Ok(())
}

#[tokio::test]
async fn a_folder_in_use_is_refused() -> anyhow::Result<()> {
    let system = System::start(Shape::One)?;
    let (success, said) = complaint(&mut up(system.data_dir(), "127.0.0.1:0")?)?;
    assert!(!success && said.contains("another syncwatch"), "{said}");
    Ok(())
}

#[test]
fn ctrl_c_ends_it_cleanly_and_secrets_stay_private() -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    for shape in [Shape::One, Shape::Split] {
        let mut system = System::start(shape)?;
        assert!(system.stop()?.success(), "{shape:?}");
        let mode = std::fs::metadata(system.data_dir().join("secrets.toml"))?.permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(
            !system.data_dir().join("postgres/data/postmaster.pid").exists(),
            "the database was stopped too"
        );
    }
    Ok(())
}

#[test]
fn settings_are_checked() -> anyhow::Result<()> {
    let syncwatch = program("syncwatch")?;
    assert!(complaint(Command::new(&syncwatch).args(["config", "validate"]))?.0);
    let (success, said) = complaint(Command::new(&syncwatch).args(["config", "validate", "--strict"]))?;
    assert!(!success && said.contains("rpc.token") && said.contains("postgres.url"), "{said}");
    let (success, said) = complaint(
        Command::new(&syncwatch).args(["config", "validate"]).env("SYNCWATCH_GATEWAY__LISTN", "x"),
    )?;
    assert!(!success && said.contains("listn"), "{said}");
    Ok(())
}
