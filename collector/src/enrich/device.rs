//! Device, browser and operating system, from the user agent.
//!
//! A table of words (`tokens.rs`) in one Aho-Corasick pass names what imitates others: brands built on Chrome,
//! browsers inside apps, tablets, televisions, consoles. woothee answers for the plain browsers that are left.
//!
//! Versions that browsers froze are left empty, because they are the same on every machine: `Windows NT 10.0`
//! (10 and 11), `Mac OS X 10_15` (all since Catalina), Chrome's `Android 10; K`, and `WebKit`'s
//! `iPhone OS 18_6` and `18_7` from Safari 26 on. An iPad that asks for desktop pages cannot be told from a Mac by its user agent.

mod brands;
pub(in crate::enrich) mod model;
mod tokens;

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use tokens::{BROWSERS, DEVICES, SYSTEMS};
use woothee::parser::{Parser, WootheeResult};

use super::user_agent::truncate;

/// A longer run of digits after a browser's name is a build, not a major version.
const MAJOR_VERSION_DIGITS_MAX: usize = 4;

/// From this major version of Safari on, the version of iOS in the user agent is frozen …
const SAFARI_FROZEN_SINCE: u32 = 26;

/// … at this major version.
const IOS_FROZEN_AT: &str = "18";

/// A device and what runs on it. What the user agent does not tell is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// `desktop`, `smartphone`, `tablet`, `tv`, `console` or `wearable`.
    pub class: Box<str>,
    /// Maker.
    pub brand: Box<str>,
    /// Model, as the user agent spells it.
    pub model: Box<str>,
    /// Browser, or the app whose embedded browser it is.
    pub browser: Box<str>,
    /// Major version of the browser or app.
    pub browser_version: Box<str>,
    /// Operating system.
    pub os: Box<str>,
    /// Version of the operating system: major, and minor where the user agent gives it.
    pub os_version: Box<str>,
}

/// Parses a user agent. Never fails: what is not understood stays empty.
pub fn parse(user_agent: &str) -> Device {
    let user_agent = truncate(user_agent.trim());
    if user_agent.is_empty() {
        return Device::default();
    }
    let signs = Signs::find(user_agent);
    let woothee = Parser::new().parse(user_agent).unwrap_or_default();
    let (os, os_version) = system(user_agent, &signs, &woothee);
    let (browser, browser_version) = browser(user_agent, os, &signs, &woothee);
    let (class, brand, model) = hardware(user_agent, os, &signs, &woothee);
    Device {
        class: class.into(),
        brand: brand.into(),
        model: model.into(),
        browser: browser.into(),
        browser_version: browser_version.into(),
        os: os.into(),
        os_version: os_version.into(),
    }
}

/// The first line of each table that matches: its index, and where the match ends.
#[derive(Default)]
struct Signs {
    browser: Option<(usize, usize)>,
    system: Option<(usize, usize)>,
    device: Option<(usize, usize)>,
}

static AUTOMATON: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let browsers = BROWSERS.iter().map(|line| line.0);
    let systems = SYSTEMS.iter().map(|line| line.0);
    let devices = DEVICES.iter().map(|line| line.0);
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .build(browsers.chain(systems).chain(devices))
        .expect("a few hundred short tokens fit an automaton")
});

impl Signs {
    fn find(user_agent: &str) -> Self {
        let mut signs = Self::default();
        for hit in AUTOMATON.find_overlapping_iter(user_agent) {
            let pattern = hit.pattern().as_usize();
            let (sign, index) = if pattern < BROWSERS.len() {
                (&mut signs.browser, pattern)
            } else if pattern < BROWSERS.len() + SYSTEMS.len() {
                (&mut signs.system, pattern - BROWSERS.len())
            } else {
                (&mut signs.device, pattern - BROWSERS.len() - SYSTEMS.len())
            };
            if sign.is_none_or(|(first, _)| index < first) {
                *sign = Some((index, hit.end()));
            }
        }
        signs
    }
}

