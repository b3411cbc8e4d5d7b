//! User-agent client hints: what Chromium says in headers of its own, or to the SDK's question, of what its user
//! agent no longer tells.
//!
//! Since version 101 Chromium's user agent is the same for Windows 10 and 11, for every macOS and every Android
//! device. The hints (WICG "User-Agent Client Hints") give the true ones: brands, platform and whether it is a phone
//! come with every https request; version of the platform, model and form factor only where the page's site asks for
//! them, which a collector on another host cannot, so that the SDK sends them in `context.hints`. Firefox and Safari
//! send none.

use super::device::Device;
use super::device::model;

/// Android apps that show pages, by their package, as their web views name it in `X-Requested-With`.
const PACKAGES: [(&str, &str); 48] = [
    ("com.instagram.android", "Instagram"),
    ("com.instagram.barcelona", "Threads"),
    ("com.facebook.katana", "Facebook"),
    ("com.facebook.lite", "Facebook Lite"),
    ("com.facebook.orca", "Messenger"),
    ("com.facebook.mlite", "Messenger"),
    ("com.zhiliaoapp.musically", "TikTok"),
    ("com.ss.android.ugc.trill", "TikTok"),
    ("com.ss.android.ugc.aweme", "Douyin"),
    ("com.ss.android.article.news", "Toutiao"),
    ("com.linkedin.android", "LinkedIn"),
    ("com.twitter.android", "X"),
    ("com.snapchat.android", "Snapchat"),
    ("com.pinterest", "Pinterest"),
    ("com.reddit.frontpage", "Reddit"),
    ("com.whatsapp", "WhatsApp"),
    ("com.whatsapp.w4b", "WhatsApp"),
    ("org.telegram.messenger", "Telegram"),
    ("org.telegram.messenger.web", "Telegram"),
    ("org.thunderdog.challegram", "Telegram"),
    ("com.viber.voip", "Viber"),
    ("com.tencent.mm", "WeChat"),
    ("com.tencent.mobileqq", "QQ"),
    ("jp.naver.line.android", "LINE"),
    ("com.kakao.talk", "KakaoTalk"),
    ("com.nhn.android.search", "NAVER"),
    ("com.zing.zalo", "Zalo"),
    ("com.vkontakte.android", "VK"),
    ("com.sina.weibo", "Weibo"),
    ("com.discord", "Discord"),
    ("com.slack", "Slack"),
    ("com.microsoft.teams", "Teams"),
    ("com.microsoft.office.outlook", "Outlook"),
    ("com.microsoft.bing", "Bing"),
    ("com.google.android.gm", "Gmail"),
    ("com.google.android.youtube", "YouTube"),
    ("com.google.android.googlequicksearchbox", "Google App"),
    ("com.google.android.apps.searchlite", "Google Go"),
    ("com.google.android.apps.magazines", "Google News"),
    ("com.spotify.music", "Spotify"),
    ("com.eg.android.alipaygphone", "Alipay"),
    ("com.yandex.searchapp", "Yandex App"),
    ("ru.yandex.searchplugin", "Yandex App"),
    ("com.baidu.searchbox", "Baidu App"),
    ("com.duckduckgo.mobile.android", "DuckDuckGo"),
    ("org.mozilla.focus", "Firefox Focus"),
    ("com.ecosia.android", "Ecosia"),
    ("com.ucmobile.intl", "UC Browser"),
];

/// Android screens whose shorter side has at least so many CSS pixels belong to tablets: the border that Android's
/// own resource qualifier `sw600dp` draws (developer.android.com, "Screen sizes").
pub const TABLET_SIDE_PIXELS_MIN: u16 = 600;

/// The headers that hints come in, empty where the request has none.
#[derive(Clone, Copy, Debug, Default)]
pub struct HintHeaders<'a> {
    /// `X-Requested-With`.
    pub requested_with: &'a str,
    /// `Sec-CH-UA`.
    pub brands: &'a str,
    /// `Sec-CH-UA-Full-Version-List`.
    pub full_version_list: &'a str,
    /// `Sec-CH-UA-Platform`.
    pub platform: &'a str,
    /// `Sec-CH-UA-Platform-Version`.
    pub platform_version: &'a str,
    /// `Sec-CH-UA-Model`.
    pub model: &'a str,
    /// `Sec-CH-UA-Form-Factors`.
    pub form_factors: &'a str,
    /// `Sec-CH-UA-Mobile`.
    pub mobile: &'a str,
}

