//! The shop's mobile app in somebody's hand.

use std::rc::Rc;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::aftermath;
use crate::agenda::{Order, Script, Task};
use crate::calendar::Calendar;
use crate::devices::{Class, Device};
use crate::event::Event;
use crate::people::{AppInstall, Person};
use crate::random::Random;
use crate::shop::{self, Product};

const APP: &str = "Bottega";
/// Whose server the app talks to.
const API: &str = "https://api.bottega.example";

/// How a version behaves: share of sessions that crash, share that hang, how much slower it starts.
fn health(version: &str) -> (f64, f64, f64) {
    match version {
        "3.2.0" => (0.055, 0.022, 1.4),
        "3.1.0" => (0.009, 0.006, 1.0),
        _ => (0.006, 0.004, 0.92),
    }
}

struct Session<'a> {
    person: u64,
    user: Option<Rc<str>>,
    visitor: Uuid,
    id: Uuid,
    context: Rc<Value>,
    slowness: f64,
    now: i64,
    random: &'a mut Random,
    events: &'a mut Vec<Event>,
}

/// Plays one use of the app by a person who has it.
pub fn play(person: &mut Person, now: i64, calendar: &Calendar, random: &mut Random, script: &mut Script) {
    let Some(mut app) = person.app.take() else { return };
    let (version, build) = calendar.app_release(now, app.lag_days);
    let address = person.address(true, random).to_owned();
    let context = context(person, &app.phone, (version, build), &address, random);
    let visitor = *app.visitor.get_or_insert_with(|| random.uuid_v7(now));
    let mut session = Session {
        person: person.number,
        user: app.signed_in.then(|| person.account.email.clone()),
        visitor,
        id: random.uuid_v7(now),
        context: Rc::new(context),
        slowness: app.phone.slowness,
        now,
        random,
        events: &mut script.events,
    };
    session.start(&mut app, version);
    if !app.signed_in && session.random.chance(0.5) {
        session.sign_in(person);
        app.signed_in = true;
    }
    let order = session.wander(person, app.phone.class, version);
    let end = session.now;
    person.busy_until = end;
    if let Some(order) = order {
        app.signed_in = true;
        person.orders += 1;
        script.later.push((end, Task::Enrol(person.number as usize)));
        aftermath::plan(person, &order, end, calendar, random, &mut script.later);
    }
    person.app = Some(app);
}

fn context(
    person: &Person,
    phone: &Device,
    release: (&str, &str),
    address: &str,
    random: &mut Random,
) -> Value {
    let (system, user_agent) = if phone.class == Class::Iphone {
        ("iOS", format!("{APP}/{} CFNetwork/1568.200.51 Darwin/24.1.0", release.1))
    } else {
        ("Android", "okhttp/4.12.0".to_owned())
    };
    json!({
        "language": person.language,
        "timezone": person.country.timezone,
        "screen": phone.screen(),
        "app": {"name": APP, "version": release.0, "build": release.1},
        "device": {"brand": phone.brand, "model": phone.model, "class": "smartphone"},
        "os": {"name": system, "version": phone.system},
        "network": if random.chance(0.6) { "wifi" } else { "cellular" },
        "sdk": "orma-http/1",
        "ip": address,
        "user_agent": user_agent,
    })
}