impl Signs {
    /// The device table knows a computer that runs Android, as a Chromebook does.
    fn says_desktop(&self) -> bool {
        self.device
            .is_some_and(|(index, _)| DEVICES[index].3 == "Chromebook" || DEVICES[index].3 == "Pixelbook")
    }
}

fn system(user_agent: &str, signs: &Signs, woothee: &WootheeResult<'_>) -> (&'static str, String) {
    if let Some((name, version)) = darwin(user_agent) {
        return (name, version);
    }
    let Some((index, end)) = signs.system else {
        return (woothee_system(woothee.os), String::new());
    };
    let (_, name, versioned) = SYSTEMS[index];
    let version = match name {
        "Windows" => windows_version(user_agent).to_owned(),
        "iOS" | "iPadOS" => ios_version(user_agent),
        _ if versioned => version_after(user_agent, end),
        _ => String::new(),
    };
    let frozen = match name {
        "macOS" => version == "10.15" || version == "10.16",
        "Android" => version == "10" && user_agent.contains("Android 10; K)"),
        _ => false,
    };
    (name, if frozen { String::new() } else { version })
}

/// Apps of Apple's systems that use the system's HTTP client name the kernel only: `Darwin/23.6.0`.
fn darwin(user_agent: &str) -> Option<(&'static str, String)> {
    let (before, after) = user_agent.split_once("Darwin/")?;
    if before.contains('(') || after.contains("watchOS") {
        return None;
    }
    if ["x86_64", "i386", "(Mac", "(iMac"].iter().any(|mac| after.contains(mac)) || before.contains("Mac") {
        return Some(("macOS", String::new()));
    }
    // Darwin 10 to 24 belong to iOS 4 to 18; since Darwin 25 (iOS 26) the two go together again by one more.
    let version = match leading_digits(after).parse::<u32>() {
        Ok(kernel @ 10..=24) => (kernel - 6).to_string(),
        Ok(kernel @ 25..=99) => (kernel + 1).to_string(),
        _ => String::new(),
    };
    Some(("iOS", version))
}

fn woothee_system(name: &str) -> &'static str {
    match name {
        "Mac OS Classic" => "Mac OS",
        "Windows CE" => "Windows CE",
        "BSD" => "BSD",
        "SymbianOS" => "Symbian",
        "Firefox OS" => "Firefox OS",
        _ => "",
    }
}

fn windows_version(user_agent: &str) -> &'static str {
    let Some((_, after)) = user_agent.split_once("Windows NT ") else { return "" };
    let number = after.split(|c: char| !(c.is_ascii_digit() || c == '.')).next().unwrap_or_default();
    match number {
        "6.3" => "8.1",
        "6.2" => "8",
        "6.1" => "7",
        "6.0" => "Vista",
        "5.1" | "5.2" => "XP",
        "5.0" => "2000",
        _ => "",
    }
}

fn ios_version(user_agent: &str) -> String {
    let after = |mark: &str| {
        user_agent.find(mark).map(|at| version_after(user_agent, at + mark.len())).unwrap_or_default()
    };
    let system = after(" OS ");
    if !system.is_empty() && !is_frozen_ios(user_agent, &system) {
        return system;
    }
    // Apps append the version themselves: `(iPhone14,5; iOS 26_1; …)`, `FBSV/26.1`.
    let app = after("; iOS ");
    if app.is_empty() { after("FBSV/") } else { app }
}

/// Whether `WebKit` says this version on every newer system too. Chrome and Firefox say the true one.
fn is_frozen_ios(user_agent: &str, version: &str) -> bool {
    match user_agent.split_once("Version/") {
        Some((_, safari)) => {
            leading_digits(version) == IOS_FROZEN_AT
                && leading_digits(safari).parse::<u32>().is_ok_and(|major| major >= SAFARI_FROZEN_SINCE)
        }
        None => matches!(version, "18.6" | "18.7") && !user_agent.contains("Safari/"),
    }
}

