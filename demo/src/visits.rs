//! What a visit to the site does, from the first page to the last.

use serde_json::json;

use crate::aftermath;
use crate::agenda::{Script, Task};
use crate::calendar::{Calendar, DAY, MINUTE};
use crate::people::{Account, Person};
use crate::random::Random;
use crate::shop::{self, Product};
use crate::sources::Source;
use crate::tab::Tab;

/// Household members are counted beside those whose computer they use.
const PARTNER: u64 = 1 << 63;

/// Share of the readers of a letter who only look at first, and buy days later.
const THINKS_IT_OVER_SHARE: f64 = 0.6;
/// After so many days.
const THINKS_IT_OVER_DAYS: (i64, i64) = (8, 12);

/// What of a visit concerns others than the tab.
pub struct Visit<'a, 'b> {
    pub tab: Tab<'b>,
    pub person: &'a mut Person,
    pub device: usize,
    pub calendar: &'a Calendar,
    pub account: Account,
    pub basket: Vec<(&'static Product, u32)>,
    pub later: Vec<(i64, Task)>,
}

/// Plays a visit of a person from this moment on, as sent by `source`.
pub fn play(
    person: &mut Person,
    source: &Source,
    now: i64,
    calendar: &Calendar,
    random: &mut Random,
    script: &mut Script,
) {
    let device = person.device(random);
    let landing = source.landing(person, random);
    person.is_passing |= *source == Source::Contest;
    let account = person.account.clone();
    let tab = Tab::new(person, device, now, calendar, random, &mut script.events);
    let mut visit = Visit { tab, person, device, calendar, account, basket: Vec::new(), later: Vec::new() };
    visit.arrive(source, &landing);
    if !visit.tab.random.chance(visit.bounce_rate(source, &landing.0)) {
        match source {
            Source::Decided(id) => visit.come_back_for(shop::find(id)),
            Source::Letter(..) if visit.tab.random.chance(THINKS_IT_OVER_SHARE) => visit.think_it_over(),
            _ => {
                visit.walk(source);
                visit.buy();
                visit.hand_over();
            }
        }
    }
    visit.tab.leave();
    visit.person.annoyances += visit.tab.annoyances;
    visit.person.busy_until = visit.tab.now;
    script.later.append(&mut visit.later);
}

impl Visit<'_, '_> {
    fn arrive(&mut self, source: &Source, landing: &(String, String)) {
        self.tab.land(&landing.0, &landing.1);
        if let Source::Letter(..) = source
            && self.tab.user.is_none()
        {
            // The link of a letter says who got it.
            self.tab.identify(&self.account, false);
            self.person.devices[self.device].signed_in = true;
        }
        if let Some((_, id)) = landing.0.split_once("prodotto.html?id=") {
            self.look_at(shop::find(id.split('&').next().unwrap_or(id)));
        } else {
            self.tab.stay(11.0);
        }
        let today = self.calendar.day_of(self.tab.now);
        if self.calendar.is_promotion(today) && self.tab.random.chance(0.6) {
            let props = json!({"channel": "promotion", "promotion": "weekend-di-san-martino"});
            self.tab.track("custom", json!({"name": "promotion_seen", "props": props}));
        }
    }

    /// Waiting for a slow page makes people leave.
    fn bounce_rate(&self, source: &Source, landing: &str) -> f64 {
        let slow = landing.contains("prodotto.html") && self.calendar.site_release(self.tab.now).1 > 1.0;
        source.bounce_rate() + if slow { 0.15 } else { 0.0 }
    }

    fn walk(&mut self, source: &Source) {
        if let Source::Friend(friend) = source {
            self.sign_up(Some(friend.clone()));
        } else if self.person.member && self.tab.user.is_none() && self.tab.random.chance(0.28) {
            self.sign_in();
        }
        let steps = 1 + self.tab.random.exponential(3.2) as u32;
        for _ in 0..steps.min(25) {
            self.step();
        }
        if !self.person.member && !self.person.is_passing && self.tab.random.chance(0.018) {
            self.sign_up(None);
        }
    }

