//! Ctrl-C, a request to terminate and a terminal that hangs up, as a flag that the block loop looks at.

use std::sync::atomic::{AtomicBool, Ordering};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Starts listening. Where the system offers no handler, a signal ends the program the hard way.
pub fn listen() -> &'static AtomicBool {
    let _ = ctrlc::set_handler(|| INTERRUPTED.store(true, Ordering::Relaxed));
    &INTERRUPTED
}
