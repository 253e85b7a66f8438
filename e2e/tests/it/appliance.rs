//! `syncwatch up` on real machines: folders, users, ports, environments.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpListener, TcpStream},
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown},
    path::Path,
    process::{Command, Stdio},
};

use anyhow::Context as _;
use e2e::{Guest, Shape, System, await_ready, interrupt, up, up_through};

crate::in_both_shapes!(
    a_private_folder_is_enough_and_stays_private,
    a_long_path_and_a_bare_environment_are_enough
);

/// Runs a program as an ordinary user.
const AS_NOBODY: [&str; 6] = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"];

/// Id of `nobody` and `nogroup` on Debian.
const NOBODY: u32 = 65_534;

fn is_root() -> bool {
    nix::unistd::Uid::effective().is_root()
}

/// Runs a command that must fail. Returns its standard error.
fn complaint(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    anyhow::ensure!(!output.status.success(), "it should have failed: {said}");
    Ok(said)
}

/// Every file below a folder that others than its owner may read or write.
fn readable_by_others(folder: &Path) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let (path, metadata) = entry.map(|entry| (entry.path(), entry.metadata()))?;
        let metadata = metadata?;
        if metadata.permissions().mode() & 0o066 != 0 {
            found.push(format!("{} {:o}", path.display(), metadata.permissions().mode()));
        }
        if metadata.is_dir() {
            found.extend(readable_by_others(&path)?);
        }
    }
    Ok(found)
}

// Cases S1 and A15. As root, PostgreSQL runs as a user who may not enter the folder.
async fn a_private_folder_is_enough_and_stays_private(shape: Shape) -> anyhow::Result<()> {
    let closed = tempfile::tempdir()?;
    fs::set_permissions(closed.path(), fs::Permissions::from_mode(0o700))?;
    let inside = tempfile::Builder::new().prefix("data").tempdir_in(closed.path())?;
    fs::set_permissions(inside.path(), fs::Permissions::from_mode(0o755))?;
    let system = System::start_in(inside, shape, &[])?;
    let mia = Guest::arrive(system.url(), "Mia").await?;
    let room = mia.make_room().await?;
    mia.add_test_film(&room).await?;
    assert_eq!(fs::metadata(system.data_dir())?.permissions().mode() & 0o777, 0o700);
    assert_eq!(readable_by_others(system.data_dir())?, Vec::<String>::new());
    Ok(())
}

// Cases S1 and O9.
#[tokio::test]
async fn an_ordinary_user_needs_nothing_but_a_folder() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700))?;
    let mut command = if is_root() {
        chown(dir.path(), Some(NOBODY), Some(NOBODY))?;
        up_through(&AS_NOBODY, dir.path(), "127.0.0.1:0")?
    } else {
        up(dir.path(), "127.0.0.1:0")?
    };
    let (mut process, url) = await_ready(command.env_remove("HOME"))?;
    Guest::arrive(&url, "Mia").await?.make_room().await?;
    interrupt(&process)?;
    assert!(process.wait()?.success());
    Ok(())
}

// Case O9: initdb insists on a name for its user.
#[test]
fn a_user_id_without_a_name_gets_a_clear_error() -> anyhow::Result<()> {
    if !is_root() {
        eprintln!("only root can become a user without a name");
        return Ok(());
    }
    let dir = tempfile::tempdir()?;
    chown(dir.path(), Some(1_000_770), Some(0))?;
    let nameless = ["setpriv", "--reuid", "1000770", "--regid", "0", "--clear-groups"];
    let said = complaint(&mut up_through(&nameless, dir.path(), "127.0.0.1:0")?)?;
    for part in ["1000770", "/etc/passwd", "--database-url"] {
        assert!(said.contains(part), "{said}");
    }
    Ok(())
}