/// The hints of one request or event, as they came. What was not said is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hints<'a> {
    brands: &'a str,
    platform: &'a str,
    platform_version: &'a str,
    model: &'a str,
    form_factors: &'a str,
    mobile: Option<bool>,
    package: &'a str,
    webdriver: bool,
}

/// What hints tell of a device; empty where they tell nothing that outranks the user agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hinted<'a> {
    /// As [`Device::class`].
    pub class: &'static str,
    /// As [`Device::brand`].
    pub brand: &'static str,
    /// As [`Device::model`].
    pub model: &'a str,
    /// As [`Device::browser`].
    pub browser: &'static str,
    /// As [`Device::browser_version`]; of the hinted browser.
    pub browser_version: &'a str,
    /// As [`Device::os`].
    pub os: &'static str,
    /// As [`Device::os_version`]; of the hinted system, major and minor apart, the second empty when it is 0.
    pub os_version: (&'a str, &'a str),
    /// The browser says itself that a program controls it.
    pub is_automated: bool,
}

impl<'a> Hints<'a> {
    /// The hints in a request's headers. Without brands the others do not come from a browser.
    pub fn of_headers(headers: HintHeaders<'a>) -> Self {
        let mut hints = Self { package: headers.requested_with, ..Self::default() };
        if !headers.brands.is_empty() {
            let full = headers.full_version_list;
            hints.brands = if full.is_empty() { headers.brands } else { full };
            hints.platform = unquoted(headers.platform);
            hints.platform_version = unquoted(headers.platform_version);
            hints.model = unquoted(headers.model);
            hints.form_factors = headers.form_factors;
            hints.mobile = match headers.mobile {
                "?1" => Some(true),
                "?0" => Some(false),
                _ => None,
            };
        }
        hints
    }

    /// The hints in `context.hints`: `platform|version|model|form factors|brands|webdriver`, where form factors and
    /// brands are separated by commas, each brand is followed by a space and its version, and webdriver is `1` in a
    /// browser under a program's control. What stands here outranks `headers`.
    pub fn of_context(text: &'a str, headers: Self) -> Self {
        let mut fields = text.split('|').map(str::trim);
        let mut next = |other: &'a str| fields.next().filter(|field| !field.is_empty()).unwrap_or(other);
        Self {
            platform: next(headers.platform),
            platform_version: next(headers.platform_version),
            model: next(headers.model),
            form_factors: next(headers.form_factors),
            brands: next(headers.brands),
            webdriver: next("") == "1",
            ..headers
        }
    }

    /// What the hints add to what the user agent said.
    pub fn merge(&self, device: &Device) -> Hinted<'a> {
        if *self == Self::default() {
            return Hinted::default();
        }
        let is_automated = self.webdriver || self.brands.contains("HeadlessChrome");
        let mut hinted = Hinted { is_automated, ..Hinted::default() };
        self.name_browser(device, &mut hinted);
        self.name_system(device, &mut hinted);
        self.name_hardware(device, &mut hinted);
        hinted
    }

    fn name_browser(&self, device: &Device, hinted: &mut Hinted<'a>) {
        if !is_imitated(&device.browser) {
            return;
        }
        if !self.package.is_empty()
            && let Some((_, app)) =
                PACKAGES.iter().find(|(package, _)| self.package.eq_ignore_ascii_case(package))
        {
            hinted.browser = app;
            return;
        }
        for (brand, version) in brands(self.brands) {
            if let Some(name) = browser_of_brand(brand) {
                (hinted.browser, hinted.browser_version) = (name, major(version));
                return;
            }
            if brand == "Google Chrome" && matches!(&*device.browser, "" | "Chromium" | "Safari") {
                (hinted.browser, hinted.browser_version) = ("Chrome", major(version));
            }
        }
    }

    fn name_system(&self, device: &Device, hinted: &mut Hinted<'a>) {
        if !is_plain_system(&device.os) {
            return;
        }
        hinted.os = match self.platform {
            "Windows" => "Windows",
            "macOS" | "Mac OS X" => "macOS",
            "Android" => "Android",
            "Chrome OS" | "Chromium OS" => "ChromeOS",
            "Linux" => "Linux",
            _ => return,
        };
        let (version, rest) = self.platform_version.split_once('.').unwrap_or((self.platform_version, ""));
        let minor = rest.split('.').next().unwrap_or_default();
        let (version, minor) = (digits(version), digits(minor));
        hinted.os_version = match hinted.os {
            "Windows" => (windows(version, minor), ""),
            "macOS" | "Android" if version != "0" => (version, if minor == "0" { "" } else { minor }),
            _ => ("", ""),
        };
    }

    fn name_hardware(&self, device: &Device, hinted: &mut Hinted<'a>) {
        let os = if hinted.os.is_empty() { &*device.os } else { hinted.os };
        if !self.model.is_empty() && self.model.len() <= model::MODEL_BYTES_MAX {
            (hinted.model, hinted.brand) = (self.model, model::brand(self.model));
        }
        // What the user agent names as something rarer stands.
        if !matches!(&*device.class, "" | "desktop" | "smartphone" | "tablet") {
            return;
        }
        let factor = |name| !self.form_factors.is_empty() && self.form_factors.contains(name);
        hinted.class = if factor("XR") || factor("Watch") {
            "wearable"
        } else if factor("Tablet") || factor("EInk") {
            "tablet"
        } else if factor("Mobile") {
            "smartphone"
        } else if factor("Desktop") && os != "Android" {
            "desktop"
        } else if os == "Android" && !hinted.model.is_empty() {
            let mobile = self.mobile.unwrap_or(&*device.class == "smartphone");
            model::class("Mozilla/5.0 Safari/", hinted.model, mobile)
        } else {
            match (os, self.mobile) {
                ("Android", Some(false)) if &*device.class != "tablet" => "tablet",
                (_, Some(true)) if &*device.class != "tablet" => "smartphone",
                _ => "",
            }
        };
    }
}

