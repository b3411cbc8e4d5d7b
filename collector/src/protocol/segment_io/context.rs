//! What surrounds a message: the page, the device, the app, the campaign, and who sent it.

use std::borrow::Cow;
use std::net::IpAddr;

use super::{Sender, each_said, text};
use crate::event::address;
use crate::event::builder::EventBuilder;
use crate::event::context;
use crate::event::identifier;
use crate::event::language;
use crate::event::value::Value;
use crate::event::{Behalf, TEXT_BYTES_MAX, TITLE_BYTES_MAX, URL_BYTES_MAX, truncate};

/// Libraries that run on servers: their connection says nothing of the person.
const SERVER_LIBRARIES: [&str; 10] = [
    "@segment/analytics-node",
    "analytics-node",
    "analytics-python",
    "analytics-ruby",
    "analytics-go",
    "analytics-java",
    "analytics-php",
    "analytics.net",
    "analytics-rust",
    "analytics-elixir",
];

/// Parts of the names of libraries that run where the person is.
const CLIENT_LIBRARIES: [&str; 9] = [
    "analytics.js",
    "analytics-kotlin",
    "analytics-swift",
    "analytics-ios",
    "analytics-android",
    "analytics-react-native",
    "analytics-flutter",
    "rudderlabs",
    "rudder-",
];

/// Libraries that write `sentAt` when they close a queue's file or first try to send it, and keep it for every later
/// attempt, hours later maybe: it says nothing of their clock when it is in the past.
/// Source: analytics-kotlin, analytics-swift, rudder-sdk-node (whose library is called `analytics-node`).
const STALE_LIBRARIES: [&str; 3] = ["analytics-kotlin", "analytics-swift", "analytics-node"];

/// What the web SDK of RudderStack calls the app that it runs in: itself.
const RUDDER_WEB_APP: &str = "RudderLabs JavaScript SDK";

/// The contexts of a batch and of a message, the latter on top. What it does not say is empty.
#[derive(Debug, Default)]
pub struct Surroundings<'a> {
    /// The page's address, path, referrer and title.
    pub page: Page<'a>,
    /// `context.traits`.
    pub traits: Option<Value<'a>>,
    /// RudderStack's `context.sessionId`.
    pub session: Option<Cow<'a, str>>,
    /// `context.groupId`.
    pub group: Option<Cow<'a, str>>,
    address: Option<IpAddr>,
    user_agent: Option<Cow<'a, str>>,
    library: Cow<'a, str>,
    library_version: Cow<'a, str>,
    app_name: Cow<'a, str>,
    app_namespace: Cow<'a, str>,
    has_device: bool,
    /// High-entropy client hints, which say more than a user agent whose version browsers have frozen.
    hints: Hints<'a>,
}

/// A page, as `context.page` or the properties of a page call describe it.
#[derive(Debug, Default)]
pub struct Page<'a> {
    url: Option<Cow<'a, str>>,
    path: Option<Cow<'a, str>>,
    referrer: Option<Cow<'a, str>>,
    title: Option<Cow<'a, str>>,
}

#[derive(Debug, Default)]
struct Hints<'a> {
    platform: Cow<'a, str>,
    platform_version: Cow<'a, str>,
    model: Cow<'a, str>,
}

impl<'a> Page<'a> {
    /// Takes a field; returns whether it is the page's.
    pub fn set(&mut self, key: &str, value: Value<'a>) -> bool {
        let field = match key {
            "url" => &mut self.url,
            "path" => &mut self.path,
            "referrer" => &mut self.referrer,
            "title" => &mut self.title,
            // Parts of the others, and RudderStack's copies of them.
            "search" | "referring_domain" | "tab_url" => return true,
            _ => return false,
        };
        // RudderStack writes `$direct` for no referrer.
        *field = text(value).filter(|text| text != "$direct").or(field.take());
        true
    }

    /// What another page says, and otherwise what this one does.
    pub fn replace_by(&mut self, other: Self) {
        self.url = other.url.or(self.url.take());
        self.path = other.path.or(self.path.take());
        self.referrer = other.referrer.or(self.referrer.take());
        self.title = other.title.or(self.title.take());
    }

