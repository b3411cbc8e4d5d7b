//! What orma keeps: the schema, the ClickHouse connection, the embedded engine, and the registry of sites, keys and tokens.

pub mod client;
pub mod data_dir;
pub mod engine;
pub mod event_block;
pub mod log_limit;
pub mod migrations;
pub mod native_block;
pub mod newsletter;
pub mod private;
pub mod reader;
pub mod registry;
pub mod secret;

pub use clickhouse::native::Block;
pub use client::{
    AnswerFormat, AnswerStream, Endpoint, Param, Store, StoreError, TextList, Work, column,
    rows_and_total_of, rows_of,
};
pub use data_dir::DataDir;
pub use engine::{Engine, EngineConfig};
pub use event_block::EventBlock;
pub use log_limit::LogLimit;
pub use registry::{AUDIENCE_DAYS_MAX, Audience, NewsletterKey, Registry, Role, Site, SiteChange, Token};
