//! What is refused before it costs memory: bodies in flight, and connections of one client.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::rate::client_network;

/// Bytes that clients hold: bodies that one worker read and has not answered, or answers not yet taken.
#[derive(Debug)]
pub struct InflightBytes {
    held: AtomicUsize,
    bytes_max: usize,
}

/// A request's part of [`InflightBytes`], given back when it is answered.
#[derive(Debug)]
pub struct InflightPermit<'a> {
    of: &'a InflightBytes,
    bytes: usize,
}

/// The bytes would pass the bound.
#[derive(Debug, PartialEq, Eq)]
pub struct NoRoom;

impl InflightBytes {
    /// Room for `bytes_max`.
    pub const fn new(bytes_max: usize) -> Self {
        Self { held: AtomicUsize::new(0), bytes_max }
    }

    /// Takes room that must be [given back](Self::give_back). What is alone always has room: a single answer may be
    /// larger than all of them together.
    ///
    /// # Errors
    /// There is no room.
    pub fn take(&self, bytes: usize) -> Result<(), NoRoom> {
        let before = self.held.fetch_add(bytes, Ordering::Relaxed);
        if before == 0 || before + bytes <= self.bytes_max {
            return Ok(());
        }
        self.give_back(bytes);
        Err(NoRoom)
    }

    /// Gives back what was [taken](Self::take).
    pub fn give_back(&self, bytes: usize) {
        self.held.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Begins with no bytes.
    pub const fn hold(&self) -> InflightPermit<'_> {
        InflightPermit { of: self, bytes: 0 }
    }
}

impl InflightPermit<'_> {
    /// Holds more bytes.
    ///
    /// # Errors
    /// There is no room; then nothing more is held.
    pub fn grow(&mut self, bytes: usize) -> Result<(), NoRoom> {
        let before = self.of.held.fetch_add(bytes, Ordering::Relaxed);
        self.bytes += bytes;
        if before + bytes <= self.of.bytes_max {
            return Ok(());
        }
        self.of.held.fetch_sub(bytes, Ordering::Relaxed);
        self.bytes -= bytes;
        Err(NoRoom)
    }
}

impl Drop for InflightPermit<'_> {
    fn drop(&mut self) {
        if self.bytes > 0 {
            self.of.held.fetch_sub(self.bytes, Ordering::Relaxed);
        }
    }
}

/// Open connections by client address; touched when one opens or closes, never by a request.
#[derive(Debug)]
pub struct AddressConnections {
    open: Mutex<HashMap<IpAddr, u32>>,
    connections_max: u32,
}

/// One connection of an address, until it is dropped.
#[derive(Debug)]
pub struct AddressPermit {
    of: Arc<AddressConnections>,
    network: IpAddr,
}

impl AddressConnections {
    /// Room for `connections_max` of each.
    pub fn new(connections_max: u32) -> Self {
        Self { open: Mutex::default(), connections_max }
    }

    /// Counts a connection; `None` when the address has all it may have.
    pub fn admit(self: &Arc<Self>, address: IpAddr) -> Option<AddressPermit> {
        let network = client_network(address);
        let mut open = self.open.lock().expect("no panic while counting");
        let count = open.entry(network).or_default();
        if *count >= self.connections_max {
            return None;
        }
        *count += 1;
        Some(AddressPermit { of: self.clone(), network })
    }
}

impl Drop for AddressPermit {
    fn drop(&mut self) {
        let mut open = self.of.open.lock().expect("no panic while counting");
        if let Some(count) = open.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.network);
            }
        }
        if open.len() * 4 < open.capacity() && open.capacity() > 1024 {
            open.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_held_up_to_the_bound_and_given_back() {
        let inflight = InflightBytes::new(100);
        let mut first = inflight.hold();
        assert_eq!(first.grow(60), Ok(()));
        let mut second = inflight.hold();
        assert_eq!(second.grow(41), Err(NoRoom));
        assert_eq!(second.grow(40), Ok(()));
        assert_eq!(first.grow(1), Err(NoRoom));
        drop(second);
        assert_eq!(first.grow(40), Ok(()));
        drop(first);
        assert_eq!(inflight.held.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn what_is_alone_has_room_whatever_its_size() {
        let answers = InflightBytes::new(100);
        assert_eq!(answers.take(1_000), Ok(()));
        assert_eq!(answers.take(1), Err(NoRoom));
        answers.give_back(1_000);
        assert_eq!((answers.take(60), answers.take(40), answers.take(1)), (Ok(()), Ok(()), Err(NoRoom)));
        answers.give_back(100);
        assert_eq!(answers.held.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn an_address_has_its_connections_and_forgets_them() {
        let connections = Arc::new(AddressConnections::new(2));
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let first = connections.admit(address("2001:db8::1")).unwrap();
        let _second = connections.admit(address("2001:db8::2")).unwrap();
        assert!(connections.admit(address("2001:db8::3")).is_none(), "a /64 is one client");
        let third = connections.admit(address("79.0.0.1")).unwrap();
        drop(first);
        assert!(connections.admit(address("2001:db8::3")).is_some());
        drop(third);
        assert_eq!(connections.open.lock().unwrap().len(), 1);
    }
}
