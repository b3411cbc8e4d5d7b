//! The browsers of the load: their user agents, screens, addresses, and the headers that they send.

use crate::random::mix;

/// Phones that name themselves.
const ANDROID_MODELS: [&str; 8] =
    ["SM-S921B", "SM-A546B", "Pixel 8", "Pixel 7a", "2201117TG", "CPH2481", "M2101K6G", "XT2343-1"];
const LANGUAGES: [&str; 6] = ["it-IT", "it-IT", "it-IT", "de-DE", "en-GB", "fr-FR"];

/// A browser and where it is.
#[derive(Debug)]
pub struct Browser {
    /// Its number.
    pub number: u64,
    /// The header `User-Agent`.
    pub user_agent: String,
    /// The header `X-Forwarded-For`.
    pub address: String,
    /// As `navigator.language` has it.
    pub language: &'static str,
    /// Of the screen, in CSS pixels.
    pub width: u32,
    /// Of the screen, in CSS pixels.
    pub height: u32,
    /// `navigator.maxTouchPoints`.
    pub touch_points: u32,
    /// Major version, when it is of the Chromium family, which tells about itself in headers of its own.
    chromium: Option<u64>,
    platform: &'static str,
}

impl Browser {
    /// Browser `number`: the same in every run, different from the others.
    pub fn of(number: u64) -> Self {
        let random = mix(number);
        let (kind, nth) = (number % 8, number / 8);
        let (version, patch) = (120 + nth % 25, nth / 25);
        // The two kinds of each phone count on after each other.
        let phone_nth = nth * 2 + number % 2;
        let model = ANDROID_MODELS[(phone_nth % 8) as usize];
        let (release, build) = (phone_nth % 4, 100 + phone_nth);
        let chromium = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/";
        let windows = "Windows NT 10.0; Win64; x64";
        let (user_agent, platform) = match kind {
            0 | 1 => (
                format!(
                    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_{release} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like \
                     Gecko) Version/18.{release} Mobile/15E{build} Safari/604.1"
                ),
                "iOS",
            ),
            2 | 3 => (
                format!(
                    "Mozilla/5.0 (Linux; Android 1{release}; {model}) {chromium}{}.0.0.0 Mobile Safari/537.36",
                    120 + phone_nth % 25
                ),
                "Android",
            ),
            4 => {
                (format!("Mozilla/5.0 ({windows}) {chromium}{version}.0.{patch}.0 Safari/537.36"), "Windows")
            }
            5 => (
                format!(
                    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {chromium}{version}.0.{patch}.0 Safari/537.36"
                ),
                "macOS",
            ),
            6 => (
                format!(
                    "Mozilla/5.0 ({windows}; rv:{version}.{patch}) Gecko/20100101 Firefox/{version}.{patch}"
                ),
                "Windows",
            ),
            _ => (
                format!(
                    "Mozilla/5.0 ({windows}) {chromium}{version}.0.0.0 Safari/537.36 Edg/{version}.0.{patch}.0"
                ),
                "Windows",
            ),
        };
        let phone = kind < 4;
        let (width, height) = if phone { (390 + 3 * (random % 8) as u32, 844) } else { (1_440, 900) };
        Self {
            number,
            user_agent,
            address: format!(
                "{}.{}.{}.{}",
                79 + random % 3,
                random >> 8 & 0xff,
                random >> 16 & 0xff,
                1 + random % 250
            ),
            language: LANGUAGES[(random % LANGUAGES.len() as u64) as usize],
            width,
            height,
            touch_points: if phone { 5 } else { 0 },
            chromium: matches!(kind, 2..=5 | 7).then_some(version),
            platform,
        }
    }

    /// The head of the SDK's `fetch`, as a browser sends it through a proxy that says for whom.
    pub fn post(&self, path: &str, body_bytes: usize) -> String {
        let hints = self.client_hints();
        let Self { user_agent, address, .. } = self;
        format!(
            "POST {path} HTTP/1.1\r\nHost: collect.example\r\nConnection: keep-alive\r\nContent-Length: {body_bytes}\r\n\
             {hints}User-Agent: {user_agent}\r\nContent-Type: text/plain;charset=UTF-8\r\nAccept: */*\r\n\
             Origin: https://bottega.example\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: cors\r\n\
             Sec-Fetch-Dest: empty\r\nReferer: https://bottega.example/\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n\
             Accept-Language: {},en;q=0.8\r\nX-Forwarded-For: {address}\r\nX-Forwarded-Proto: https\r\n\r\n",
            self.language
        )
    }

    /// The request of an image in a page.
    pub fn image(&self, path: &str) -> String {
        let hints = self.client_hints();
        let Self { user_agent, address, .. } = self;
        format!(
            "GET {path} HTTP/1.1\r\nHost: collect.example\r\nConnection: keep-alive\r\n{hints}User-Agent: {user_agent}\r\n\
             Accept: image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8\r\nSec-Fetch-Site: cross-site\r\n\
             Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\nReferer: https://bottega.example/\r\n\
             Accept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: {},en;q=0.8\r\n\
             X-Forwarded-For: {address}\r\nX-Forwarded-Proto: https\r\n\r\n",
            self.language
        )
    }

    fn client_hints(&self) -> String {
        let Some(version) = self.chromium else { return String::new() };
        let mobile = u8::from(self.touch_points > 0);
        format!(
            "sec-ch-ua-platform: \"{}\"\r\nsec-ch-ua: \"Chromium\";v=\"{version}\", \"Not_A Brand\";v=\"99\"\r\n\
             sec-ch-ua-mobile: ?{mobile}\r\n",
            self.platform
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::Browser;

    #[test]
    fn there_are_hundreds_of_different_browsers() {
        let browsers: Vec<Browser> = (0..400).map(Browser::of).collect();
        let user_agents: HashSet<&str> = browsers.iter().map(|browser| &*browser.user_agent).collect();
        let addresses: HashSet<&str> = browsers.iter().map(|browser| &*browser.address).collect();
        assert!(
            user_agents.len() > 350 && addresses.len() > 390,
            "{} {}",
            user_agents.len(),
            addresses.len()
        );
    }
}
