//! The `syncwatch` command itself.

use std::{net::TcpListener, process::Command};

use e2e::{Shape, System, program, up};

/// Runs a command to its end. Returns whether it succeeded, and its standard error.
fn complaint(command: &mut Command) -> anyhow::Result<(bool, String)> {
    let output = command.output()?;
    Ok((output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned()))
}

fn in_shape(command: &mut Command, shape: Shape) -> &mut Command {
    match shape {
        Shape::One => command,
        Shape::Split => command.arg("--split"),
    }
}

#[test]
fn a_taken_port_gets_a_clear_error() -> anyhow::Result<()> {
    let (dir, taken) = (tempfile::tempdir()?, TcpListener::bind("127.0.0.1:0")?);
    let address = taken.local_addr()?.to_string();
    for shape in [Shape::One, Shape::Split] {
        let (success, said) = complaint(in_shape(&mut up(dir.path(), &address)?, shape))?;
        assert!(!success && said.contains(&address) && said.contains("--listen"), "{shape:?}: {said}");
        assert!(!dir.path().join("postgres").exists(), "{shape:?} checks this before anything slow");
    }
    Ok(())
}

#[test]
fn a_missing_postgresql_gets_a_clear_error() -> anyhow::Result<()> {
    let (dir, nothing) = (tempfile::tempdir()?, tempfile::tempdir()?);
    for shape in [Shape::One, Shape::Split] {
        let mut command = up(dir.path(), "127.0.0.1:0")?;
        command.env("SYNCWATCH_UP__POSTGRES_BIN_DIR", nothing.path());
        let (success, said) = complaint(in_shape(&mut command, shape))?;
        assert!(!success, "{shape:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{shape:?}: {said}");
        for part in ["PostgreSQL is not installed", "apt-get install postgresql", "--database-url"] {
            assert!(said.contains(part), "{shape:?}: {said}");
        }
    }
    Ok(())
}

#[test]
fn an_unwritable_folder_gets_a_clear_error() -> anyhow::Result<()> {
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

// Case S3.
#[test]
fn every_mistake_in_the_settings_is_listed_at_once() -> anyhow::Result<()> {
    let file = tempfile::NamedTempFile::new()?;
    std::fs::write(
        file.path(),
        "[gateway]\nlisten = \"here\"\nmax_sockets = 0\n[rpc]\ntoken = \"hunter2\"\n[auth]\nrefresh_token_days = 0\n[lgo]\n",
    )?;
    let mut command = Command::new(program("syncwatch")?);
    command.args(["config", "validate", "--strict", "--config"]).arg(file.path());
    let output = command.output()?;
    let said = String::from_utf8(output.stderr)?;
    assert_eq!(output.status.code(), Some(1), "{said}");
    for name in
        ["gateway.listen", "gateway.max_sockets", "rpc.token", "auth.refresh_token_days", "lgo", "redis.url"]
    {
        assert_eq!(
            said.lines().filter(|line| line.trim_start().starts_with(name)).count(),
            1,
            "{name}: {said}"
        );
    }
    assert!(!said.contains("hunter2"), "{said}");
    // `up` rejects the same file.
    let dir = tempfile::tempdir()?;
    let (success, said) = complaint(up(dir.path(), "127.0.0.1:0")?.arg("--config").arg(file.path()))?;
    assert!(!success && said.contains("gateway.max_sockets") && said.contains("lgo"), "{said}");
    assert!(!dir.path().join("postgres").exists(), "the settings are checked before anything slow");
    Ok(())
}

// Case S7.
#[test]
fn variables_of_other_programs_are_ignored() -> anyhow::Result<()> {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};
    let syncwatch = program("syncwatch")?;
    let validate = || {
        let mut command = Command::new(&syncwatch);
        command.args(["config", "validate"]);
        command
    };
    let (success, said) = complaint(validate().env("FOO", OsStr::from_bytes(b"\xff")))?;
    assert!(success, "{said}");
    let (success, said) = complaint(validate().env("SYNCWATCH_LOG__LEVEL", OsStr::from_bytes(b"\xff")))?;
    assert!(!success && said.contains("SYNCWATCH_LOG__LEVEL is not UTF-8"), "{said}");
    Ok(())
}
