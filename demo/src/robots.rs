//! Machines that walk through the shop.

use std::rc::Rc;

use serde_json::json;

use crate::agenda::Script;
use crate::devices::ROBOTS;
use crate::event::Event;
use crate::places::address_in;
use crate::random::Random;
use crate::shop::{self, ORIGIN, PRODUCTS};

/// Plays one walk: a few pages, no attention, no memory.
pub fn play(now: i64, random: &mut Random, script: &mut Script) {
    let (user_agent, first, prefix) = *random.weighted(&ROBOTS);
    let context = Rc::new(json!({
        "language": "en-US",
        "timezone": "UTC",
        "screen": {"width": 412, "height": 732, "density": 1},
        "sdk": "orma-js/1.0.0",
        "ip": address_in(first, prefix, random),
        "user_agent": user_agent,
    }));
    let (visitor, session) = (random.uuid_v7(now), random.uuid_v7(now));
    let mut ts = now;
    for _ in 0..random.between(1, 4) {
        let path = match random.place(5) {
            0 => "/demo/".to_owned(),
            1 => "/demo/scarpe.html".to_owned(),
            2 => format!("/demo/scarpe.html?tipo={}", shop::any_category(random)),
            _ => random.pick(&PRODUCTS).path(),
        };
        let title = shop::title(&path, false);
        script.events.push(Event {
            id: random.uuid_v7(ts),
            ts,
            kind: "page_view",
            visitor: Some(visitor),
            user: None,
            session: Some(session),
            context: Some(context.clone()),
            fields: json!({"url": format!("{ORIGIN}{path}"), "title": title, "referrer": ""}),
            person: None,
        });
        ts += random.between(400, 5_000);
    }
}