    fn step(&mut self) {
        match self.tab.random.place(1_000) {
            0..250 => self.browse(),
            250..690 => {
                let product = shop::any_product(self.person.taste, self.tab.random);
                self.tab.open(&product.path());
                self.look_at(product);
            }
            690..790 => self.search(),
            790..880 => {
                self.tab.open("/demo/");
                self.tab.stay(9.0);
            }
            880..920 => self.read_about_the_letter(),
            920..945 => self.see_slow_page(),
            945..965 => self.see_failing_page(),
            965..971 => {
                let subject = *self.tab.random.pick(&aftermath::CHAT_SUBJECTS);
                self.chat(subject);
            }
            971..990 => {
                self.tab.track(
                    "outbound",
                    json!({"href": "https://www.instagram.com/bottega", "text": "Instagram"}),
                );
                self.tab.stay(6.0);
            }
            _ => {
                self.tab.open("/demo/account.html");
                self.tab.stay(8.0);
            }
        }
    }

    fn browse(&mut self) {
        let category =
            if self.tab.random.chance(0.7) { self.person.taste } else { shop::any_category(self.tab.random) };
        let path = match self.tab.random.place(3) {
            0 => "/demo/scarpe.html".to_owned(),
            _ => format!("/demo/scarpe.html?tipo={category}"),
        };
        self.tab.open(&path);
        self.tab.stay(17.0);
    }

    fn look_at(&mut self, product: &'static Product) {
        self.view(product);
        let slow = self.calendar.site_release(self.tab.now).1;
        let promoted = self.calendar.is_promotion(self.calendar.day_of(self.tab.now));
        let passing = if self.person.is_passing { 0.25 } else { 1.0 };
        let wish = 0.1 * self.person.eagerness * passing * if promoted { 1.5 } else { 1.0 } / slow.sqrt();
        if self.tab.random.chance(wish.min(0.6)) {
            self.put_into_basket(product);
        }
    }

    fn view(&mut self, product: &Product) {
        self.tab
            .track("view_item", json!({"items": [product.item(1)], "props": {"category": product.category}}));
        self.tab.stay(28.0);
    }

    /// A reader of a letter looks, and puts it off.
    fn think_it_over(&mut self) {
        let product = shop::any_product(self.person.taste, self.tab.random);
        self.tab.open(&product.path());
        self.view(product);
        let days = self.tab.random.between(THINKS_IT_OVER_DAYS.0, THINKS_IT_OVER_DAYS.1);
        let at = self.calendar.office_moment(self.tab.now, days, self.tab.random);
        let visit = (self.person.number as usize, Source::Decided(product.id));
        self.later.push((at, Task::Visit(Some(visit))));
    }

    fn come_back_for(&mut self, product: &'static Product) {
        self.tab.open(&product.path());
        self.view(product);
        self.put_into_basket(product);
        self.tab.open("/demo/carrello.html");
        self.tab.stay(14.0);
        self.check_out();
    }

    fn put_into_basket(&mut self, product: &'static Product) {
        let size = product.size(self.tab.random);
        let props = json!({"category": product.category, "size": size});
        self.tab.track("add_to_cart", json!({"items": [product.item(1)], "props": props}));
        self.tab.stay(5.0);
        match self.basket.iter_mut().find(|(other, _)| other.id == product.id) {
            Some((_, quantity)) => *quantity += 1,
            None => self.basket.push((product, 1)),
        }
    }

    fn search(&mut self) {
        let (italian, english, results) = *self.tab.random.pick(&shop::SEARCHES);
        let asked = if self.person.reads_italian() { italian } else { english };
        self.tab.open(&format!("/demo/cerca.html?q={}", asked.replace(' ', "%20")));
        self.tab.track("search", json!({"props": {"q": asked, "results": results}}));
        self.tab.stay(10.0);
    }

    fn read_about_the_letter(&mut self) {
        self.tab.open("/demo/newsletter.html");
        self.tab.stay(14.0);
        if self.person.subscribed || !self.tab.random.chance(0.3) {
            return;
        }
        self.tab.identify(&self.account, false);
        let topics = *self.tab.random.pick(&["novita", "novita,saldi", "novita,storie", "saldi"]);
        self.tab.track("subscribe", json!({"props": {"list": "bottega", "topics": topics}}));
        self.person.subscribed = true;
        self.person.devices[self.device].signed_in = true;
        self.tab.stay(5.0);
    }

    fn see_slow_page(&mut self) {
        self.tab.open("/demo/lenta.html");
        self.tab.stay(7.0);
        if self.tab.random.chance(0.3) {
            self.tab.track(
                "rage_click",
                json!({"target": "#slow-button", "text": "Calcola il prezzo con calma"}),
            );
            self.tab.annoyances += 1;
        }
    }

