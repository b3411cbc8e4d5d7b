//! The buffer pool of a thread: large buffers, used again and again.
//!
//! A large buffer that is freed goes back to the system page by page, and the next one is fetched from it page by
//! page, filled with zeros: for a batch of 100 events that costs as much as reading it. So the bodies and records of
//! batches stay with the worker that needs them again in a moment. What was not needed between two sweeps is freed, so
//! that a worker at rest keeps nothing.

use std::cell::RefCell;

use bytes::Bytes;

/// A smaller buffer costs its allocator nothing worth saving. Bytes.
const BUFFER_BYTES_MIN: usize = 16 << 10;
/// A larger buffer is not kept: hardly any request needs it. Bytes.
const BUFFER_BYTES_MAX: usize = 2 << 20;
/// All that one thread keeps. Bytes.
const KEPT_BYTES_MAX: usize = 4 << 20;

thread_local! {
    static POOL: RefCell<BufferPool> = const { RefCell::new(BufferPool::new()) };
}

/// The buffers of one thread.
#[derive(Debug)]
struct BufferPool {
    /// The last one is the one last used, which the processor's caches still hold.
    buffers: Vec<Vec<u8>>,
    bytes: usize,
    /// So many, the first ones, have not been needed since the last sweep.
    unneeded: usize,
}

impl BufferPool {
    const fn new() -> Self {
        Self { buffers: Vec::new(), bytes: 0, unneeded: 0 }
    }

    fn take(&mut self, bytes: usize) -> Vec<u8> {
        if bytes < BUFFER_BYTES_MIN || self.buffers.is_empty() {
            return Vec::with_capacity(bytes);
        }
        let fits = self.buffers.iter().rposition(|buffer| buffer.capacity() >= bytes);
        let place = fits.unwrap_or(self.buffers.len() - 1);
        let buffer = self.buffers.remove(place);
        self.bytes -= buffer.capacity();
        if place < self.unneeded {
            self.unneeded -= 1;
        }
        // Where none is large enough, a larger one takes the place of the last.
        if fits.is_some() { buffer } else { Vec::with_capacity(bytes) }
    }

    fn keep(&mut self, mut buffer: Vec<u8>) {
        let bytes = buffer.capacity();
        if !(BUFFER_BYTES_MIN..=BUFFER_BYTES_MAX).contains(&bytes) || self.bytes + bytes > KEPT_BYTES_MAX {
            return;
        }
        buffer.clear();
        self.bytes += bytes;
        self.buffers.push(buffer);
    }

    fn sweep(&mut self) {
        let freed = self.buffers.drain(..self.unneeded).map(|buffer| buffer.capacity()).sum::<usize>();
        self.bytes -= freed;
        self.unneeded = self.buffers.len();
        if self.buffers.is_empty() {
            self.buffers = Vec::new();
        }
    }
}

/// An empty buffer with room for `bytes`.
pub fn take(bytes: usize) -> Vec<u8> {
    POOL.with_borrow_mut(|pool| pool.take(bytes))
}

/// Keeps a buffer for the next who needs one on this thread, or frees it.
pub fn keep(buffer: Vec<u8>) {
    if POOL.try_with(|pool| pool.borrow_mut().keep(buffer)).is_err() {
        tracing::trace!("a thread that ends keeps no buffer");
    }
}

/// Frees what this thread has not needed since the last call.
pub fn sweep() {
    POOL.with_borrow_mut(BufferPool::sweep);
}

/// Shares a buffer; it is kept when the last one lets it go.
pub fn share(buffer: Vec<u8>) -> Bytes {
    if buffer.capacity() < BUFFER_BYTES_MIN { buffer.into() } else { Bytes::from_owner(Shared(buffer)) }
}

struct Shared(Vec<u8>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        keep(std::mem::take(&mut self.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_buffer_is_used_again_and_a_small_one_is_not_kept() {
        let mut pool = BufferPool::new();
        let mut large = pool.take(50_000);
        large.extend_from_slice(b"records");
        let place = large.as_ptr();
        pool.keep(large);
        pool.keep(Vec::with_capacity(BUFFER_BYTES_MIN - 1));
        assert_eq!(pool.buffers.len(), 1);
        assert_eq!(pool.take(100).capacity(), 100, "what is small needs no large buffer");
        let again = pool.take(40_000);
        assert!(again.is_empty() && again.as_ptr() == place);
        pool.keep(again);
        let larger = pool.take(60_000);
        assert!(larger.capacity() >= 60_000, "one that is too small is replaced");
        assert_eq!((pool.buffers.len(), pool.bytes), (0, 0));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut pool = BufferPool::new();
        for _ in 0..1_000 {
            pool.keep(Vec::with_capacity(100_000));
            pool.keep(Vec::with_capacity(BUFFER_BYTES_MAX + 1));
        }
        let held = |pool: &BufferPool| pool.buffers.iter().map(Vec::capacity).sum::<usize>();
        assert_eq!(pool.bytes, held(&pool));
        assert!(pool.bytes <= KEPT_BYTES_MAX && pool.bytes > KEPT_BYTES_MAX - 200_000, "{}", pool.bytes);
        drop((0..20).map(|_| pool.take(BUFFER_BYTES_MIN)).collect::<Vec<_>>());
        assert_eq!(pool.bytes, held(&pool));
    }

    #[test]
    fn what_was_not_needed_between_two_sweeps_is_freed() {
        let mut pool = BufferPool::new();
        let used_at_once = |pool: &mut BufferPool, count: usize| {
            let taken: Vec<Vec<u8>> = (0..count).map(|_| pool.take(20_000)).collect();
            for buffer in taken {
                pool.keep(buffer);
            }
        };
        used_at_once(&mut pool, 8);
        pool.sweep();
        used_at_once(&mut pool, 3);
        used_at_once(&mut pool, 1);
        pool.sweep();
        assert_eq!(pool.buffers.len(), 3, "as many as were needed at once");
        pool.sweep();
        assert_eq!((pool.buffers.capacity(), pool.bytes), (0, 0), "at rest nothing is kept");
    }

    #[test]
    fn a_shared_buffer_comes_back_when_the_last_one_lets_it_go() {
        let buffer = take(30_000);
        let place = buffer.as_ptr();
        let shared = share(buffer);
        let part = shared.slice(..0);
        drop((shared, part));
        let again = take(30_000);
        assert_eq!(again.as_ptr(), place);
    }
}
