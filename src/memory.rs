//! The allocator, and when it gives memory back to the system.
//!
//! By itself it does so when it is next busy, which on a quiet night is in the morning. So freed pages go back at once,
//! but while the collector takes batches in numbers: then it says so, and they are kept for a moment. What a thread has
//! kept only that thread gives back. So when the batches are over the runtime's sleeping threads are woken, and those
//! that compute or wait for the disk end when nobody needs them.

#![expect(unsafe_code, reason = "the allocator is told through its C interface")]

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use orma_collector::memory::MemoryHooks;
use tokio::runtime::Handle;

/// Half the cost of the system's for the many small values of a request.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// `mi_option_abandoned_page_purge`, `mi_option_purge_delay` and `mi_option_arena_purge_mult` of mimalloc 2.
const ABANDONED_PAGE_PURGE: libmimalloc_sys::mi_option_t = 12;
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;
const ARENA_PURGE_MULTIPLIER: libmimalloc_sys::mi_option_t = 24;

/// While it is kept, freed memory goes back after so long, in milliseconds.
const KEPT_MS: std::ffi::c_long = 200;

/// A thread of the runtime for what blocks ends after so long without work. Shorter than the time between two looks at
/// what is shipped (`ship/settle.rs`), which would keep each of them, and all that it has freed, for ever.
pub const BLOCKING_THREAD_KEPT: Duration = Duration::from_secs(1);
/// So long a thread of the runtime that was woken waits for the others at most: one may have something better to do.
const AWAKE_MAX: Duration = Duration::from_millis(20);
/// How often it looks.
const AWAKE_LOOK: Duration = Duration::from_micros(200);

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
        wake_runtime();
    }
}

/// Wakes the threads of the runtime: each gives back what it has kept when it goes to sleep again. One that sleeps has
/// nothing to do, perhaps for hours. Whoever is awake holds on until all are, so that none does two of these tasks.
fn wake_runtime() {
    let Ok(runtime) = Handle::try_current() else { return };
    let threads = runtime.metrics().num_workers();
    let awake = Arc::new(AtomicUsize::new(0));
    for _ in 0..threads {
        let awake = awake.clone();
        runtime.spawn(async move {
            awake.fetch_add(1, Ordering::Relaxed);
            let until = Instant::now() + AWAKE_MAX;
            while awake.load(Ordering::Relaxed) < threads && Instant::now() < until {
                std::thread::sleep(AWAKE_LOOK);
            }
        });
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
    use std::collections::BTreeSet;
    use std::sync::Mutex;

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
        all_threads_of_a_runtime_give_back_though_they_sleep();
    }

    // Part of the one test that counts rests.
    fn all_threads_of_a_runtime_give_back_though_they_sleep() {
        static GAVE: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
        const THREADS: usize = 4;
        let note = || {
            if is_due() {
                let thread = format!("{:?}", std::thread::current().id());
                GAVE.lock().unwrap().insert(thread);
            }
        };
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(THREADS).enable_all().on_thread_park(note).build().unwrap();
        keep_freed(true);
        let deadline = Instant::now() + Duration::from_mins(1);
        // Threads that have begun to sleep before.
        std::thread::sleep(Duration::from_millis(100));
        GAVE.lock().unwrap().clear();
        runtime.block_on(async { tokio::spawn(async { keep_freed(false) }).await.unwrap() });
        while GAVE.lock().unwrap().len() < THREADS {
            assert!(Instant::now() < deadline, "{:?} of {THREADS} gave back", GAVE.lock().unwrap());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
