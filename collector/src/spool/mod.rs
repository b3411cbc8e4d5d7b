//! The durable log between an answer and ClickHouse.
//!
//! What a request brings is framed into records, appended to the open segment and forced to disk before the request
//! is answered; requests that arrive while a flush runs share the next one. A segment is sealed by age, size or
//! number of events, and a sealed segment *is* one insert. It is deleted only when its events are in the store and on
//! the store's disk. What was answered for it is counted beside it (`tally.rs`).
//!
//! It carries bytes: a record is a kind and a payload here, and what they mean is known above, in `record`, which recovers
//! the directory at the start. Uses the operating system and the names of the store's columns, which a segment's header
//! has; `ingest` appends, `ship` takes what is sealed.
//!
//! # Files
//! ```text
//! spool/<sequence>-<id>.open    being written; at most one
//! spool/<sequence>-<id>.seg     sealed, waiting to be shipped, or shipped and not yet known to be on the store's disk
//! spool/<sequence>-<id>.count   what was answered for the segment of this name
//! spool/quarantine/<same>.seg   damaged, or refused by ClickHouse for its content; kept until an operator acts
//! spool/quarantine/<same>.rest  a damaged segment whose whole records were salvaged, as it was
//! spool/quarantine/<same>.torn  the end of a segment that was cut off at a start, behind the segment's header
//! spool/replay/<same>.seg       put back by an operator, or counts that a poisoned spool did not take; the running
//!                               collector, or the next one, takes it from here; whole records of damaged segments
//! ```
//! `<sequence>` is 16 hexadecimal digits and rises, so the order of names is the order of writing; `<id>` is a UUID.
//! A segment that was set aside after some of its inserts were confirmed has them in its name, as
//! `<sequence>-<id>.done-<letters>.seg` (`e` events, `r` refused events, `l` counts): they are left out when it is
//! shipped again.
//!
//! # Format, version 1 (all numbers little-endian)
//! ```text
//! header  magic "ORMASPL" and the version byte 0x01
//!         u32 length of the description · u32 CRC32C of the description
//!         description: id (16 bytes) · u64 created, ms since the epoch
//!                      u16 number of event columns, then for each: u8 length, name · u8 length, ClickHouse type
//! record  u32 length of kind and payload · u32 CRC32C of kind and payload · u8 kind · payload
//!         kind 1  an event: a record of the header's columns, as `orma_model::record` describes it
//!         kind 2  a refused event: a record of site, received_at (i64 ms), reason, message, kind, payload
//!         kind 3  a count for the ledger: site, hour (i64 ms), outcome, reason, LEB128 count
//! ```
//!
//! Every version has magic, version byte, length, checksum and a description that the checksum is of; a later one has
//! another description, so that a damaged version byte is told from a newer version.
//!
//! # Recovery
//! An `.open` file left by a crash is read to its last whole record; a *torn tail*, the beginning of a write that was
//! interrupted, is cut off, kept, and its bytes are counted. A segment that is damaged in another way, open or sealed, is
//! set aside and its whole records are shipped; `record/recovery.rs` has the rules. An I/O error while recovering stops the
//! start: it says nothing about the data.
//!
//! # Failure
//! A flush that fails *poisons* the spool: what the kernel did with the pages is unknown, so nothing is accepted until
//! a restart has read the file again. A write that finds the disk full is taken back and answered with "not now".

pub(crate) mod disk;
pub(crate) mod files;
pub(crate) mod format;
mod group;
pub(crate) mod names;
pub(crate) mod tally;
mod writer;

pub use disk::{Disk, FileSystem, SpoolFile};
pub use files::{Origin, Recovered, SealedSegment, SpoolFiles, SpoolStatus};
pub use format::{FrameError, RecordKind, Segment, frame, read_segment};
pub use group::SpoolGroup;
pub use names::plain_name;
pub use tally::Tally;
pub use writer::{Spool, SpoolConfig, SpoolError};

#[cfg(test)]
pub(crate) fn header_for_tests() -> Vec<u8> {
    format::header(uuid::Uuid::nil(), 0)
}