fn browser(user_agent: &str, os: &str, signs: &Signs, woothee: &WootheeResult<'_>) -> (&'static str, String) {
    if let Some((index, end)) = signs.browser {
        return (BROWSERS[index].1, major_version_after(user_agent, end));
    }
    let after = |mark: &str| user_agent.find(mark).map(|at| major_version_after(user_agent, at + mark.len()));
    if matches!(os, "Android" | "HarmonyOS") && !user_agent.contains("Firefox/") {
        if let Some(version) = after("Chrome/") {
            let web_view = user_agent.contains("; wv)") || user_agent.contains("Version/4.0 Chrome/");
            return (if web_view { "Android WebView" } else { "Chrome" }, version);
        }
        return match after("Version/") {
            Some(version) if user_agent.contains("Safari") => ("Android Browser", version),
            _ => ("", String::new()),
        };
    }
    let name = match woothee.name {
        "Chrome" => "Chrome",
        "Safari" if os == "BlackBerry OS" => "BlackBerry Browser",
        "Safari" => "Safari",
        "Firefox" => "Firefox",
        "Internet Explorer" => "Internet Explorer",
        "Opera" => "Opera",
        "Sleipnir" => "Sleipnir",
        "Webview" => return ("iOS WebView", String::new()),
        _ => return ("", String::new()),
    };
    let version = major_version(woothee.version);
    let version = if version.is_empty() { after("Version/").unwrap_or_default() } else { version.to_owned() };
    (name, version)
}

fn hardware<'a>(
    user_agent: &'a str,
    os: &str,
    signs: &Signs,
    woothee: &WootheeResult<'_>,
) -> (&'static str, &'static str, &'a str) {
    let (class, brand, model) = signs.device.map_or(("", "", ""), |(index, _)| {
        let (_, class, brand, model) = DEVICES[index];
        (class, brand, model)
    });
    if matches!(os, "Android" | "HarmonyOS") {
        let found = model::android(user_agent).map_or("", |found| found.name);
        let class = if matches!(class, "" | "desktop" | "smartphone") && !signs.says_desktop() {
            model::class(user_agent, found, class == "smartphone")
        } else {
            class
        };
        let brand = if brand.is_empty() { model::brand(found) } else { brand };
        return (class, brand, if model.is_empty() { found } else { model });
    }
    if os == "iOS" && class.is_empty() {
        return ("smartphone", "Apple", "");
    }
    if os == "macOS" {
        return (if class.is_empty() { "desktop" } else { class }, "Apple", model);
    }
    let class = match (class, woothee.category) {
        ("", "pc") => "desktop",
        ("", "mobilephone" | "smartphone") => "smartphone",
        ("", "appliance") => "console",
        _ => class,
    };
    (class, brand, model)
}

/// `17.5` from `17_5_1`, one separator before it allowed.
fn version_after(user_agent: &str, end: usize) -> String {
    let rest = user_agent[end..].strip_prefix([' ', '/', ':']).unwrap_or(&user_agent[end..]);
    let major = leading_digits(rest);
    let minor = rest[major.len()..].strip_prefix(['.', '_']).map_or("", leading_digits);
    match (major.len(), minor.len()) {
        (1..=MAJOR_VERSION_DIGITS_MAX, 1..=MAJOR_VERSION_DIGITS_MAX) => format!("{major}.{minor}"),
        (1..=MAJOR_VERSION_DIGITS_MAX, _) => major.to_owned(),
        _ => String::new(),
    }
}

fn major_version_after(user_agent: &str, end: usize) -> String {
    let rest = &user_agent[end..];
    major_version(rest.strip_prefix(['/', ' ']).unwrap_or(rest)).to_owned()
}

fn major_version(version: &str) -> &str {
    let major = leading_digits(version);
    if major.len() > MAJOR_VERSION_DIGITS_MAX { "" } else { major }
}

fn leading_digits(text: &str) -> &str {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests;