/// The browser whose hints name this brand, where it is one of its own.
fn browser_of_brand(brand: &str) -> Option<&'static str> {
    Some(match brand {
        "Microsoft Edge" => "Edge",
        "Microsoft Edge WebView2" => "Edge WebView2",
        "Opera" | "Opera GX" | "OperaMobile" => "Opera",
        "Opera Mini" => "Opera Mini",
        "Samsung Internet" => "Samsung Internet",
        "YaBrowser" | "Yandex" => "Yandex Browser",
        "Brave" => "Brave",
        "Vivaldi" => "Vivaldi",
        "DuckDuckGo" => "DuckDuckGo",
        "Whale" => "Whale",
        "Oculus Browser" => "Meta Quest Browser",
        "HuaweiBrowser" => "Huawei Browser",
        "Amazon Silk" => "Silk",
        "Ecosia" => "Ecosia",
        "CocCoc" => "Cốc Cốc",
        "Avast Secure Browser" => "Avast Secure Browser",
        "AVG Secure Browser" => "AVG Secure Browser",
        "Norton Private Browser" => "Norton Browser",
        "Android WebView" => "Android WebView",
        _ => return None,
    })
}

/// Browsers that others imitate in their user agents.
fn is_imitated(browser: &str) -> bool {
    matches!(browser, "" | "Chrome" | "Chromium" | "Safari" | "Android WebView" | "Android Browser")
}

/// Systems that a user agent says only for want of a better name.
fn is_plain_system(os: &str) -> bool {
    matches!(os, "" | "Linux" | "Windows" | "macOS" | "Android" | "ChromeOS")
}

/// Brands with their versions, from `"Brand";v="1.2", …` or `Brand 1, …`.
fn brands(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let header = text.starts_with('"');
    text.split(',').map(str::trim).filter_map(move |item| {
        if header {
            let (brand, rest) = item.strip_prefix('"')?.split_once('"')?;
            Some((brand, rest.split('"').nth(1).unwrap_or_default()))
        } else {
            item.rsplit_once(' ')
        }
    })
}

fn unquoted(text: &str) -> &str {
    text.trim_matches('"')
}

fn major(version: &str) -> &str {
    digits(version.split('.').next().unwrap_or_default())
}

/// The text when it is a number of at most four digits, as all versions are.
fn digits(text: &str) -> &str {
    if text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit()) { text } else { "" }
}

/// The Windows that reports this version of its `UniversalApiContract` (learn.microsoft.com, "Detect Windows 11
/// using User-Agent Client Hints").
fn windows(major: &str, minor: &str) -> &'static str {
    match (major.parse::<u32>(), minor) {
        (Ok(0), "1") => "7",
        (Ok(0), "2") => "8",
        (Ok(0), "3") => "8.1",
        (Ok(1..=10), _) => "10",
        (Ok(13..), _) => "11",
        _ => "",
    }
}

#[cfg(test)]
mod tests;
