//! saudit audits Kubernetes identities before they reach a cluster: ServiceAccounts, their tokens and the names that
//! point at them. It reads files; it never talks to a cluster or the network.
//!
//! The way of the data, one direction only: `input` → `yaml` → `k8s` → `world` → `rules` → `engine` → `report`;
//! `credential` stands beside `world`; `signs` tells which rooms need not look into a text.

pub mod cli;
pub mod config;
pub mod credential;
pub mod engine;
pub mod error;
pub mod finding;
pub mod helm;
pub mod input;
pub mod k8s;
pub mod report;
pub mod rules;
pub mod script;
pub mod signs;
pub mod span;
pub mod world;
pub mod yaml;
