//! What follows an order, and what happens far from the site: surveys, tickets, calls, returns, the store.

use std::rc::Rc;

use serde_json::{Value, json};

use crate::agenda::{Matter, Order, Script, Task};
use crate::calendar::{Calendar, DAY, HOUR, MINUTE};
use crate::event::Event;
use crate::people::Person;
use crate::random::Random;
use crate::shop;

/// What people ask in the chat.
pub const CHAT_SUBJECTS: [&str; 4] = ["taglia", "spedizione", "reso", "disponibilità"];
const TICKET_SUBJECTS: [&str; 5] = [
    "Pacco in ritardo",
    "Numero sbagliato",
    "Cucitura difettosa",
    "Fattura mancante",
    "Rimborso non arrivato",
];
const STORES: [&str; 4] =
    ["Milano, via Torino", "Bologna, via Farini", "Roma, via dei Condotti", "Firenze, via Maggio"];
const PRAISE: [&str; 4] =
    ["Comodissime dal primo giorno.", "Bellissime, arrivate in due giorni.", "Le ricomprerei subito.", ""];
const BLAME: [&str; 4] =
    ["Ho aspettato troppo.", "Il sito si bloccava alla cassa.", "Numero sbagliato e reso complicato.", ""];

/// Decides at the moment of an order what will follow from it.
pub fn plan(
    person: &Person,
    order: &Order,
    now: i64,
    calendar: &Calendar,
    random: &mut Random,
    later: &mut Vec<(i64, Task)>,
) {
    let place = person.number as usize;
    let mut follow = |chance: f64, days: (i64, i64), matter: Matter, random: &mut Random| {
        if random.chance(chance) {
            let days = random.between(days.0, days.1);
            later.push((calendar.office_moment(now, days, random), Task::Matter(place, matter)));
        }
    };
    let upset = f64::from(person.annoyances.min(4)) * 0.04;
    follow(0.13 + upset, (1, 5), Matter::Ticket, random);
    follow(0.03 + upset / 2.0, (1, 4), Matter::Call, random);
    follow(0.75, (5, 9), Matter::Survey, random);
    follow(0.07 + upset, (4, 11), Matter::Return(order.clone()), random);
}

pub fn play(
    person: &mut Person,
    matter: &Matter,
    now: i64,
    calendar: &Calendar,
    random: &mut Random,
    script: &mut Script,
) {
    let mut desk = Desk { person, now, calendar, random, script };
    match matter {
        Matter::Survey => desk.survey(),
        Matter::Ticket => desk.ticket(),
        Matter::Return(order) => desk.take_back(order),
        Matter::Call => desk.call(),
        Matter::StoreVisit => desk.store_visit(),
    }
}

/// Reports something that a server knows of a person: no browser, no session.
pub fn report(person: &Person, kind: &'static str, ts: i64, fields: Value, random: &mut Random) -> Event {
    Event {
        id: random.uuid_v7(ts),
        ts,
        kind,
        visitor: None,
        user: Some(Rc::clone(&person.account.email)),
        session: None,
        context: None,
        fields,
        person: Some(person.number),
    }
}

struct Desk<'a> {
    person: &'a mut Person,
    now: i64,
    calendar: &'a Calendar,
    random: &'a mut Random,
    script: &'a mut Script,
}

impl Desk<'_> {
    fn report(&mut self, kind: &'static str, fields: Value) {
        let event = report(self.person, kind, self.now, fields, self.random);
        self.script.events.push(event);
    }

    fn survey(&mut self) {
        let survey = json!({"survey": "nps-dopo-acquisto", "question": "Consiglieresti Bottega a un amico?"});
        self.report("survey_shown", survey.clone());
        self.now += self.random.log_normal(3.0 * HOUR as f64, 0.9) as i64;
        if self.random.chance(0.18) {
            self.report("survey_dismissed", survey);
        } else if self.random.chance(0.55) {
            let mood = 8.9 - 1.1 * f64::from(self.person.annoyances.min(6)) + 1.3 * self.random.normal();
            let score = mood.round().clamp(0.0, 10.0) as i64;
            let mut answer = survey;
            answer["score"] = score.into();
            answer["comment"] = (*self.random.pick(if score >= 8 { &PRAISE } else { &BLAME })).into();
            self.report("survey_answer", answer);
        }
    }

    fn ticket(&mut self) {
        let ticket = format!("T-{:06}", self.random.between(0, 999_999));
        let subject = *self.random.pick(&TICKET_SUBJECTS);
        self.person.annoyances += 1;
        self.report("ticket_opened", json!({"ticket": ticket, "subject": subject, "channel": "email"}));
        for _ in 0..self.random.between(0, 2) {
            self.now += self.random.log_normal(5.0 * HOUR as f64, 0.6) as i64;
            self.report("ticket_updated", json!({"ticket": ticket, "subject": subject, "channel": "email"}));
        }
        // A few stay open.
        if self.random.chance(0.85) {
            self.now += self.random.log_normal(20.0 * HOUR as f64, 0.7) as i64;
            let outcome = *self.random.weighted(&[("solved", 80.0), ("refunded", 12.0), ("unsolved", 8.0)]);
            self.person.annoyances += u32::from(outcome == "unsolved");
            self.report("ticket_closed", json!({"ticket": ticket, "subject": subject, "outcome": outcome}));
        }
    }

    fn take_back(&mut self, order: &Order) {
        let reason = *self.random.weighted(&[("numero", 55.0), ("aspetto", 25.0), ("difetto", 20.0)]);
        let fields = json!({"order_id": order.id, "items": order.items, "props": {"reason": reason}});
        self.report("return", fields);
        self.now = self.calendar.office_moment(self.now, 2, self.random);
        // Money that goes back is negative, so that the sum over a customer's events is what was earned.
        let revenue = shop::money(-order.cents);
        self.report("refund", json!({"order_id": order.id, "items": order.items, "revenue": revenue}));
        self.person.annoyances += u32::from(reason == "difetto");
    }

    fn call(&mut self) {
        let minutes = self.random.log_normal(4.5, 0.6);
        let subject = *self.random.pick(&CHAT_SUBJECTS);
        let outcome = *self.random.weighted(&[("solved", 78.0), ("callback", 12.0), ("unsolved", 10.0)]);
        let duration_ms = (minutes * MINUTE as f64) as i64;
        self.report("call", json!({"subject": subject, "outcome": outcome, "duration_ms": duration_ms}));
        self.person.annoyances += u32::from(outcome == "unsolved");
    }

    fn store_visit(&mut self) {
        let place = *self.random.pick(&STORES);
        self.report("store_visit", json!({"place": place}));
        if !self.random.chance(0.35) {
            return;
        }
        self.now += self.random.between(10 * MINUTE, 40 * MINUTE);
        let product = shop::any_product(self.person.taste, self.random);
        let order = Order {
            id: format!("N-{:08X}", self.random.next() >> 32),
            cents: product.cents,
            items: json!([product.item(1)]),
        };
        let revenue = shop::money(order.cents);
        self.report(
            "order",
            json!({"order_id": order.id, "items": order.items, "revenue": revenue, "channel": "store", "place": place}),
        );
        self.person.orders += 1;
        plan(self.person, &order, self.now + DAY / 24, self.calendar, self.random, &mut self.script.later);
    }
}
