//! The shop in somebody's browser: what the page's script reports while the person walks from page to page.

use std::rc::Rc;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::calendar::Calendar;
use crate::event::Event;
use crate::people::{Account, Person};
use crate::random::Random;
use crate::shop::{self, ORIGIN};

/// The pages whose vitals are reported; not every browser and not every page load gets to report.
const VITALS_SHARE: f64 = 0.35;

struct Page {
    path: String,
    url: String,
    opened_at: i64,
    engaged_ms: f64,
    measured: bool,
}

/// A tab with the shop in it.
pub struct Tab<'a> {
    pub random: &'a mut Random,
    /// The present, in milliseconds since the epoch.
    pub now: i64,
    /// The browser's id.
    pub visitor: Uuid,
    /// The user, once signed in.
    pub user: Option<Rc<str>>,
    /// The page takes the person too long, or fails it: how often so far.
    pub annoyances: u32,
    /// Who sits there, for the count of people.
    pub author: Option<u64>,
    session: Uuid,
    context: Rc<Value>,
    calendar: &'a Calendar,
    italian: bool,
    chromium: bool,
    slowness: f64,
    page: Option<Page>,
    events: &'a mut Vec<Event>,
}

impl<'a> Tab<'a> {
    /// Opens the browser of a person: no page yet.
    pub fn new(
        person: &mut Person,
        device: usize,
        now: i64,
        calendar: &'a Calendar,
        random: &'a mut Random,
        events: &'a mut Vec<Event>,
    ) -> Self {
        let is_phone = person.devices[device].is_phone();
        let address = person.address(is_phone, random).to_owned();
        let italian = person.reads_italian();
        let browser = &mut person.devices[device];
        let visitor = *browser.visitor.get_or_insert_with(|| random.uuid_v7(now));
        let context = browser.browser_context(person.language, person.country.timezone, &address);
        let far = if person.country.code == "US" { 1.35 } else { 1.0 };
        Self {
            now,
            visitor,
            user: browser.signed_in.then(|| person.account.email.clone()),
            annoyances: 0,
            author: Some(person.number),
            session: random.uuid_v7(now),
            context: Rc::new(context),
            calendar,
            italian,
            chromium: browser.chromium,
            slowness: browser.slowness * far,
            page: None,
            random,
            events,
        }
    }

    /// Reports an event on the page in view.
    pub fn track(&mut self, kind: &'static str, mut fields: Value) {
        if let (Some(page), Some(fields)) = (&self.page, fields.as_object_mut()) {
            fields.entry("url").or_insert_with(|| page.url.clone().into());
        }
        self.events.push(Event {
            id: self.random.uuid_v7(self.now),
            ts: self.now,
            kind,
            visitor: Some(self.visitor),
            user: self.user.clone(),
            session: Some(self.session),
            context: Some(self.context.clone()),
            fields,
            person: self.author,
        });
        // Two things never happen in the same millisecond, so that their order is theirs.
        self.now += self.random.between(2, 25);
    }

    /// Comes to a page from outside. `path` begins with a slash and may have a query.
    pub fn land(&mut self, path: &str, referrer: &str) {
        self.show(path, referrer);
    }

    /// Follows a link of the shop.
    pub fn open(&mut self, path: &str) {
        let referrer = self.page.as_ref().map_or_else(String::new, |page| page.url.clone());
        self.leave();
        self.now += self.random.between(120, 900);
        self.show(path, &referrer);
    }

    fn show(&mut self, path: &str, referrer: &str) {
        let url = format!("{ORIGIN}{path}");
        let page = Page {
            path: path.split('?').next().unwrap_or(path).to_owned(),
            url,
            opened_at: self.now,
            engaged_ms: 0.0,
            measured: self.random.chance(VITALS_SHARE),
        };
        let measured = page.measured;
        self.page = Some(page);
        let title = shop::title(path, self.italian);
        self.track("page_view", json!({"title": title, "referrer": referrer}));
        if measured {
            self.report_load();
        }
    }

