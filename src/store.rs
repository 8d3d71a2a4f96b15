//! Folders on disk: a result that appears whole or not at all, the lock of its writer, checkpoints, saved totals, shards.

pub(crate) mod checkpoint;
pub(crate) mod disk;
pub mod folder;
pub(crate) mod lock;
pub(crate) mod output_folder;
pub(crate) mod place;
pub mod saved_totals;
pub(crate) mod shard;
pub(crate) mod staging;