    /// Writes the page down. An address that is none is passed over; without one, the path stands in for it.
    pub fn write(&mut self, builder: &mut EventBuilder<'a>) {
        let candidates = [self.url.take(), self.path.take()];
        let is_address = |url: &Cow<'_, str>| address::parse(Cow::Borrowed(url)).is_ok();
        if let Some(url) = candidates.into_iter().flatten().find(is_address) {
            builder.url = url;
        }
        if let Some(referrer) = self.referrer.take() {
            builder.row.referrer = truncate(referrer, URL_BYTES_MAX);
        }
        if let Some(title) = self.title.take() {
            builder.row.title = truncate(title, TITLE_BYTES_MAX);
        }
    }
}

impl<'a> Surroundings<'a> {
    /// Reads a context object; what it says replaces what was said before.
    pub fn read(&mut self, context: &Value<'a>, builder: &mut EventBuilder<'a>) {
        each_said(context, |key, value| self.set(&key, value, builder));
    }

    fn set(&mut self, key: &str, value: Value<'a>, builder: &mut EventBuilder<'a>) {
        let row = &mut builder.row;
        match key {
            "ip" => self.address = context::address(value).ok().flatten().or(self.address),
            "userAgent" => self.user_agent = text(value).or(self.user_agent.take()),
            "locale" => row.language = text(value).map(language::canonical).unwrap_or_default(),
            "timezone" => row.timezone = short(value),
            "traits" => self.traits = Some(value),
            "sessionId" => self.session = identifier::read(value),
            "groupId" => self.group = text(value),
            "page" => each_said(&value, |key, value| {
                self.page.set(&key, value);
            }),
            "library" => each_said(&value, |key, value| match &*key {
                "name" => self.library = short(value),
                "version" => self.library_version = short(value),
                _ => {}
            }),
            "campaign" => each_said(&value, |key, value| match &*key {
                "source" => row.utm_source = short(value),
                "medium" => row.utm_medium = short(value),
                "name" => row.utm_campaign = short(value),
                "term" => row.utm_term = short(value),
                "content" => row.utm_content = short(value),
                _ => {}
            }),
            "app" => self.set_app(&value, builder),
            "device" => self.set_device(&value, builder),
            "os" => each_said(&value, |key, value| match &*key {
                "name" => row.os = short(value),
                "version" => row.os_version = short(value),
                _ => {}
            }),
            "network" => row.network = network(&value),
            "screen" => each_said(&value, |key, value| match &*key {
                "width" => row.screen_width = pixels(&value),
                "height" => row.screen_height = pixels(&value),
                _ => {}
            }),
            "userAgentData" => each_said(&value, |key, value| match &*key {
                "platform" => self.hints.platform = short(value),
                "platformVersion" => self.hints.platform_version = short(value),
                "model" => self.hints.model = short(value),
                _ => {}
            }),
            _ => {}
        }
    }

    fn set_app(&mut self, value: &Value<'a>, builder: &mut EventBuilder<'a>) {
        each_said(value, |key, value| match &*key {
            "name" => self.app_name = short(value),
            "namespace" => self.app_namespace = short(value),
            "version" => builder.row.app_version = short(value),
            "build" => builder.row.app_build = short(value),
            _ => {}
        });
        if self.app_name == RUDDER_WEB_APP {
            self.app_name = Cow::Borrowed("");
            self.app_namespace = Cow::Borrowed("");
            (builder.row.app_version, builder.row.app_build) = (Cow::Borrowed(""), Cow::Borrowed(""));
        }
    }

    fn set_device(&mut self, value: &Value<'a>, builder: &mut EventBuilder<'a>) {
        let row = &mut builder.row;
        let mut platform = Cow::Borrowed("");
        each_said(value, |key, value| match &*key {
            "manufacturer" => row.device_brand = short(value),
            "model" => row.device_model = short(value),
            "type" => platform = short(value),
            // `id`, `advertisingId`, `name` ("Mario's iPhone") and `token` name a person's device.
            _ => {}
        });
        self.has_device = true;
        row.device_class = Cow::Borrowed(device_class(&platform, &row.device_model));
    }

    /// The message was sent by a server, which speaks for the person. `channel` is RudderStack's, or what callers of
    /// the HTTP API say themselves.
    fn is_server(&self, channel: &str, sender: &Sender<'_>) -> bool {
        let library = self.library.to_lowercase();
        if channel == "server" || SERVER_LIBRARIES.contains(&&*library) {
            return true;
        }
        let from_client = sender.from_page
            || is_browser(sender.user_agent)
            || self.has_device
            || !self.app_name.is_empty()
            || CLIENT_LIBRARIES.iter().any(|part| library.contains(part));
        !from_client
    }

