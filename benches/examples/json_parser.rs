//! One JSON parser, a number of times, for instruction counts:
//!
//! ```text
//! cargo build --release -p orma-benches --example json_parser
//! valgrind --tool=callgrind --callgrind-out-file=/dev/null target/release/examples/json_parser PARSER BODY TIMES
//! ```
//! PARSER and BODY are places in the lists of `benches/json`. What TIMES = 0 needs is taken off.

#[path = "../benches/json/bodies.rs"]
mod bodies;
#[path = "../benches/json/parsers.rs"]
mod parsers;

use std::hint::black_box;

fn main() {
    let numbers: Vec<usize> = std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let bodies = bodies::bodies();
    let [parser, body, times] = numbers[..] else { panic!("usage: json_parser PARSER BODY TIMES") };
    let ((name, parse), body) = (parsers::PARSERS[parser], &bodies[body]);
    for _ in 0..times {
        black_box(parse(black_box(&body.bytes)));
    }
    println!("{name}; {}: {} events, {} bytes", body.name, body.events, body.bytes.len());
}
