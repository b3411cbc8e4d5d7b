//! How people come to the shop: who sends them, to which page, with which parameters.

use orma_collector::enrich::landing::parameter::PARAMETER;

use crate::calendar::{Calendar, Letter};
use crate::people::Person;
use crate::random::Random;
use crate::shop;

/// Who sends a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    Google,
    Bing,
    /// A bookmark, or the address typed in.
    Direct,
    Instagram,
    Facebook,
    Pinterest,
    /// An advertisement among Google's results.
    PaidSearch,
    ChatGpt,
    /// Somebody who writes about shoes.
    Blog,
    Trovaprezzi,
    /// An advertisement of the promotion on Instagram.
    Promotion,
    /// An advertisement of the contest on TikTok.
    Contest,
    /// Back by its own, to buy what it read about in a letter; the id of the product.
    Decided(&'static str),
    /// A link of the newsletter, with the `orma_id` of the click; empty where there is no secret to make it with.
    Letter(Letter, String),
    /// A customer told a friend; the user's id of the customer.
    Friend(String),
}

/// Who sends people who do not know the shop well.
const STRANGERS: [(Source, f64); 10] = [
    (Source::Google, 35.0),
    (Source::Direct, 17.0),
    (Source::Instagram, 12.0),
    (Source::PaidSearch, 10.0),
    (Source::Facebook, 7.0),
    (Source::ChatGpt, 6.0),
    (Source::Trovaprezzi, 5.0),
    (Source::Blog, 4.0),
    (Source::Bing, 2.5),
    (Source::Pinterest, 1.5),
];
/// Who sends people who have been here before.
const REGULARS: [(Source, f64); 6] = [
    (Source::Direct, 50.0),
    (Source::Google, 28.0),
    (Source::Instagram, 9.0),
    (Source::PaidSearch, 6.0),
    (Source::Facebook, 5.0),
    (Source::ChatGpt, 2.0),
];

/// Share of the strangers whom the contest brings while it runs.
const CONTEST_SHARE: f64 = 0.4;

impl Source {
    /// Who sends this person at this moment.
    pub fn any(person: &Person, calendar: &Calendar, now: i64, random: &mut Random) -> Self {
        let promoted = calendar.is_promotion(calendar.day_of(now));
        if promoted && random.chance(0.25) {
            return Self::Promotion;
        }
        let known = person.busy_until > i64::MIN || person.member;
        if !known && calendar.is_contest(calendar.day_of(now)) && random.chance(CONTEST_SHARE) {
            return Self::Contest;
        }
        if known { random.weighted(&REGULARS).clone() } else { random.weighted(&STRANGERS).clone() }
    }

    /// How often such a visit ends on its first page.
    pub fn bounce_rate(&self) -> f64 {
        match self {
            Self::Google | Self::Bing => 0.4,
            Self::Direct => 0.3,
            Self::Instagram | Self::Facebook | Self::Pinterest => 0.58,
            Self::PaidSearch | Self::Promotion => 0.46,
            Self::ChatGpt | Self::Letter(..) => 0.27,
            Self::Blog | Self::Trovaprezzi => 0.38,
            Self::Contest => 0.62,
            Self::Friend(_) => 0.1,
            Self::Decided(_) => 0.0,
        }
    }

    /// The page that it leads to, with its parameters, and the referrer.
    pub fn landing(&self, person: &Person, random: &mut Random) -> (String, String) {
        let product = shop::any_product(person.taste, random);
        let list = format!("/demo/scarpe.html?tipo={}", person.taste);
        let home = "/demo/".to_owned();
        let organic = match random.place(100) {
            0..40 => home.clone(),
            40..72 => product.path(),
            _ => list.clone(),
        };
        let click = format!("{:016x}", random.next());
        let google =
            if person.country.code == "IT" { "https://www.google.it/" } else { "https://www.google.com/" };
        let (page, referrer) = match self {
            Self::Google => (organic, google),
            Self::Bing => (organic, "https://www.bing.com/"),
            Self::Direct => (if random.chance(0.8) { home } else { list }, ""),
            Self::Instagram if random.chance(0.5) => (
                with(&product.path(), "utm_source=instagram&utm_medium=social&utm_campaign=vetrina"),
                "https://l.instagram.com/",
            ),
            Self::Instagram => (product.path(), "https://l.instagram.com/"),
            Self::Facebook => (with(&organic, &format!("fbclid=IwAR{click}")), "https://l.facebook.com/"),
            Self::Pinterest => (product.path(), "https://www.pinterest.com/"),
            Self::PaidSearch => {
                let campaign = if person.country.code == "IT" { "scarpe-autunno" } else { "italian-shoes" };
                let parameters =
                    format!("utm_source=google&utm_medium=cpc&utm_campaign={campaign}&gclid=Cj0KC{click}");
                (with(&list, &parameters), google)
            }
            Self::ChatGpt => (with(&organic, "utm_source=chatgpt.com"), "https://chatgpt.com/"),
            Self::Blog => (product.path(), "https://www.unpassodopolaltro.example/scarpe-fatte-a-mano/"),
            Self::Trovaprezzi => (
                with(&product.path(), "utm_source=trovaprezzi&utm_medium=comparison&utm_campaign=catalogo"),
                "https://www.trovaprezzi.it/",
            ),
            Self::Promotion => (
                with(
                    "/demo/scarpe.html",
                    "utm_source=instagram&utm_medium=paid_social&utm_campaign=weekend-di-san-martino",
                ),
                "https://l.instagram.com/",
            ),
            Self::Contest => (
                with("/demo/", "utm_source=tiktok&utm_medium=paid_social&utm_campaign=vinci-un-paio"),
                "https://www.tiktok.com/",
            ),
            Self::Decided(_) => (home, ""),
            Self::Letter(letter, orma_id) => {
                let parameters =
                    format!("utm_source=newsletter&utm_medium=email&utm_campaign={}", letter.campaign);
                let webmail = if random.chance(0.35) { "https://mail.google.com/" } else { "" };
                let mark = if orma_id.is_empty() { String::new() } else { format!("&{PARAMETER}={orma_id}") };
                (with(letter.page, &format!("{parameters}{mark}")), webmail)
            }
            Self::Friend(_) => {
                (with("/demo/", "utm_source=amici&utm_medium=referral&utm_campaign=porta-un-amico"), "")
            }
        };
        (page, referrer.to_owned())
    }
}

fn with(path: &str, parameters: &str) -> String {
    format!("{path}{}{parameters}", if path.contains('?') { '&' } else { '?' })
}
