//! What the kernel says about a process.

use std::fs;

use anyhow::Context;

/// Resident memory of a process, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// Resident set: pages shared with other processes count fully.
    pub resident: u64,
    /// Proportional set: shared pages are divided among those that share them.
    pub proportional: u64,
}

/// CPU seconds of a process so far, user and system, all threads: fields 14 and 15 of `/proc/PID/stat` (proc(5)),
/// in clock ticks.
///
/// # Errors
/// There is no such process.
pub fn cpu_seconds(pid: u32) -> anyhow::Result<f64> {
    let path = format!("/proc/{pid}/stat");
    let stat = fs::read_to_string(&path).with_context(|| path.clone())?;
    // The second field is the program's name in brackets and may hold blanks.
    let after_name = stat.rsplit_once(") ").context("the name has no end")?.1;
    let fields: Vec<&str> = after_name.split(' ').collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<u64>().ok());
    let (user, system) = ticks(11).zip(ticks(12)).with_context(|| format!("{path} has no CPU times"))?;
    Ok((user + system) as f64 / rustix::param::clock_ticks_per_second() as f64)
}

/// Memory of a process, from `/proc/PID/smaps_rollup`.
///
/// # Errors
/// There is no such process, or it belongs to somebody else.
pub fn memory(pid: u32) -> anyhow::Result<Memory> {
    let path = format!("/proc/{pid}/smaps_rollup");
    let text = fs::read_to_string(&path).with_context(|| path.clone())?;
    let bytes = |name: &str| {
        let kibibytes: Option<u64> =
            text.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB")?.parse().ok());
        kibibytes.map(|number| number * 1024).with_context(|| format!("{path} has no {name}"))
    };
    Ok(Memory { resident: bytes("Rss:")?, proportional: bytes("Pss:")? })
}

/// The processes that `pid` has started.
///
/// # Errors
/// There is no such process.
pub fn children(pid: u32) -> anyhow::Result<Vec<u32>> {
    let mut found = Vec::new();
    for task in fs::read_dir(format!("/proc/{pid}/task"))? {
        // A thread may end between being listed and being read.
        let list = fs::read_to_string(task?.path().join("children")).unwrap_or_default();
        found.extend(list.split_whitespace().filter_map(|text| text.parse::<u32>().ok()));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    #[test]
    fn this_process_has_used_cpu_and_memory() {
        let pid = std::process::id();
        let before = super::cpu_seconds(pid).unwrap();
        let started = std::time::Instant::now();
        while started.elapsed().as_millis() < 100 {
            std::hint::spin_loop();
        }
        assert!(super::cpu_seconds(pid).unwrap() > before);
        let memory = super::memory(pid).unwrap();
        assert!(memory.proportional > 100_000 && memory.proportional <= memory.resident);
        assert!(super::cpu_seconds(u32::MAX).is_err());
    }
}
