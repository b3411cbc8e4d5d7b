//! What each stage of the collector costs: from a body to a block for ClickHouse. CPU time. `cargo bench -p orma-benches`.
//!
//! Where a stage takes many events at once, the throughput line says how many it takes in a second.

#[path = "json/bodies.rs"]
mod bodies;
#[path = "json/cpu_time.rs"]
mod cpu_time;

use std::hint::black_box;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use orma_benches::random::mix;
use orma_benches::traffic::browser::Browser;
use orma_benches::traffic::{BROWSERS, Requests, What};
use orma_collector::campaign;
use orma_collector::duplicates::{DUPLICATE_WINDOW_EVENTS, DuplicateWindow};
use orma_collector::enrich::{Geo, UserAgents, Visit, bot, channel, device};
use orma_collector::http::rate::{RateLimits, Rates};
use orma_collector::protocol;
use orma_collector::spool::{RecordKind, frame};
use orma_model::event_row::COLUMNS;
use orma_store::EventBlock;
use uuid::Uuid;

use bodies::{Body, bodies};
use cpu_time::CpuTime;

/// The country database that `make deps` installs.
const COUNTRIES: &str =
    "../node_modules/@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb";
/// Rows of a block: of a quiet site, and of one segment under load.
const BLOCK_ROWS: [u64; 2] = [1_000, 50_000];
/// Events that are parsed together.
const PARSED_ROWS: u64 = 1_000;

fn parse(criterion: &mut Criterion<CpuTime>) {
    let mut group = criterion.benchmark_group("parse");
    for Body { name, events, bytes } in bodies() {
        group.throughput(Throughput::Elements(events));
        group.bench_function(format!("native, {name}"), |bencher| {
            bencher.iter(|| protocol::native::parse(black_box(&bytes)).expect("an envelope"));
        });
    }
    let query = pixel_query();
    group.throughput(Throughput::Elements(1));
    group.bench_function("pixel", |bencher| {
        bencher.iter(|| protocol::pixel::parse(black_box(&query)).expect("a site"));
    });
    group.finish();
}

/// What stands between `?` and the version of HTTP.
fn pixel_query() -> String {
    let mut request = Vec::new();
    Requests::new(What::Pixel).write(&mut request);
    let request = String::from_utf8(request).expect("text");
    let query = request.split_once('?').and_then(|(_, rest)| rest.split_once(' '));
    query.expect("a query").0.to_owned()
}

fn enrich(criterion: &mut Criterion<CpuTime>) {
    let mut group = criterion.benchmark_group("enrich");
    let browsers: Vec<Browser> = (0..BROWSERS).map(Browser::of).collect();
    let mut next = browsers.iter().cycle();
    let agents = UserAgents::new();
    group.bench_function("user agent, known", |bencher| {
        bencher.iter(|| agents.facts(black_box(&next.next().expect("endless").user_agent), false));
    });
    group.bench_function("user agent, new: device", |bencher| {
        bencher.iter(|| device::parse(black_box(&next.next().expect("endless").user_agent)));
    });
    group.bench_function("user agent, new: bot", |bencher| {
        bencher.iter(|| bot::detect(black_box(&next.next().expect("endless").user_agent), false));
    });
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(COUNTRIES);
    let (geo, problem) = Geo::open(std::slice::from_ref(&path));
    assert!(problem.is_none(), "{problem:?}: run `make deps`");
    let addresses: Vec<IpAddr> =
        browsers.iter().map(|browser| browser.address.parse().expect("an address")).collect();
    let mut next = addresses.iter().cycle();
    group.bench_function("country", |bencher| {
        bencher.iter(|| {
            let reader = geo.reader();
            reader.lookup(black_box(*next.next().expect("endless"))).country.len()
        });
    });
    for (name, query, referrer) in [
        ("campaign and channel, newsletter", "utm_source=news&utm_medium=email&utm_campaign=autunno", ""),
        ("campaign and channel, search", "", "https://www.google.com/"),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let found = campaign::campaign(black_box(query));
                let visit = Visit {
                    referrer: black_box(referrer),
                    page_host: "bottega.example",
                    utm_source: &found.source,
                    utm_medium: &found.medium,
                    utm_campaign: &found.campaign,
                    click_id_kind: found.click_id_kind,
                };
                channel::classify(&visit).channel.len()
            });
        });
    }
    group.finish();
}

