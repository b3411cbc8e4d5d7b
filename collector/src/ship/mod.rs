//! Sealed segments to ClickHouse: oldest first, several in flight, again until they are there.
//!
//! A segment becomes up to two inserts: its events and its refused events. An insert that ClickHouse has answered with
//! success is in all its tables. After any other outcome, and for a segment that an earlier process left, nobody knows
//! which tables have it, so all of it is inserted again: every table that takes events collapses what comes twice, and
//! of refused events only those are inserted whose segment is not there. What the store is known to have is *decided*,
//! and [`settle`] does the rest: the file is deleted only when the store's disk has the events.
//!
//! From above: `shipper` takes segments up, `deliver` brings one to the store (`known` asks what is there, `blocks` makes
//! what is inserted, `arrivals` tells who was first, `in_flight` knows whose turn it is), `settle` ends it (`unkept`, `outcomes`). Uses `spool`, `record`,
//! `ledger` and the store; only `run` uses it.

mod arrivals;
mod blocks;
mod deliver;
mod in_flight;
mod known;
mod outcomes;
mod settle;
mod shipper;
mod unkept;

pub use shipper::Shipper;
