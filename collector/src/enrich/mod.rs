//! What the collector adds to an event: pure rules over what the request already carries.
//!
//! Nothing here waits, writes or fails. Input that cannot be understood gives empty fields, because an event
//! without a browser name is worth more than a refused event.
//!
//! Uses `campaign`, the limits of `event`, the sealed parameter of newsletters' links, and the tables in `data/`. Only
//! `ingest` fills events with it; the protocols hand on what it needs of a request.

pub mod acquisition;
pub mod bot;
pub mod channel;
pub mod clock;
pub mod describe;
pub mod device;
pub mod geo;
pub mod hints;
pub mod landing;
pub mod mail;
pub mod touchpoint;
mod user_agent;
pub mod user_agents;

pub use acquisition::{Acquisitions, Arrival};
pub use bot::Bot;
pub use channel::{Origin, Visit};
pub use clock::CorrectedTime;
pub use device::Device;
pub use geo::{Geo, GeoProblem, Place};
pub use hints::{HintHeaders, Hinted, Hints};
pub use touchpoint::Sender;
pub use user_agents::{UserAgentFacts, UserAgents};
