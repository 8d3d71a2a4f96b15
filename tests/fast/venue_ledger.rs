//! Every rule of the ledger against arithmetic that a reader can follow with a pocket calculator.

mod book;
mod cover;
mod fillable;
mod funding;
mod inside;
mod orders;
mod procedure;
mod properties;
mod replay;
mod requirement;
