//! Who comes: strangers, regulars and members, with their devices, tastes and patience.

use std::rc::Rc;

use uuid::Uuid;

use crate::calendar::HOUR;
use crate::devices::{Class, Device};
use crate::places::Country;
use crate::random::Random;
use crate::shop;

/// Members that the shop has when the story begins, for each visit of an average day.
const MEMBERS_PER_DAILY_VISIT: f64 = 1.4;
/// A person rests this long between two visits.
const REST_MS: i64 = 2 * HOUR;
/// How often somebody who is free is looked for before a stranger comes instead.
const TRIES_MAX: u32 = 12;

/// Name and e-mail address, which is also the user's id.
#[derive(Clone, Debug)]
pub struct Account {
    pub email: Rc<str>,
    pub name: String,
}

/// The shop's app on somebody's phone.
#[derive(Clone, Debug)]
pub struct AppInstall {
    pub phone: Device,
    /// The app's id of the installation, once it was started.
    pub visitor: Option<Uuid>,
    /// The version at the last start; empty before the first.
    pub version: &'static str,
    /// How many days after a release the phone brings it up to date.
    pub lag_days: i64,
    pub signed_in: bool,
}

#[derive(Clone, Debug)]
pub struct Person {
    /// Its place among all people, from 0.
    pub number: u64,
    pub country: &'static Country,
    /// The language of its browsers, BCP 47.
    pub language: &'static str,
    /// Address at home.
    pub home: String,
    /// Address on the way.
    pub mobile: String,
    /// Name and e-mail address, known to the shop or not yet.
    pub account: Account,
    /// Somebody of the household who uses the same computer.
    pub partner: Option<Account>,
    /// Browsers, the usual one first.
    pub devices: Vec<Device>,
    /// The app, on the phone of those who have it.
    pub app: Option<AppInstall>,
    pub member: bool,
    /// Gets the letters.
    pub subscribed: bool,
    /// The category that it likes.
    pub taste: &'static str,
    /// How much more it buys than others.
    pub eagerness: f64,
    /// What went wrong for it; each takes from its satisfaction.
    pub annoyances: u32,
    pub orders: u32,
    /// Came to win something: looks for little else and does not come back.
    pub is_passing: bool,
    /// When its last visit ended, in milliseconds since the epoch.
    pub busy_until: i64,
}

impl Person {
    fn new(seed: u64, number: u64, member: bool) -> Self {
        let random = &mut Random::of(seed, &[1, number]);
        let country = Country::any(random);
        let account = account(country, number, random);
        let shared = random.chance(0.06);
        let mut partner = shared.then(|| partner_of(&account, country, number, random));
        let mut devices = vec![Device::any(random)];
        if shared && devices[0].is_phone() {
            partner = None;
        }
        if random.chance(if member { 0.45 } else { 0.12 }) {
            let second = if devices[0].is_phone() {
                Class::Desktop
            } else {
                *random.pick(&[Class::Android, Class::Iphone])
            };
            devices.push(Device::of(second, random));
        }
        let app = if random.chance(if member { 0.35 } else { 0.0 }) {
            Some(install(&devices, random))
        } else {
            None
        };
        Self {
            number,
            country,
            language: *random.weighted(country.languages),
            home: country.address(random),
            mobile: country.address(random),
            account,
            partner,
            devices,
            app,
            member,
            subscribed: member && random.chance(0.8),
            taste: shop::any_category(random),
            eagerness: random.log_normal(if member { 1.3 } else { 0.9 }, 0.4),
            annoyances: 0,
            // Some of the members bought before the story begins.
            orders: u32::from(member && random.chance(0.4)),
            is_passing: false,
            busy_until: i64::MIN,
        }
    }

    /// Reads the shop in Italian; all others read it in English.
    pub fn reads_italian(&self) -> bool {
        self.language.starts_with("it")
    }

    /// The address from which a device comes now.
    pub fn address(&self, is_phone: bool, random: &mut Random) -> &str {
        if is_phone && random.chance(0.4) { &self.mobile } else { &self.home }
    }

    /// Which of its browsers it takes.
    pub fn device(&self, random: &mut Random) -> usize {
        usize::from(self.devices.len() > 1 && random.chance(0.3))
    }
}

fn account(country: &Country, number: u64, random: &mut Random) -> Account {
    let (first, family) = (*random.pick(country.first_names), *random.pick(country.family_names));
    named(first, family, country, number, random)
}

fn named(first: &str, family: &str, country: &Country, number: u64, random: &mut Random) -> Account {
    let domain = if country.code == "IT" && random.chance(0.8) { "example.it" } else { "example.com" };
    let plain = |name: &str| -> String {
        name.to_lowercase().chars().filter(|&letter| letter != ' ').map(without_accent).collect()
    };
    // The number keeps two people of one name apart.
    let email = format!("{}.{}{}@{domain}", plain(first), plain(family), number + 1);
    Account { email: email.into(), name: format!("{first} {family}") }
}

fn partner_of(account: &Account, country: &Country, number: u64, random: &mut Random) -> Account {
    let (own_first, family) = account.name.split_once(' ').unwrap_or((&account.name, ""));
    let others: Vec<_> = country.first_names.iter().filter(|name| **name != own_first).collect();
    let first = others[random.place(others.len())];
    named(first, family, country, number, random)
}

