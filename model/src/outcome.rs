//! What becomes of an event.

use crate::words::words;

words! {
    /// What became of an event. Reconciliation holds them against each other: `accepted = stored + duplicate + pending`,
    /// and `received = accepted + rejected`.
    Outcome {
        /// Taken; includes duplicates. Counted by the collector.
        Accepted = "accepted",
        /// Taken before under the same id. Counted by the collector.
        Duplicate = "duplicate",
        /// Refused. Counted by the collector, with a reason.
        Rejected = "rejected",
        /// Confirmed by the store. Counted by the collector.
        Shipped = "shipped",
        /// Given to the store again, because the outcome of an insert was not known. Counted by the collector.
        Repeated = "repeated",
        /// Waiting in a collector's spool. Counted by the collector.
        Pending = "pending",
        /// There, once. Counted in the store's own rows.
        Stored = "stored",
        /// Stored once and taken out again, because the person asked for it.
        Erased = "erased",
    }
}

impl Outcome {
    /// What the collectors count and report, as columns of the table `outcomes` in its order.
    pub const REPORTED: &[Self] =
        &[Self::Accepted, Self::Duplicate, Self::Rejected, Self::Shipped, Self::Repeated, Self::Pending];
}