/// The records of some events, without frames, in the order in which they come.
fn records(rows: u64) -> Vec<Vec<u8>> {
    let mut requests = Requests::new(What::Batch(PARSED_ROWS));
    (0..rows / PARSED_ROWS).flat_map(|_| records_of_request(&mut requests)).collect()
}

fn records_of_request(requests: &mut Requests) -> Vec<Vec<u8>> {
    let mut request = Vec::new();
    requests.write(&mut request);
    let head = request.windows(4).position(|bytes| bytes == b"\r\n\r\n").expect("a head");
    let parsed = protocol::native::parse(&request[head + 4..]).expect("an envelope");
    let record = |row: &orma_model::EventRow<'_>| {
        let mut record = Vec::new();
        row.write_record(&mut record);
        record
    };
    parsed.events.iter().map(|event| record(&event.row)).collect()
}

fn store(criterion: &mut Criterion<CpuTime>) {
    let mut group = criterion.benchmark_group("store");
    let [single, ..] = bodies();
    let parsed = protocol::native::parse(&single.bytes).expect("an envelope");
    let row = &parsed.events[0].row;
    let mut out = Vec::with_capacity(2048);
    group.bench_function("record", |bencher| {
        bencher.iter(|| {
            out.clear();
            black_box(row).write_record(&mut out);
            out.len()
        });
    });
    let record = out.clone();
    let mut framed = Vec::with_capacity(2048);
    group.bench_function("frame and checksum", |bencher| {
        bencher.iter(|| {
            framed.clear();
            frame(RecordKind::Event, &mut framed, |out| out.extend_from_slice(black_box(&record)));
            framed.len()
        });
    });
    let columns: Vec<_> = COLUMNS.iter().map(|column| (column.name.to_owned(), column.column_type)).collect();
    for rows in BLOCK_ROWS {
        let records = records(rows);
        group.throughput(Throughput::Elements(rows));
        group.bench_function(format!("block of {rows} rows"), |bencher| {
            bencher.iter(|| {
                let records = black_box(&records).iter().map(Vec::as_slice).collect();
                EventBlock::new(&columns, records).expect("whole records").pieces.len()
            });
        });
    }
    group.finish();
}

fn limits(criterion: &mut Criterion<CpuTime>) {
    let mut group = criterion.benchmark_group("limits");
    let window = DuplicateWindow::new(DUPLICATE_WINDOW_EVENTS, 0);
    let id = |number: u64| Uuid::from_u64_pair(mix(number), number);
    window.remember("load-0", (0..DUPLICATE_WINDOW_EVENTS as u64).map(id), 0);
    let mut number = DUPLICATE_WINDOW_EVENTS as u64;
    group.bench_function("duplicates: one id asked for and remembered, window full", |bencher| {
        bencher.iter(|| {
            number += 1;
            let known = window.known("load-0", std::iter::once(id(number)));
            window.remember("load-0", std::iter::once(id(number)), 0);
            known.len()
        });
    });
    let rates = Rates::new(RateLimits::default());
    let addresses: Vec<IpAddr> =
        (0..BROWSERS).map(|number| Browser::of(number).address.parse().expect("an address")).collect();
    let mut next = addresses.iter().cycle();
    group.bench_function("rates: address and key", |bencher| {
        bencher.iter_batched(
            || *next.next().expect("endless"),
            |address| rates.allows_address(black_box(address)) & rates.allows_key(black_box("load-0")),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .with_measurement(CpuTime(WallTime))
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    targets = parse, enrich, store, limits
}
criterion_main!(benches);