impl Session<'_> {
    fn track(&mut self, kind: &'static str, fields: Value) {
        self.events.push(Event {
            id: self.random.uuid_v7(self.now),
            ts: self.now,
            kind,
            visitor: Some(self.visitor),
            user: self.user.clone(),
            session: Some(self.id),
            context: Some(self.context.clone()),
            fields,
            person: Some(self.person),
        });
        // Two things never happen in the same millisecond, so that their order is theirs.
        self.now += self.random.between(2, 25);
    }

    fn wait(&mut self, median_seconds: f64) {
        self.now += self.random.log_normal(median_seconds * 1_000.0, 0.6).clamp(400.0, 600_000.0) as i64;
    }

    fn start(&mut self, app: &mut AppInstall, version: &'static str) {
        let first = app.version.is_empty();
        if first {
            self.track("app_installed", json!({}));
        } else if app.version != version {
            self.track("app_updated", json!({"props": {"previous_version": app.version}}));
        }
        let updated = app.version != version;
        app.version = version;
        let (_, _, factor) = health(version);
        let starts = [(("cold", 1_150.0), 50.0), (("warm", 520.0), 30.0), (("hot", 190.0), 20.0)];
        let (start, median) = if updated { starts[0].0 } else { *self.random.weighted(&starts) };
        let duration = self.random.log_normal(median * factor * self.slowness, 0.4);
        self.now += duration as i64;
        self.track("app_start", json!({"start": start, "duration_ms": duration as i64}));
        self.screen("Home");
    }

    fn sign_in(&mut self, person: &Person) {
        self.screen("Profilo");
        self.wait(12.0);
        self.user = Some(person.account.email.clone());
        let traits = json!({"email": *person.account.email, "name": person.account.name});
        self.track("identify", json!({"traits": traits}));
        self.track("login", json!({"props": {"method": "email"}}));
    }

    /// Shows a screen: how long until the first frame and until everything is there, and how smoothly it moved.
    fn screen(&mut self, screen: &str) {
        self.track("screen_view", json!({"screen": screen}));
        let shown = self.random.log_normal(170.0 * self.slowness, 0.4);
        let loaded = shown + self.random.log_normal(420.0 * self.slowness, 0.5);
        if self.random.chance(0.5) {
            let path = screen.to_lowercase();
            let status = *self.random.weighted(&[(200, 975.0), (503, 10.0), (404, 10.0), (0, 5.0)]);
            let fields = json!({"url": format!("{API}/v2/{path}"), "status": status, "duration_ms": (loaded - shown) as i64});
            self.track("network", fields);
        }
        self.now += loaded as i64;
        self.track(
            "screen_load",
            json!({"screen": screen, "ttid_ms": shown as i64, "ttfd_ms": loaded as i64}),
        );
        self.wait(9.0);
        let total = self.random.between(120, 900);
        let slow =
            (total as f64 * self.random.log_normal(0.02 * self.slowness, 0.8)).min(total as f64 / 2.0) as i64;
        let frozen = i64::from(self.random.chance(0.02 * self.slowness));
        self.track("frames", json!({"screen": screen, "total": total, "slow": slow, "frozen": frozen}));
    }

    /// Looks around until the basket is paid, the app is put away, or it breaks.
    fn wander(&mut self, person: &mut Person, class: Class, version: &str) -> Option<Order> {
        let (crash, hang, _) = health(version);
        let crashes = self.random.chance(crash);
        let mut basket: Vec<&'static Product> = Vec::new();
        let steps = 1 + self.random.exponential(3.0) as u32;
        for _ in 0..steps.min(20) {
            self.step(person, &mut basket);
        }
        if class == Class::Android && self.random.chance(hang) {
            let duration = self.random.between(5_000, 14_000);
            self.track("anr", json!({"screen": "Prodotto", "duration_ms": duration}));
            person.annoyances += 1;
        }
        if crashes {
            let (message, stack_hash) = match class {
                Class::Iphone => ("EXC_BAD_ACCESS in GalleryCell.prepareForReuse", "a91e6c07"),
                _ => ("java.lang.OutOfMemoryError: bitmap of GalleryAdapter", "4c0d72be"),
            };
            let fields =
                json!({"screen": "Prodotto", "fatal": true, "message": message, "stack_hash": stack_hash});
            self.track("crash", fields);
            person.annoyances += 2;
            return None;
        }
        let order = if basket.is_empty() { None } else { self.buy(person, &basket) };
        self.track("app_background", json!({}));
        if order.is_none() && self.random.chance(0.12) {
            self.wait(90.0);
            self.track("app_foreground", json!({}));
            let duration = self.random.log_normal(170.0 * self.slowness, 0.3) as i64;
            self.track("app_start", json!({"start": "hot", "duration_ms": duration}));
            self.screen("Home");
            self.track("app_background", json!({}));
        }
        order
    }

    fn step(&mut self, person: &Person, basket: &mut Vec<&'static Product>) {
        match self.random.place(100) {
            0..35 => self.screen("Catalogo"),
            35..85 => {
                let product = shop::any_product(person.taste, self.random);
                self.screen("Prodotto");
                let props = json!({"category": product.category});
                self.track(
                    "view_item",
                    json!({"screen": "Prodotto", "items": [product.item(1)], "props": props}),
                );
                self.wait(14.0);
                if self.random.chance((0.11 * person.eagerness).min(0.6)) {
                    let props = json!({"category": product.category, "size": product.size(self.random)});
                    self.track(
                        "add_to_cart",
                        json!({"screen": "Prodotto", "items": [product.item(1)], "props": props}),
                    );
                    basket.push(product);
                }
            }
            _ => {
                let (italian, english, results) = *self.random.pick(&shop::SEARCHES);
                let asked = if person.reads_italian() { italian } else { english };
                self.screen("Cerca");
                self.track("search", json!({"screen": "Cerca", "props": {"q": asked, "results": results}}));
            }
        }
    }

    fn buy(&mut self, person: &Person, basket: &[&'static Product]) -> Option<Order> {
        if !self.random.chance(0.7) {
            return None;
        }
        let items: Value = basket.iter().map(|product| product.item(1)).collect();
        self.screen("Carrello");
        self.track("begin_checkout", json!({"screen": "Cassa", "items": items}));
        self.screen("Cassa");
        if !self.random.chance(0.66) {
            return None;
        }
        if self.user.is_none() {
            self.sign_in(person);
        }
        let cents = basket.iter().map(|product| product.cents).sum();
        let order = Order { id: format!("A-{:010X}", self.random.next() >> 24), cents, items };
        let revenue = shop::money(cents);
        self.track(
            "order",
            json!({"screen": "Cassa", "order_id": order.id, "items": order.items, "revenue": revenue}),
        );
        self.screen("Grazie");
        Some(order)
    }
}
