//! What helm makes of the charts.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use e2e::program;
use serde_json::Value;

/// Where a pod finds its Secret.
const SECRETS: &str = "/run/secrets/syncwatch";

/// Every service chart, rendered as a release of its own.
pub(super) struct Charts {
    dir: tempfile::TempDir,
    services: Vec<String>,
}

/// Services that a `NetworkPolicy` names.
pub(super) struct Policy {
    pub(super) callers: BTreeSet<String>,
    pub(super) calls: BTreeSet<String>,
}

/// The container of a service.
#[derive(Clone)]
pub(super) struct Pod {
    /// How many such pods run.
    pub(super) replicas: String,
    pub(super) command: Vec<String>,
    pub(super) env: BTreeMap<String, String>,
}

impl Charts {
    pub(super) fn render() -> anyhow::Result<Self> {
        let dir = tempfile::Builder::new().prefix("sw-charts").tempdir()?;
        run(Command::new(repository().join("scripts/render-charts.sh")).arg(dir.path()))?;
        let mut services = Vec::new();
        for chart in fs::read_dir(dir.path().join("helm"))? {
            let name = chart?.file_name().to_string_lossy().into_owned();
            if !["library", "syncwatch"].contains(&name.as_str()) {
                services.push(name);
            }
        }
        ensure!(services.len() >= 6, "charts are missing: {services:?}");
        fs::create_dir(dir.path().join("secrets"))?;
        fs::create_dir(dir.path().join("data"))?;
        let charts = Self { dir, services };
        charts.make_secrets("postgres://syncwatch@localhost/syncwatch", "redis://localhost:6379")?;
        Ok(charts)
    }

    pub(super) fn services(&self) -> impl Iterator<Item = &str> {
        self.services.iter().map(String::as_str)
    }

    pub(super) fn folder(&self) -> &Path {
        self.dir.path()
    }

    /// Makes the Secret by the script that operators use, and puts its entries where the pods of this test look.
    pub(super) fn make_secrets(&self, postgres: &str, redis: &str) -> anyhow::Result<()> {
        let folder = self.dir.path().join("input");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("postgres_url"), format!("{postgres}\n"))?;
        fs::write(folder.join("redis_url"), redis)?;
        let mut command = Command::new(repository().join("deploy/make-kubernetes-secret.sh"));
        let manifest = run(command.arg(&folder).env("SYNCWATCH", program("syncwatch")?))?;
        let secret: Value = serde_json::from_str(&manifest)?;
        ensure!(secret["kind"] == "Secret" && secret["metadata"]["name"] == "syncwatch", "it is no Secret");
        for (key, value) in secret["data"].as_object().context("the Secret has no data")? {
            let value = BASE64_STANDARD.decode(value.as_str().context("an entry is no text")?)?;
            ensure!(!value.is_empty(), "{key} is empty");
            fs::write(self.dir.path().join("secrets").join(key), value)?;
        }
        Ok(())
    }

    /// The container of a service, with the folders of this test in place of those of the pod.
    pub(super) fn pod(&self, service: &str) -> anyhow::Result<Pod> {
        let manifest = self.manifest(service)?;
        let deployment = document(&manifest, "Deployment")?;
        let mut lines = deployment.lines().map(str::trim);
        let (mut replicas, mut command, mut env) = (String::new(), Vec::new(), BTreeMap::new());
        while let Some(line) = lines.next() {
            if let Some(number) = line.strip_prefix("replicas: ") {
                number.clone_into(&mut replicas);
            } else if let Some(list) = line.strip_prefix("command: ") {
                command = serde_json::from_str(list)?;
            } else if let Some(name) = line
                .strip_prefix("- name: ")
                .filter(|name| name.starts_with("SYNCWATCH_") || name.ends_with("_IP"))
            {
                let line = lines.next().with_context(|| format!("{name} has no value"))?;
                if line.starts_with("valueFrom: ") {
                    // A field of the pod. Those that charts name are addresses.
                    env.insert(name.to_owned(), "127.0.0.1".to_owned());
                    continue;
                }
                let value = line.strip_prefix("value: ").with_context(|| format!("{name} has no value"))?;
                let value =
                    if value.starts_with('"') { serde_json::from_str(value)? } else { value.to_owned() };
                let expand = |value: String, (name, field): (&String, &String)| {
                    value.replace(&format!("$({name})"), field)
                };
                let value = env.iter().fold(value, expand);
                let own = |folder: &str| self.dir.path().join(folder).to_string_lossy().into_owned();
                let value =
                    value.replace(SECRETS, &own("secrets")).replace("/var/lib/syncwatch", &own("data"));
                env.insert(name.to_owned(), value);
            }
        }
        ensure!(!command.is_empty() && !env.is_empty(), "{service} has no command or no environment");
        Ok(Pod { replicas, command, env })
    }

    pub(super) fn network_policy(&self, service: &str) -> anyhow::Result<Policy> {
        let manifest = self.manifest(service)?;
        let policy = document(&manifest, "NetworkPolicy")?;
        let (ingress, egress) = policy.split_once("\n  egress:").context("no egress")?;
        let named = |rules: &str| -> anyhow::Result<BTreeSet<String>> {
            match rules.split_once("values: ").and_then(|(_, rest)| rest.split_once('}')) {
                Some((list, _)) => Ok(serde_json::from_str(list)?),
                None => Ok(BTreeSet::new()),
            }
        };
        Ok(Policy { callers: named(ingress)?, calls: named(egress)? })
    }

    fn manifest(&self, service: &str) -> anyhow::Result<String> {
        Ok(fs::read_to_string(self.dir.path().join(format!("{service}.yaml")))?)
    }
}

impl Pod {
    /// Asks the program for what is wrong with these settings.
    pub(super) fn validate(&self) -> anyhow::Result<()> {
        run(Command::new(program("syncwatch")?).args(["config", "validate"]).env_clear().envs(&self.env))
            .map(drop)
    }
}

/// The object of a kind in a stream of YAML documents.
fn document<'a>(manifest: &'a str, kind: &str) -> anyhow::Result<&'a str> {
    manifest
        .split("\n---\n")
        .find(|document| document.lines().any(|line| line.strip_prefix("kind: ") == Some(kind)))
        .with_context(|| format!("there is no {kind}"))
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Runs a command to its end; gives what it wrote to standard output.
fn run(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().with_context(|| format!("cannot run {command:?}"))?;
    ensure!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}