// Case S2: node_exporter has port 9100, MinIO 9000.
#[tokio::test]
async fn two_run_beside_each_other_and_beside_well_known_programs() -> anyhow::Result<()> {
    // Where another program already has the port, it is taken all the same.
    let _taken: Vec<_> =
        [9000, 9100].map(|port| TcpListener::bind(("127.0.0.1", port))).into_iter().collect();
    let (one, other) = (System::start(Shape::One)?, System::start(Shape::One)?);
    for system in [&one, &other] {
        Guest::arrive(system.url(), "Mia").await?.make_room().await?;
        let ports: String = fs::read_to_string(system.data_dir().join("ports.toml"))?;
        for name in ["http = ", "admin = ", "grpc = "] {
            assert!(ports.contains(name), "{ports}");
        }
        let admin = ports.lines().find_map(|line| line.strip_prefix("admin = ")).context("no admin port")?;
        let ready = e2e::http().build()?.get(format!("http://{}/health/ready", admin.trim_matches('"')));
        assert!(ready.send().await?.status().is_success());
    }
    Ok(())
}

// Cases S6 and O10.
#[tokio::test]
async fn a_name_or_a_bare_port_is_enough_to_listen() -> anyhow::Result<()> {
    for listen in ["localhost:0", "0"] {
        let dir = tempfile::tempdir()?;
        let (mut process, url) = await_ready(&mut up(dir.path(), listen)?)?;
        let port: u16 = url.rsplit(':').next().context("no port")?.parse()?;
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).with_context(|| format!("--listen {listen}"))?;
        let ipv6 = IpAddr::from(Ipv6Addr::LOCALHOST);
        if listen == "0" && TcpListener::bind((ipv6, 0)).is_ok() {
            TcpStream::connect((ipv6, port)).with_context(|| format!("--listen {listen}"))?;
        }
        interrupt(&process)?;
        assert!(process.wait()?.success());
    }
    let dir = tempfile::tempdir()?;
    let said = complaint(&mut up(dir.path(), "no-such-host.invalid:8080")?)?;
    assert!(said.contains("no-such-host.invalid"), "{said}");
    Ok(())
}

// Case O13.
async fn a_long_path_and_a_bare_environment_are_enough(shape: Shape) -> anyhow::Result<()> {
    let outer = tempfile::tempdir()?;
    let long = outer.path().join(format!("films & ü {}", "x".repeat(150)));
    // An interrupted start may leave an incomplete database of initdb.
    for half in ["postgres/data/base", "postgres/data.new/base"] {
        fs::create_dir_all(long.join(half))?;
    }
    fs::write(long.join("postgres/data.new/PG_VERSION"), "15\n")?;
    let mut command = up(&long, "127.0.0.1:0")?;
    if shape == Shape::Split {
        command.arg("--split");
    }
    for (name, value) in [("LC_ALL", "en_GB.UTF-8"), ("PGPORT", "5999"), ("PGSSLMODE", "require")] {
        command.env(name, value);
    }
    for name in ["HOME", "LANG", "TERM"] {
        command.env_remove(name);
    }
    let (mut process, url) = await_ready(&mut command)?;
    Guest::arrive(&url, "Mia").await?.make_room().await?;
    interrupt(&process)?;
    assert!(process.wait()?.success());
    Ok(())
}

// Case O6.
#[test]
fn data_of_another_postgresql_version_stay_untouched() -> anyhow::Result<()> {
    let mut system = System::start(Shape::One)?;
    assert!(system.stop()?.success());
    let data = system.data_dir().join("postgres/data");
    let version = fs::read_to_string(data.join("PG_VERSION"))?;
    fs::write(data.join("PG_VERSION"), "9\n")?;
    let newest = |folder: &Path| -> anyhow::Result<i64> {
        let times = fs::read_dir(folder)?.map(|entry| Ok(entry?.metadata()?.mtime_nsec()));
        times.collect::<anyhow::Result<Vec<_>>>().map(|times| times.into_iter().sum())
    };
    let before = newest(&data)?;
    let said = complaint(&mut up(system.data_dir(), "127.0.0.1:0")?)?;
    for part in ["PostgreSQL 9,", &format!("PostgreSQL {} ", version.trim()), "apt-get install postgresql-9"]
    {
        assert!(said.contains(part), "{said}");
    }
    assert_eq!(said.lines().count(), 1, "{said}");
    assert_eq!(newest(&data)?, before, "nothing was written");
    Ok(())
}

