//! The allocator, and when it gives memory back to the system.
//!
//! By itself it does so when it is next busy, which on a quiet night is in the morning. So freed pages go back at once,
//! but while the collector takes batches in numbers: then it says so, and they are kept for a moment.

#![expect(unsafe_code, reason = "the allocator is told through its C interface")]

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

use orma_collector::memory::MemoryHooks;

/// Half the cost of the system's for the many small values of a request.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// `mi_option_abandoned_page_purge`, `mi_option_purge_delay` and `mi_option_arena_purge_mult` of mimalloc 2.
const ABANDONED_PAGE_PURGE: libmimalloc_sys::mi_option_t = 12;
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;
const ARENA_PURGE_MULTIPLIER: libmimalloc_sys::mi_option_t = 24;

/// While it is kept, freed memory goes back after so long, in milliseconds.
const KEPT_MS: std::ffi::c_long = 200;

/// How often memory was to be given back.
static RESTS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static RESTS_SEEN: Cell<u64> = const { Cell::new(0) };
}

/// What the collector tells the allocator.
pub const HOOKS: MemoryHooks = MemoryHooks { keep_freed, give_back };

/// Has the allocator give freed pages back at once; to be called before there is a second thread.
pub fn start() {
    keep_freed(false);
    // SAFETY: sets numbers of the allocator, before there is a second thread.
    unsafe {
        // What a thread leaves behind when it ends would otherwise wait for another to take it over.
        libmimalloc_sys::mi_option_set(ABANDONED_PAGE_PURGE, 1);
        // The largest pieces are never kept: nobody would look after them.
        libmimalloc_sys::mi_option_set(ARENA_PURGE_MULTIPLIER, 0);
    }
}

fn keep_freed(keep: bool) {
    // SAFETY: sets one aligned number that threads read when they free memory; each value is as good as the other.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, if keep { KEPT_MS } else { 0 }) };
    if !keep {
        RESTS.fetch_add(1, Ordering::Release);
    }
}

/// Gives back what the current thread has kept, once for each time that memory was no longer to be kept. For the
/// runtime's threads, to be called when they have nothing to do.
pub fn give_back() {
    if is_due() {
        // SAFETY: collects the heap of the current thread.
        unsafe { libmimalloc_sys::mi_collect(true) }
    }
}

fn is_due() -> bool {
    let rests = RESTS.load(Ordering::Acquire);
    RESTS_SEEN.replace(rests) != rests
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thread_gives_back_once_for_each_rest() {
        keep_freed(false);
        assert!(is_due());
        keep_freed(true);
        assert!(!is_due(), "what is kept is not given back");
        keep_freed(false);
        assert!(is_due());
        assert!(!is_due(), "once is enough");
        assert!(std::thread::spawn(is_due).join().unwrap(), "each thread has its own");
        keep_freed(false);
        give_back();
        assert!(!is_due());
    }
}
