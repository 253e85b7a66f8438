#![doc = include_str!("../README.md")]

mod isolated;
mod probe;
mod table;

use std::{io::Write as _, path::PathBuf};

use clap::{Parser, Subcommand};
use prost::Message as _;
use prost_reflect::DynamicMessage;
use proto::transcode::v1::MediaProbe;

/// Looks into media files.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Says what a file is.
    Probe {
        /// The file.
        file: PathBuf,
        /// As JSON, for programs.
        #[arg(long)]
        json: bool,
    },
    /// The part of `probe` that runs libav; prints the encoded answer.
    #[command(hide = true)]
    ProbeChild {
        /// The file.
        file: PathBuf,
    },
}

impl Arguments {
    /// Does what was asked.
    pub fn run(self) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        match self.command {
            Command::ProbeChild { file } => out.write_all(&probe::probe(&file)?.encode_to_vec())?,
            Command::Probe { file, json: false } => {
                out.write_all(table::table(&isolated::probe(&file)?).as_bytes())?
            }
            Command::Probe { file, json: true } => writeln!(out, "{}", json(&isolated::probe(&file)?)?)?,
        }
        Ok(())
    }
}

/// The canonical JSON of the contract.
fn json(probe: &MediaProbe) -> anyhow::Result<String> {
    let descriptor = proto::POOL
        .get_message_by_name("syncwatch.transcode.v1.MediaProbe")
        .ok_or_else(|| anyhow::anyhow!("the contract has no MediaProbe"))?;
    Ok(serde_json::to_string_pretty(&DynamicMessage::decode(descriptor, probe.encode_to_vec().as_slice())?)?)
}
