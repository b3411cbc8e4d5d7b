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
    /// Pages that are of no file: what the process has made itself. The others come and go as the system sees fit, for
    /// instance those of the program when the machine has read other files meanwhile.
    pub own: u64,
}

/// CPU seconds of a process so far, user and system, all threads: fields 14 and 15 of `/proc/PID/stat` (proc(5)),
/// in clock ticks.
///
/// # Errors
/// There is no such process.
pub fn cpu_seconds(pid: u32) -> anyhow::Result<f64> {
    let path = format!("/proc/{pid}/stat");
    let stat = fs::read_to_string(&path).with_context(|| path.clone())?;
    Ok(read_stat(&stat).with_context(|| format!("{path} has no CPU times"))?.1)
}

/// CPU seconds of the living threads of a process whose names begin with one of `names`.
///
/// # Errors
/// There is no such process.
pub fn cpu_seconds_of_threads(pid: u32, names: &[&str]) -> anyhow::Result<f64> {
    let mut sum = 0.0;
    for task in fs::read_dir(format!("/proc/{pid}/task"))? {
        // A thread may end between being listed and being read.
        let stat = fs::read_to_string(task?.path().join("stat")).unwrap_or_default();
        if let Some((name, seconds)) = read_stat(&stat)
            && names.iter().any(|beginning| name.starts_with(beginning))
        {
            sum += seconds;
        }
    }
    Ok(sum)
}

/// The name and the CPU seconds of a `stat`.
fn read_stat(stat: &str) -> Option<(&str, f64)> {
    // The second field is the name in brackets and may hold blanks.
    let (before, after_name) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = after_name.split(' ').collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<u64>().ok());
    let (user, system) = ticks(11).zip(ticks(12))?;
    let name = before.split_once('(')?.1;
    Some((name, (user + system) as f64 / rustix::param::clock_ticks_per_second() as f64))
}

/// The most that a process has had in memory so far, in bytes: `VmHWM` of `/proc/PID/status`.
///
/// # Errors
/// There is no such process.
pub fn peak_resident(pid: u32) -> anyhow::Result<u64> {
    let path = format!("/proc/{pid}/status");
    let text = fs::read_to_string(&path).with_context(|| path.clone())?;
    kibibytes(&text, "VmHWM:").map(|number| number * 1024).with_context(|| format!("{path} has no peak"))
}

/// How many files and sockets a process has open.
///
/// # Errors
/// There is no such process, or it belongs to somebody else.
pub fn open_files(pid: u32) -> anyhow::Result<u64> {
    Ok(fs::read_dir(format!("/proc/{pid}/fd"))?.count() as u64)
}

fn kibibytes(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB")?.parse().ok())
}

/// Memory of a process, from `/proc/PID/smaps_rollup`.
///
/// # Errors
/// There is no such process, or it belongs to somebody else.
pub fn memory(pid: u32) -> anyhow::Result<Memory> {
    let path = format!("/proc/{pid}/smaps_rollup");
    let text = fs::read_to_string(&path).with_context(|| path.clone())?;
    let bytes = |name: &str| {
        kibibytes(&text, name).map(|number| number * 1024).with_context(|| format!("{path} has no {name}"))
    };
    Ok(Memory { resident: bytes("Rss:")?, proportional: bytes("Pss:")?, own: bytes("Anonymous:")? })
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
        assert!(super::cpu_seconds_of_threads(pid, &[""]).unwrap() > 0.0);
        assert!(super::cpu_seconds_of_threads(pid, &["no such thread"]).unwrap() <= 0.0);
        assert!(super::peak_resident(pid).unwrap() > 100_000 && super::open_files(pid).unwrap() > 2);
        let memory = super::memory(pid).unwrap();
        assert!(memory.proportional > 100_000 && memory.proportional <= memory.resident);
        assert!(
            memory.own > 100_000 && memory.own < memory.resident,
            "the program's file is not its own memory"
        );
        assert!(super::cpu_seconds(u32::MAX).is_err());
    }
}
