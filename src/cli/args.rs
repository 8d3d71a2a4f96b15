use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};

use super::margin::MarginOptions;
use crate::error::Result;
use crate::scenario::{self, Batch, Override, Scenario};

/// How often is each margin mode liquidated, how deep does it draw down, and what does the difference cost?
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, max_term_width = 100)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Simulate scenarios, print tables, write results and charts
    Run(RunOptions),
    /// Validate scenarios and print their plan; simulates nothing
    Check(CheckOptions),
    /// Print one path's account in exact decimals, event by event
    Replay(ReplayOptions),
    /// Print one position's margin figures: margins, liquidation and bankruptcy price
    Margin(Box<MarginOptions>),
    /// List the venue presets, or print one preset's rules
    Venues {
        /// Preset whose rules to print
        name: Option<String>,
    },
    /// List the price models, or print one model's law and parameters
    Models {
        /// Model to print
        kind: Option<String>,
    },
    /// Write a commented scenario to start from, NAME.toml, in this folder
    New {
        /// Name of the scenario, without ending
        name: String,
    },
    /// Print the JSON Schema of the scenario file or of the result, for editors and readers
    Schema {
        /// What to describe: scenario or result
        of: String,
    },
}

/// What changes a scenario from outside its file.
#[derive(Debug, Args)]
pub struct Changes {
    /// Set any scenario key, e.g. --set positions.btc_long.leverage=5
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Number of paths (simulation.paths)
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub paths: Option<String>,
    /// Seed (simulation.seed)
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub seed: Option<String>,
}

#[derive(Debug, Args)]
pub struct RunOptions {
    /// Scenario files; none runs the shipped default
    pub scenarios: Vec<PathBuf>,
    /// Folder for the results, one folder per scenario in it
    #[arg(long, value_name = "DIR", default_value = "results")]
    pub out: PathBuf,
    /// Print the result document as JSON instead of tables
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub changes: Changes,
    /// Threads; 0 is one per core
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: u64,
    /// Draw no charts
    #[arg(long)]
    pub no_charts: bool,
    /// Replace a result folder that holds something else
    #[arg(long)]
    pub force: bool,
    /// No progress and no remarks on standard error
    #[arg(long)]
    pub quiet: bool,
}

#[derive(Debug, Args)]
pub struct CheckOptions {
    /// Scenario files; none checks the shipped default
    pub scenarios: Vec<PathBuf>,
    #[command(flatten)]
    pub changes: Changes,
    /// Threads the prediction is for; 0 is one per core
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub threads: u64,
}

#[derive(Debug, Args)]
pub struct ReplayOptions {
    /// Scenario file; none replays the shipped default
    pub scenario: Option<PathBuf>,
    /// Path to replay, from 0
    #[arg(long, value_name = "N")]
    pub path: u64,
    /// Margin mode; without it, every mode of the scenario
    #[arg(long, value_name = "MODE")]
    pub mode: Option<String>,
    #[command(flatten)]
    pub changes: Changes,
}

impl Changes {
    fn overrides(&self) -> Result<Vec<Override>> {
        let mut overrides: Vec<Override> =
            self.set.iter().map(|text| scenario::parse_override(text)).collect::<Result<_>>()?;
        let flags = [("simulation.paths", &self.paths), ("simulation.seed", &self.seed)];
        for (key, value) in flags {
            if let Some(value) = value {
                overrides.push(Override { key: key.to_owned(), value: value.clone() });
            }
        }
        Ok(overrides)
    }

    /// Reads the scenarios with the changes made, each one run; the shipped default where none is named.
    pub fn load(&self, paths: &[PathBuf]) -> Result<Vec<Scenario>> {
        let overrides = self.overrides()?;
        if paths.is_empty() {
            let (name, text) = (scenario::DEFAULT_NAME, scenario::DEFAULT_TEXT);
            let shown = format!("{name}.toml (shipped)");
            return Ok(vec![scenario::load_text(name, &shown, text, Path::new(""), &overrides)?]);
        }
        paths.iter().map(|path| scenario::load(path, &overrides)).collect()
    }

    /// The same where a file may ask for a sweep.
    pub fn load_batches(&self, paths: &[PathBuf]) -> Result<Vec<Batch>> {
        let overrides = self.overrides()?;
        if paths.is_empty() {
            let (name, text) = (scenario::DEFAULT_NAME, scenario::DEFAULT_TEXT);
            let shown = format!("{name}.toml (shipped)");
            return Ok(vec![scenario::load_batch_text(name, &shown, text, Path::new(""), &overrides)?]);
        }
        paths.iter().map(|path| scenario::load_batch(path, &overrides)).collect()
    }
}
