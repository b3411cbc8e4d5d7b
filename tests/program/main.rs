//! The real program with the real engine, over HTTP: each file is one promise, or one way to break it.
//!
//! One file's tests: `cargo test --test program durability::`.

mod addresses;
mod administration;
mod answers;
mod collect;
mod command_line;
mod commit;
mod conditions;
mod damage;
mod durability;
mod engine_guard;
mod hostile_key;
mod jobs;
mod kept;
mod lane;
mod layers;
mod load;
mod money;
mod network;
mod newsletter;
mod odd_clients;
mod operator;
mod outside;
mod power_cut;
mod query_api;
mod query_compare;
mod query_export;
mod query_filters;
mod query_monitoring;
mod query_newsletter_report;
mod query_people;
mod query_stats;
mod query_transport;
mod release;
mod segment;
mod slow_store;
mod spellings;
mod store;
mod support;
mod torture;
