//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use runtime::{Listen, Settings};
use serde_json::{Map, Value, json};

use crate::{
    say::{print, say},
    secrets, split, up, wiring,
};

/// Watch together, on the same frame.
#[derive(Debug, Parser)]
#[command(name = "syncwatch", version, about, arg_required_else_help = true)]
pub(crate) struct Arguments {
    /// File with settings; `config.default.toml` shows them all.
    #[arg(long, global = true, env = "SYNCWATCH_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run every service in one process, with a private database.
    Up(UpArguments),
    /// Check settings.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Migrate the database, for installations that run each service as a process.
    Migrate,
    /// Generate the secrets of an installation into a settings file that only its owner can read. `up` does this by itself.
    Secrets {
        /// The file. An existing file is not changed.
        file: PathBuf,
    },
    /// Print the API as an OpenAPI 3.1 document.
    Openapi,
    /// Print the version.
    Version,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// List every mistake in the settings.
    Validate {
        /// Also refuse what is unsafe in production: missing or weak secrets, no https address, no Redis for several replicas.
        #[arg(long)]
        strict: bool,
    },
}

/// Arguments of `up`.
#[derive(Debug, Args)]
pub(crate) struct UpArguments {
    /// Where to listen: 127.0.0.1:8080, localhost:8080, or 8080 for all addresses. Port 0 takes a free port.
    #[arg(long, value_name = "[HOST:]PORT")]
    listen: Option<Listen>,
    /// Folder for all data [default: /var/lib/syncwatch for root, ~/.local/share/syncwatch otherwise].
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// error, warn, info, debug or trace.
    #[arg(long, value_name = "LEVEL")]
    log_level: Option<String>,
    /// Use this PostgreSQL instead of a private one.
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// Keep the state of rooms in this Redis instead of in memory.
    #[arg(long, value_name = "URL")]
    redis_url: Option<String>,
    /// Open the web client in a browser.
    #[arg(long)]
    pub(crate) open: bool,
    /// Run each service as a process of its own, with a private Redis, as in a cluster.
    #[arg(long)]
    pub(crate) split: bool,
}

impl UpArguments {
    /// The settings that the flags set.
    fn flags(&self) -> Value {
        let mut sections = Map::new();
        let mut set = |section: &str, key: &str, value: Option<String>| {
            if let Some(value) = value {
                sections.entry(section).or_insert_with(|| json!({}))[key] = value.into();
            }
        };
        set("gateway", "listen", self.listen.as_ref().map(Listen::to_string));
        set("log", "level", self.log_level.clone());
        set("postgres", "url", self.database_url.clone());
        set("redis", "url", self.redis_url.clone());
        Value::Object(sections)
    }
}

impl Arguments {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let file = self.config.as_deref();
        let settings = |flags| Settings::load(file.as_slice(), flags);
        match self.command {
            Command::Up(arguments) if arguments.split => {
                block_on(split::run(file, arguments.flags(), &arguments))
            }
            Command::Up(arguments) => block_on(up::run(file, arguments.flags(), &arguments)),
            Command::Config(ConfigCommand::Validate { strict }) => {
                wiring::load(file.as_slice(), json!({}), strict)?;
                say("the settings are fine");
                Ok(())
            }
            Command::Migrate => {
                block_on(wiring::migrate(&settings(json!({}))?))?;
                say("the database is up to date");
                Ok(())
            }
            Command::Secrets { file } => {
                let made = secrets::make(&file)?;
                say(format_args!(
                    "{} {}",
                    file.display(),
                    if made {
                        "was made; keep a copy in a safe place"
                    } else {
                        "is there already, and was left as it is"
                    }
                ));
                Ok(())
            }
            Command::Openapi => {
                print(serde_json::to_string_pretty(&gateway::openapi(&gateway::Contract::product()?))?);
                Ok(())
            }
            Command::Version => {
                print(format_args!("syncwatch {}", env!("CARGO_PKG_VERSION")));
                Ok(())
            }
        }
    }
}

fn block_on(future: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(future)
}
