use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};

use crate::cli::margin::MarginOptions;
use crate::error::Result;
use crate::run::Asked;
use crate::scenario;
use crate::scenario::{Batch, Override, Scenario};

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
    /// Make one result of the parts that runs with --shard have written
    Merge(MergeOptions),
    /// Draw the tables, charts and pages of a result again
    Report(ReportOptions),
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
    /// Compare two results with their uncertainty: B − A
    Diff {
        /// Result folder, or the summary.json in one
        a: PathBuf,
        /// Result folder, or the summary.json in one
        b: PathBuf,
        /// Print the comparison as JSON instead of a table
        #[arg(long)]
        json: bool,
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
    /// Draw no charts and no report page
    #[arg(long)]
    pub no_charts: bool,
    /// Pixels of a chart for each of its 1280 x 800 units, 0.5 to 4
    #[arg(long, value_name = "S", default_value_t = 1.0)]
    pub scale: f64,
    /// Keep a row for every path and mode, as parquet or csv
    #[arg(long, value_name = "FORMAT", num_args = 0..=1, require_equals = true, default_missing_value = "parquet")]
    pub outcomes: Option<String>,
    /// Go on with a run that did not end; results that are there already are kept
    #[arg(long)]
    pub resume: bool,
    /// Run only part I of N of the paths, from 1; `merge` makes a result of all parts
    #[arg(long, value_name = "I/N")]
    pub shard: Option<String>,
    /// Replace a result folder that holds something else, and drop a run that did not end
    #[arg(long)]
    pub force: bool,
    /// No progress and no remarks on standard error
    #[arg(long)]
    pub quiet: bool,
}

#[derive(Debug, Args)]
pub struct MergeOptions {
    /// Folders of shards, or folders that hold some
    #[arg(required = true)]
    pub folders: Vec<PathBuf>,
    /// Folder for the results, one folder per scenario in it
    #[arg(long, value_name = "DIR", default_value = "results")]
    pub out: PathBuf,
    /// Print the result document as JSON instead of tables
    #[arg(long)]
    pub json: bool,
    /// Draw no charts and no report page
    #[arg(long)]
    pub no_charts: bool,
    /// Pixels of a chart for each of its 1280 x 800 units, 0.5 to 4
    #[arg(long, value_name = "S", default_value_t = 1.0)]
    pub scale: f64,
    /// Replace a result folder that holds something else
    #[arg(long)]
    pub force: bool,
    /// No remarks on standard error
    #[arg(long)]
    pub quiet: bool,
}

#[derive(Debug, Args)]
pub struct ReportOptions {
    /// Folder of a result
    pub folder: PathBuf,
    /// Pixels of a chart for each of its 1280 x 800 units, 0.5 to 4
    #[arg(long, value_name = "S", default_value_t = 1.0)]
    pub scale: f64,
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

    /// What each scenario file asks for with the changes made, and how to ask for it again.
    pub fn asked(&self, paths: &[PathBuf]) -> Result<Vec<Asked>> {
        let overrides: Vec<_> = self.overrides()?.into_iter().map(|set| (set.key, set.value)).collect();
        let batches = self.load_batches(paths)?.into_iter().enumerate();
        let asked = batches.map(|(index, batch)| Asked {
            batch,
            command: self.command(paths.get(index)),
            overrides: overrides.clone(),
        });
        Ok(asked.collect())
    }

    /// The command that runs a scenario file with these changes, from the file's folder.
    fn command(&self, path: Option<&PathBuf>) -> String {
        let file = path.and_then(|path| path.file_name()).map(|name| name.to_string_lossy().into_owned());
        let mut words = vec!["ringfence".to_owned(), "run".to_owned()];
        words.extend(file);
        for set in &self.set {
            words.extend(["--set".to_owned(), set.clone()]);
        }
        for (flag, value) in [("--paths", &self.paths), ("--seed", &self.seed)] {
            words.extend(value.iter().flat_map(|value| [flag.to_owned(), value.clone()]));
        }
        words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
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

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}
