//! What people browse with: models, screens and the user agents of their browsers.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::random::Random;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Android,
    Iphone,
    /// A computer with Windows or macOS.
    Desktop,
    Tablet,
}

/// The classes with their share of the visits.
pub const SHARES: [(Class, f64); 4] =
    [(Class::Android, 45.0), (Class::Iphone, 25.0), (Class::Desktop, 25.0), (Class::Tablet, 5.0)];

/// The SDK that the shop's pages load.
const SDK: &str = "orma-js/1.0.0";

/// Versions of Chrome in use, with their weight.
const CHROME: [(u32, f64); 4] = [(142, 50.0), (141, 35.0), (140, 10.0), (138, 5.0)];

/// A model: maker, code, width, height (CSS pixels), density, system version, how much slower than a good desktop.
struct Model {
    brand: &'static str,
    code: &'static str,
    width: u32,
    height: u32,
    density: f64,
    system: &'static str,
    slowness: f64,
}

const fn model(
    brand: &'static str,
    code: &'static str,
    screen: (u32, u32, f64),
    system: &'static str,
    slowness: f64,
) -> Model {
    Model { brand, code, width: screen.0, height: screen.1, density: screen.2, system, slowness }
}

/// The phone on which the shop's payment does not open.
pub const PHONE_WITHOUT_PAYMENT: &str = "SM-A546B";

/// Android phones with their weight.
const ANDROIDS: [(Model, f64); 8] = [
    (model("Samsung", "SM-S921B", (360, 780, 3.0), "15", 1.25), 12.0),
    (model("Samsung", PHONE_WITHOUT_PAYMENT, (360, 780, 3.0), "14", 1.7), 24.0),
    (model("Samsung", "SM-A155F", (393, 851, 2.75), "14", 2.3), 12.0),
    (model("Xiaomi", "23129RAA4G", (393, 873, 2.75), "14", 2.0), 16.0),
    (model("Google", "Pixel 8", (412, 915, 2.625), "16", 1.3), 8.0),
    (model("OPPO", "CPH2591", (360, 804, 2.0), "13", 2.4), 10.0),
    (model("Motorola", "moto g54 5G", (412, 915, 2.625), "14", 2.1), 10.0),
    (model("HONOR", "ALI-NX1", (393, 873, 3.0), "15", 1.6), 8.0),
];

const IPHONES: [Model; 5] = [
    model("Apple", "iPhone14,5", (390, 844, 3.0), "18.7", 1.2),
    model("Apple", "iPhone15,2", (393, 852, 3.0), "18.7", 1.1),
    model("Apple", "iPhone16,1", (393, 852, 3.0), "26.1", 1.0),
    model("Apple", "iPhone17,3", (393, 852, 3.0), "26.1", 0.95),
    model("Apple", "iPhone12,8", (375, 667, 2.0), "17.7", 1.6),
];

const DESKTOPS: [(u32, u32, f64); 5] =
    [(1920, 1080, 1.0), (1536, 864, 1.25), (1440, 900, 2.0), (2560, 1440, 1.0), (1366, 768, 1.0)];

/// A device with its browser.
#[derive(Clone, Debug)]
pub struct Device {
    pub class: Class,
    pub user_agent: String,
    /// What the browser answers when it is asked for more than its user agent says; empty where it is not asked.
    hints: String,
    /// The browser measures layout shifts, which only Chromium does.
    pub chromium: bool,
    /// How much slower than a good desktop.
    pub slowness: f64,
    /// Maker and model, as an app reports them.
    pub brand: &'static str,
    /// The maker's code of the model.
    pub model: &'static str,
    pub system: &'static str,
    width: u32,
    height: u32,
    density: f64,
    /// The id that the SDK keeps in the browser's storage, once it was there.
    pub visitor: Option<Uuid>,
    /// The person has signed in and not out again.
    pub signed_in: bool,
}

impl Device {
    /// A device, as often as its share says.
    pub fn any(random: &mut Random) -> Self {
        let class = *random.weighted(&SHARES);
        Self::of(class, random)
    }

    pub fn of(class: Class, random: &mut Random) -> Self {
        let desktop = |(width, height, density)| model("", "", (width, height, density), "", 1.0);
        let chosen = match class {
            Class::Android => random.weighted(&ANDROIDS),
            Class::Iphone => random.pick(&IPHONES),
            Class::Desktop => &desktop(*random.pick(&DESKTOPS)),
            Class::Tablet => &model("", "", (820, 1180, 2.0), "", 1.3),
        };
        let (user_agent, chromium) = user_agent(class, chosen, random);
        Self {
            class,
            hints: if class == Class::Android && chromium {
                hints(chosen, &user_agent)
            } else {
                String::new()
            },
            user_agent,
            chromium,
            slowness: chosen.slowness * random.log_normal(1.0, 0.15),
            brand: chosen.brand,
            model: chosen.code,
            system: chosen.system,
            width: chosen.width,
            height: chosen.height,
            density: chosen.density,
            visitor: None,
            signed_in: false,
        }
    }

    /// A phone, whose address changes on the way.
    pub fn is_phone(&self) -> bool {
        matches!(self.class, Class::Android | Class::Iphone)
    }

