//! The program as a process: what it prints and writes, and how it ends.

mod batch;
mod cli;
mod folder;
mod headline;
mod library;
mod margin;
mod schemas;

#[path = "../testkit/lib.rs"]
mod testkit;
