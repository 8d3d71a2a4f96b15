//! Scenario files.

use std::fs;

use tempfile::TempDir;

/// One long of 1/15 BTC at 60,000, 20 times leverage: 300 paths of two days.
pub const ONE_LONG: &str = r#"
title = "A small run"
[simulation]
paths = 300
horizon = "2d"
step = "1h"
[account]
wallet = 1_000
[assets.BTC]
price = 60_000
model = { kind = "gbm", drift = 0.0, volatility = 0.9 }
[positions.long]
asset = "BTC"
side = "long"
margin = 200
leverage = 20
"#;

/// A folder that holds one file.
pub fn folder_with(name: &str, text: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(name), text).unwrap();
    folder
}

/// Whether an error says what to write: a help, or what was expected.
pub fn has_remedy(message: &str) -> bool {
    message.contains("help: ") || message.contains("; expected ")
}