    fn see_failing_page(&mut self) {
        self.tab.open("/demo/errore.html");
        self.tab.stay(9.0);
        self.tab.annoyances += 1;
        if self.tab.random.chance(0.65) {
            self.tab.track("click", json!({"target": "#fail-button", "text": "Applica il buono sconto"}));
            self.fail("Cannot read properties of undefined (reading 'cents')", "7d1c40e2");
        }
        if self.tab.random.chance(0.5) {
            let kind = if self.tab.random.chance(0.4) { "rage_click" } else { "dead_click" };
            self.tab.track(kind, json!({"target": "#dead-button", "text": "Scegli il colore"}));
            self.tab.stay(3.0);
        }
        if self.tab.random.chance(0.3) {
            self.tab.track("form", json!({"target": "#stuck-form"}));
            self.tab.stay(12.0);
            self.tab.track("rage_click", json!({"target": "#stuck-submit", "text": "Invio in corso…"}));
        }
        if self.tab.random.chance(0.25) {
            self.tab.open("/demo/saldi-2019.html");
            self.tab.stay(4.0);
        }
    }

    pub fn fail(&mut self, message: &str, stack_hash: &str) {
        self.tab.now += 40;
        self.tab.track("error", json!({"message": message, "stack_hash": stack_hash, "fatal": false}));
        self.tab.stay(3.0);
    }

    /// The chat's window is on the page; its server reports it.
    pub fn chat(&mut self, subject: &str) {
        self.tab.stay(4.0);
        self.tab.track("chat_started", json!({"subject": subject, "channel": "web"}));
        for _ in 0..self.tab.random.between(2, 6) {
            self.tab.stay(25.0);
            self.tab.track("chat_message", json!({"channel": "web"}));
        }
        self.tab.stay(20.0);
        let outcome = *self.tab.random.weighted(&[("solved", 80.0), ("unsolved", 12.0), ("ticket", 8.0)]);
        self.tab.track("chat_ended", json!({"subject": subject, "channel": "web", "outcome": outcome}));
        self.tab.annoyances += u32::from(outcome == "unsolved");
    }

    fn sign_in(&mut self) {
        self.tab.open("/demo/account.html");
        self.tab.stay(14.0);
        self.tab.identify(&self.account, false);
        self.tab.track("login", json!({"props": {"method": "email"}}));
        self.person.devices[self.device].signed_in = true;
        self.tab.stay(4.0);
    }

    fn sign_up(&mut self, friend: Option<String>) {
        self.tab.open("/demo/account.html");
        self.tab.stay(25.0);
        self.tab.identify(&self.account, true);
        self.tab.track("signup", json!({"props": {"method": "email"}}));
        if let Some(friend) = friend {
            self.tab.track("referral", json!({"referred_by": friend}));
        }
        self.person.member = true;
        self.person.devices[self.device].signed_in = true;
        self.later.push((self.tab.now, Task::Enrol(self.person.number as usize)));
        self.tab.stay(4.0);
    }

    /// On a shared computer one signs out and another takes the chair.
    fn hand_over(&mut self) {
        let Some(partner) = self.person.partner.clone() else { return };
        if self.tab.user.is_none()
            || self.person.devices[self.device].is_phone()
            || !self.tab.random.chance(0.5)
        {
            return;
        }
        self.tab.open("/demo/account.html");
        self.tab.stay(5.0);
        let away_ms = self.tab.random.between(MINUTE, 25 * MINUTE);
        self.tab.reset(self.person.number | PARTNER, away_ms);
        self.account = partner;
        self.tab.land("/demo/", "");
        self.tab.stay(9.0);
        self.tab.open("/demo/account.html");
        self.tab.stay(15.0);
        self.tab.identify(&self.account, true);
        self.tab.track("login", json!({"props": {"method": "email"}}));
        for _ in 0..self.tab.random.between(1, 4) {
            self.step();
        }
        self.buy();
        self.tab.open("/demo/account.html");
        self.tab.stay(5.0);
        self.tab.reset(self.person.number, DAY / 24);
        // Whoever comes next finds nobody signed in, and the id of the second sign-out.
        let device = &mut self.person.devices[self.device];
        (device.signed_in, device.visitor) = (false, Some(self.tab.visitor));
    }
}