    /// Stays on the page, half of the times longer than this.
    pub fn stay(&mut self, median_seconds: f64) {
        let stay_ms = self.random.log_normal(median_seconds * 1_000.0, 0.7).clamp(900.0, 900_000.0);
        self.now += stay_ms as i64;
        let attention = 0.5 + 0.5 * self.random.unit();
        if let Some(page) = &mut self.page {
            page.engaged_ms += stay_ms * attention;
        }
    }

    /// Leaves the page in view.
    pub fn leave(&mut self) {
        let Some(page) = self.page.take() else { return };
        let (engaged, seconds) = (page.engaged_ms as i64, (self.now - page.opened_at) as f64 / 1_000.0);
        let measured = page.measured;
        self.page = Some(page);
        if measured {
            self.report_hidden();
        }
        let seen = (35.0 + 18.0 * seconds.max(1.0).ln() + 14.0 * self.random.normal()).clamp(12.0, 100.0);
        self.track("page_leave", json!({"engaged_ms": engaged, "scroll_pct": seen as i64}));
        self.page = None;
    }

    /// What the browser knows as soon as the page is drawn.
    fn report_load(&mut self) {
        let ttfb = self.random.log_normal(170.0 + 130.0 * self.slowness, 0.5);
        let fcp = ttfb + self.random.log_normal(380.0 * self.slowness, 0.5);
        self.now += fcp as i64;
        self.vital("TTFB", ttfb, None);
        self.vital("FCP", fcp, None);
    }

    /// What is settled only when the page goes away.
    fn report_hidden(&mut self) {
        let path = self.page.as_ref().map_or_else(String::new, |page| page.path.clone());
        let (lcp_median, inp_median, cls_median, target) = match path.as_str() {
            "/demo/lenta.html" => (4_900.0, 620.0, 0.36, "figure.late-hero>img"),
            "/demo/prodotto.html" => {
                (980.0 * self.calendar.site_release(self.now).1, 85.0, 0.03, "#product svg")
            }
            "/demo/cassa.html" => (850.0, 150.0, 0.02, "#checkout h1"),
            "/demo/" => (1_050.0, 80.0, 0.04, "#hero-shoe>svg"),
            _ => (850.0, 80.0, 0.03, "#main h1"),
        };
        let lcp = 300.0 + self.random.log_normal(lcp_median * self.slowness, 0.45);
        self.vital("LCP", lcp, Some(target));
        if self.random.chance(0.8) {
            let inp = self.random.log_normal(inp_median * self.slowness, 0.6);
            self.vital("INP", inp, Some("button"));
        }
        if self.chromium {
            let cls = self.random.log_normal(cls_median, 0.9);
            self.vital("CLS", cls, None);
        }
        self.annoyances += u32::from(lcp > 4_000.0);
    }

    fn vital(&mut self, name: &str, value: f64, target: Option<&str>) {
        let value = if name == "CLS" { (value * 1e4).round() / 1e4 } else { value.round() };
        let release = self.calendar.site_release(self.now).0;
        let mut fields = json!({"name": name, "value": value, "props": {"release": release}});
        if let Some(target) = target {
            fields["target"] = target.into();
        }
        self.track("vital", fields);
    }

    /// Says who it is.
    pub fn identify(&mut self, account: &Account, with_name: bool) {
        self.user = Some(account.email.clone());
        let mut traits = json!({"email": *account.email});
        if with_name {
            traits["name"] = account.name.as_str().into();
        }
        self.track("identify", json!({"traits": traits}));
    }

    /// Signs out on a shared computer: from here on it is another visitor in another session, whoever sits there.
    pub fn reset(&mut self, next_author: u64, away_ms: i64) {
        self.track("logout", json!({}));
        self.now += self.random.between(20, 300);
        self.track("reset", json!({}));
        self.page = None;
        self.now += away_ms;
        self.user = None;
        self.author = Some(next_author);
        self.visitor = self.random.uuid_v7(self.now);
        self.session = self.random.uuid_v7(self.now);
    }
}
