//! The kinds of events and what each demands.

pub(crate) mod kinds;