    /// The shop's payment does not open on it.
    pub fn fails_to_pay(&self) -> bool {
        self.model == PHONE_WITHOUT_PAYMENT
    }

    /// The context of an event from the browser. `address` is the sender's IP address.
    pub fn browser_context(&self, language: &str, timezone: &str, address: &str) -> Value {
        let bars = if self.is_phone() { 150 } else { 120 };
        let mut context = json!({
            "language": language,
            "timezone": timezone,
            "screen": {"width": self.width, "height": self.height, "density": self.density},
            "viewport": {"width": self.width, "height": self.height - bars},
            "touch_points": if self.class == Class::Desktop { 0 } else { 5 },
            "sdk": SDK,
            "ip": address,
            "user_agent": self.user_agent,
        });
        if !self.hints.is_empty() {
            context["hints"] = self.hints.as_str().into();
        }
        context
    }

    pub fn screen(&self) -> Value {
        json!({"width": self.width, "height": self.height, "density": self.density})
    }
}

/// What Chromium tells of a phone whose user agent names none, as the SDK puts it.
fn hints(model: &Model, user_agent: &str) -> String {
    let version = |of: &str| user_agent.split_once(of)?.1.split('.').next();
    let chromium = version("Chrome/").unwrap_or_default();
    let brand = version("SamsungBrowser/")
        .map_or_else(|| format!("Google Chrome {chromium}"), |own| format!("Samsung Internet {own}"));
    format!("Android|{}.0.0|{}|Mobile|{brand},Chromium {chromium}|", model.system, model.code)
}

/// The user agent, and whether it is of Chromium's family on which all vitals are measured.
fn user_agent(class: Class, model: &Model, random: &mut Random) -> (String, bool) {
    let chrome = *random.weighted(&CHROME);
    let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
    match class {
        Class::Android => match random.place(100) {
            0..74 => (format!("Mozilla/5.0 (Linux; Android 10; K) {webkit} Chrome/{chrome}.0.0.0 Mobile Safari/537.36"), true),
            74..94 if model.brand == "Samsung" => (
                format!("Mozilla/5.0 (Linux; Android 10; K) {webkit} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36"),
                true,
            ),
            74..97 => (
                format!("Mozilla/5.0 (Linux; Android {}; {}) {webkit} Chrome/{chrome}.0.0.0 Mobile Safari/537.36", model.system, model.code),
                true,
            ),
            _ => (format!("Mozilla/5.0 (Android {}; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0", model.system), false),
        },
        Class::Iphone => {
            // From version 26 on, Safari says 18_6 in its place for ever.
            let (system, safari) = match model.system {
                "26.1" => ("18_6".to_owned(), "26.1"),
                older => (older.replace('.', "_"), older),
            };
            let phone = format!("Mozilla/5.0 (iPhone; CPU iPhone OS {system} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)");
            if random.chance(0.1) {
                (format!("{phone} CriOS/{chrome}.0.7390.96 Mobile/15E148 Safari/604.1"), false)
            } else {
                (format!("{phone} Version/{safari} Mobile/15E148 Safari/604.1"), false)
            }
        }
        Class::Desktop => desktop_user_agent(chrome, random),
        Class::Tablet => match random.place(10) {
            0..6 => (
                "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1"
                    .to_owned(),
                false,
            ),
            _ => (format!("Mozilla/5.0 (Linux; Android 14; SM-X510) {webkit} Chrome/{chrome}.0.0.0 Safari/537.36"), true),
        },
    }
}

fn desktop_user_agent(chrome: u32, random: &mut Random) -> (String, bool) {
    let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
    let windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64";
    let mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)";
    match random.place(100) {
        0..46 => (format!("{windows}) {webkit} Chrome/{chrome}.0.0.0 Safari/537.36"), true),
        46..60 => {
            (format!("{windows}) {webkit} Chrome/{chrome}.0.0.0 Safari/537.36 Edg/{chrome}.0.0.0"), true)
        }
        60..68 => (format!("{windows}; rv:145.0) Gecko/20100101 Firefox/145.0"), false),
        68..82 => (format!("{mac} {webkit} Chrome/{chrome}.0.0.0 Safari/537.36"), true),
        82..97 => {
            (format!("{mac} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15"), false)
        }
        _ => (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0".to_owned(),
            false,
        ),
    }
}

/// A machine that walks through the shop: user agent, first address and prefix of its range, weight.
pub type Robot = (&'static str, [u8; 4], u32);

/// The robots with their weight: a search engine, a language model's crawler, a link index, a scraper.
pub const ROBOTS: [(Robot, f64); 4] = [
    (
        (
            "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.7390.122 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            [66, 249, 66, 0],
            25,
        ),
        45.0,
    ),
    (
        (
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.3; +https://openai.com/gptbot)",
            [20, 171, 206, 0],
            24,
        ),
        25.0,
    ),
    (("Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", [54, 36, 148, 0], 24), 20.0),
    (
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/141.0.0.0 Safari/537.36",
            [3, 120, 0, 0],
            14,
        ),
        10.0,
    ),
];
