//! The program as a process: what it prints and writes, and how it ends.

mod answer;
mod batch;
mod cli;
mod folder;
mod library;
mod margin;
mod schemas;

#[path = "../testkit/lib.rs"]
mod testkit;