fn without_accent(letter: char) -> char {
    match letter {
        'á' | 'à' => 'a',
        'é' | 'è' | 'ë' => 'e',
        'í' => 'i',
        'ó' | 'ö' => 'o',
        'ú' | 'ü' => 'u',
        other => other,
    }
}

fn install(devices: &[Device], random: &mut Random) -> AppInstall {
    let phone = devices.iter().find(|device| device.is_phone()).cloned();
    let phone = phone.unwrap_or_else(|| {
        let class = *random.weighted(&[(Class::Android, 64.0), (Class::Iphone, 36.0)]);
        Device::of(class, random)
    });
    // A few never bring anything up to date.
    let lag_days = if random.chance(0.06) { i64::MAX } else { random.exponential(2.5) as i64 };
    AppInstall { phone, visitor: None, version: "", lag_days, signed_in: false }
}

/// Everybody who has come so far.
pub struct People {
    seed: u64,
    all: Vec<Person>,
    members: Vec<usize>,
    members_at_start: usize,
}

impl People {
    /// The members with whom the story begins.
    pub fn new(seed: u64, visits_per_day: u32) -> Self {
        let members = (f64::from(visits_per_day) * MEMBERS_PER_DAILY_VISIT).ceil() as usize;
        let mut people = Self { seed, all: Vec::new(), members: Vec::new(), members_at_start: members };
        for _ in 0..members {
            people.add(true);
        }
        people
    }

    fn add(&mut self, member: bool) -> usize {
        let place = self.all.len();
        self.all.push(Person::new(self.seed, place as u64, member));
        if member {
            self.members.push(place);
        }
        place
    }

    /// The person at this place.
    pub fn get(&mut self, place: usize) -> &mut Person {
        &mut self.all[place]
    }

    /// Everybody, for reading.
    pub fn all(&self) -> &[Person] {
        &self.all
    }

    /// Notes that somebody has an account from now on.
    pub fn enrol(&mut self, place: usize) {
        if !self.members.contains(&place) {
            self.members.push(place);
        }
    }

    /// Somebody who has never been here.
    pub fn stranger(&mut self) -> usize {
        self.add(false)
    }

    /// Whoever comes to the site at this moment.
    pub fn visitor(&mut self, now: i64, random: &mut Random) -> usize {
        match random.place(100) {
            0..52 => self.stranger(),
            52..78 => self.free_member(now, random).unwrap_or_else(|| self.stranger()),
            _ => self.free_regular(now, random).unwrap_or_else(|| self.stranger()),
        }
    }

    /// A member who rests at this moment.
    pub fn free_member(&self, now: i64, random: &mut Random) -> Option<usize> {
        self.free_among(&self.members, now, random, |_| true)
    }

    /// A member with the app who rests at this moment.
    pub fn app_user(&self, now: i64, random: &mut Random) -> Option<usize> {
        self.free_among(&self.members, now, random, |person| person.app.is_some())
    }

    /// A member who has bought.
    pub fn customer(&self, now: i64, random: &mut Random) -> Option<usize> {
        self.free_among(&self.members, now, random, |person| person.orders > 0)
    }

    fn free_among(
        &self,
        places: &[usize],
        now: i64,
        random: &mut Random,
        fits: fn(&Person) -> bool,
    ) -> Option<usize> {
        if places.is_empty() {
            return None;
        }
        let free = |place: &usize| self.all[*place].busy_until < now - REST_MS && fits(&self.all[*place]);
        (0..TRIES_MAX * 3).map(|_| places[random.place(places.len())]).find(|place| free(place))
    }

    /// Somebody who was here before, more likely lately than long ago.
    fn free_regular(&self, now: i64, random: &mut Random) -> Option<usize> {
        let known = self.all.len() - self.members_at_start;
        (0..TRIES_MAX)
            .map(|_| self.all.len().saturating_sub(1 + random.exponential(known as f64 / 4.0) as usize))
            .find(|&place| {
                let person = &self.all[place];
                place >= self.members_at_start
                    && !person.is_passing
                    && person.busy_until > i64::MIN
                    && person.busy_until < now - REST_MS
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_the_same_whenever_it_is_made() {
        let (first, again) = (Person::new(5, 77, true), Person::new(5, 77, true));
        assert_eq!(format!("{first:?}"), format!("{again:?}"));
        assert_ne!(first.home, Person::new(6, 77, true).home);
    }

    #[test]
    fn e_mail_addresses_are_plain_unique_and_of_example_domains() {
        let mut seen = std::collections::HashSet::new();
        for number in 0..2_000 {
            let person = Person::new(1, number, true);
            for account in std::iter::once(&person.account).chain(&person.partner) {
                assert!(account.email.is_ascii(), "{}", account.email);
                assert!(account.email.ends_with("@example.it") || account.email.ends_with("@example.com"));
                assert!(seen.insert(account.email.clone()), "{}", account.email);
            }
        }
    }

    #[test]
    fn nobody_is_in_two_visits_at_once() {
        let mut people = People::new(1, 10);
        let random = &mut Random::of(1, &[]);
        for place in 0..14 {
            people.get(place).busy_until = 1_000 * HOUR;
        }
        assert_eq!(people.free_member(1_000 * HOUR, random), None);
        assert!(people.free_member(1_003 * HOUR, random).is_some());
    }
}