// Case O12: after a container was killed, another process often has the pid that postmaster.pid names.
#[test]
fn a_stale_lock_file_with_a_reused_pid_is_ignored() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let user: &[&str] = if is_root() { &AS_NOBODY } else { &["env"] };
    if is_root() {
        chown(dir.path(), Some(NOBODY), Some(NOBODY))?;
    }
    let lock = dir.path().join("postgres/data/postmaster.pid");
    let (mut process, _) = await_ready(&mut up_through(user, dir.path(), "127.0.0.1:0")?)?;
    let text = fs::read_to_string(&lock)?;
    interrupt(&process)?;
    assert!(process.wait()?.success());
    let (first, rest) = user.split_first().context("no program")?;
    let mut other = Command::new(first).args(rest).arg("cat").stdin(Stdio::piped()).spawn()?;
    fs::write(&lock, format!("{}\n{}", other.id(), text.split_once('\n').context("one line")?.1))?;
    chown(&lock, Some(fs::metadata(dir.path())?.uid()), None)?;

    let (mut process, _) = await_ready(&mut up_through(user, dir.path(), "127.0.0.1:0")?)?;
    interrupt(&process)?;
    assert!(process.wait()?.success());
    other.kill()?;
    other.wait()?;
    Ok(())
}

// Case O16.
#[test]
fn the_limit_of_open_files_is_raised() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let limited = ["prlimit", "--nofile=1024:4096"];
    let (mut process, _) = await_ready(&mut up_through(&limited, dir.path(), "127.0.0.1:0")?)?;
    let limits = fs::read_to_string(format!("/proc/{}/limits", process.id()))?;
    let open_files = limits.lines().find(|line| line.starts_with("Max open files")).context("no limit")?;
    assert_eq!(open_files.split_whitespace().nth(3), Some("4096"), "{open_files}");
    interrupt(&process)?;
    assert!(process.wait()?.success());
    Ok(())
}

#[tokio::test]
async fn the_printed_backup_command_makes_a_usable_backup() -> anyhow::Result<()> {
    let (dir, elsewhere, restored) = (tempfile::tempdir()?, tempfile::tempdir()?, tempfile::tempdir()?);
    let mut process = up(dir.path(), "127.0.0.1:0")?.spawn()?;
    let mut lines = BufReader::new(process.stdout.take().context("no output")?).lines();
    let mut said = |what: &str| -> anyhow::Result<String> {
        let found = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.split_once(what).map(|(_, rest)| rest.to_owned()));
        found.with_context(|| format!("it never said `{what}`"))
    };
    let url = said("SyncWatch is ready: ")?;
    let backup = said("stop SyncWatch and run: ")?;
    let mia = Guest::arrive(&url, "Mia").await?;
    let room = mia.make_room().await?;
    interrupt(&process)?;
    assert!(process.wait()?.success());

    assert!(Command::new("sh").args(["-c", &backup]).current_dir(elsewhere.path()).status()?.success());
    let archive = elsewhere.path().join("syncwatch-backup.tar.gz");
    let unpacked = Command::new("tar").arg("-C").arg(restored.path()).arg("-xzf").arg(archive).status()?;
    assert!(unpacked.success());
    let (mut process, url) = await_ready(&mut up(restored.path(), "127.0.0.1:0")?)?;
    mia.at(&url).enter(&room).await?;
    interrupt(&process)?;
    assert!(process.wait()?.success());
    Ok(())
}