    /// Whether `sentAt` may be that of an earlier attempt.
    pub fn has_stale_clock(&self) -> bool {
        STALE_LIBRARIES.iter().any(|library| self.library.eq_ignore_ascii_case(library))
    }

    /// Writes down what is left, and for whom the message speaks: for the person whose address and user agent it
    /// names; otherwise, unless a server sent it, for whoever sent it.
    pub fn write(mut self, channel: &str, sender: &Sender<'a>, builder: &mut EventBuilder<'a>) {
        let is_server = self.is_server(channel, sender);
        let own_agent = match (is_server, is_browser(sender.user_agent) || sender.from_page) {
            (true, _) => None,
            // An SDK's HTTP library says nothing of the device, and is no bot.
            (false, false) => Some(""),
            (false, true) => Some(sender.user_agent),
        };
        builder.context.speak_for(Behalf {
            address: self.address.or((!is_server).then_some(sender.address)),
            user_agent: self.user_agent.take().or(own_agent.map(Cow::Borrowed)),
            touch_points: None,
            hints: None,
        });
        self.take_hints(builder);
        let row = &mut builder.row;
        row.app_name = if self.app_name.is_empty() { self.app_namespace } else { self.app_name };
        row.sdk = match (self.library, self.library_version) {
            (name, version) if version.is_empty() => name,
            (name, version) => Cow::Owned(format!("{name}/{version}")),
        };
    }

    fn take_hints(&mut self, builder: &mut EventBuilder<'a>) {
        let row = &mut builder.row;
        let Hints { platform, platform_version, model } = std::mem::take(&mut self.hints);
        if row.device_model.is_empty() {
            row.device_model = model;
        }
        if row.os.is_empty() && !platform_version.is_empty() {
            let major = platform_version.split('.').next().and_then(|major| major.parse::<u32>().ok());
            row.os_version = match (&*platform, major) {
                // learn.microsoft.com, "Detect Windows 11 using User-Agent Client Hints".
                ("Windows", Some(13..)) => Cow::Borrowed("11"),
                ("Windows", Some(1..)) => Cow::Borrowed("10"),
                ("Windows", _) => return,
                _ => platform_version,
            };
            row.os = platform;
        }
    }
}

fn is_browser(user_agent: &str) -> bool {
    user_agent.starts_with("Mozilla/") || user_agent.starts_with("Opera/")
}

fn short(value: Value) -> Cow<str> {
    truncate(text(value).unwrap_or_default(), TEXT_BYTES_MAX)
}

fn pixels(value: &Value) -> u16 {
    let pixels = value.whole("", u32::MAX).ok().flatten().unwrap_or_default();
    u16::try_from(pixels).unwrap_or(u16::MAX)
}

/// The network that is in use: SDKs list all with true or false.
fn network<'a>(value: &Value<'a>) -> Cow<'a, str> {
    const NAMES: [&str; 3] = ["wifi", "cellular", "bluetooth"];
    let mut used = [false; 3];
    each_said(value, |key, value| {
        if let Some(place) = NAMES.iter().position(|name| *name == key) {
            used[place] = value == Value::Bool(true);
        }
    });
    let name = NAMES.into_iter().zip(used).find(|(_, used)| *used).map_or("", |(name, _)| name);
    Cow::Borrowed(name)
}

/// The class of a device from its model, or from the platform that SDKs call its type. Android says neither phone
/// nor tablet; there the user agent does.
fn device_class(platform: &str, model: &str) -> &'static str {
    const MODELS: [(&str, &str); 5] = [
        ("iPhone", "smartphone"),
        ("iPad", "tablet"),
        ("AppleTV", "tv"),
        ("Watch", "wearable"),
        ("Mac", "desktop"),
    ];
    const PLATFORMS: [(&str, &str); 5] = [
        ("tablet", "tablet"),
        ("tvos", "tv"),
        ("watchos", "wearable"),
        ("macos", "desktop"),
        ("mobile", "smartphone"),
    ];
    let by_model = MODELS.iter().find(|(start, _)| model.starts_with(start));
    let by_platform = || PLATFORMS.iter().find(|(name, _)| platform.eq_ignore_ascii_case(name));
    by_model.or_else(by_platform).map_or("", |(_, class)| *class)
}
