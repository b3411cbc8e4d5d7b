//! JSON parsers side by side; what each must do stands in `parsers.rs`. CPU time, not elapsed time.

mod bodies;
mod cpu_time;
mod parsers;

use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

use bodies::{Body, bodies};
use cpu_time::CpuTime;
use parsers::{PARSERS, Seen, serde_json_raw};

fn json(criterion: &mut Criterion<CpuTime>) {
    for Body { name, events, bytes } in bodies() {
        let mut group = criterion.benchmark_group(format!("json, {name}"));
        group.throughput(Throughput::Elements(events));
        group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
        let expected = serde_json_raw(&bytes);
        for (parser, parse) in PARSERS {
            let seen = parse(&bytes);
            let whole = Seen { events: expected.events, fields: 0, key_bytes: 0 };
            assert!(seen == expected || seen == whole, "{parser} has seen {seen:?}, not {expected:?}");
            group.bench_function(parser, |bencher| bencher.iter(|| parse(black_box(&bytes))));
        }
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(CpuTime(WallTime));
    targets = json
}
criterion_main!(benches);
