//! The report page in a browser.

mod page;

#[path = "../testkit/lib.rs"]
mod testkit;
