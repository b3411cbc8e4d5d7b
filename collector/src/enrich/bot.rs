//! Automated clients that say, or betray, in their user agent what they are.
//!
//! One pass of an Aho-Corasick automaton over the user agent finds all tokens at once: names of known clients
//! (`data/bots.tsv`, then `data/crawlers.tsv`), words that automated clients use of themselves (many of them those of
//! the list of the npm package isbot), and words that only look like those. What stands in the place of an Android
//! device's model is not looked at: phones are called `Spider 8` and `M bot 54`.
//! What passes here is not proved human: a client that imitates a browser is not seen by its user agent.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::device::model;
use super::user_agent::truncate;

/// A generic verdict quotes at most this much of the user agent.
const REASON_BYTES_MAX: usize = 48;

/// Our own list comes first: it has the say where both know a name.
static NAMES: [&str; 2] = [include_str!("../../data/bots.tsv"), include_str!("../../data/crawlers.tsv")];

/// Words that automated clients use of themselves, and addresses, which browsers do not put in a user agent.
const WORDS: [&str; 46] = [
    "crawl",
    "spider",
    "scrape",
    "scraping",
    "slurp",
    "headless",
    "fetcher",
    "archiver",
    "indexer",
    "harvest",
    "validator",
    "checker",
    "scanner",
    "analyzer",
    "monitoring",
    "prefetch",
    "link preview",
    "http client",
    "httpclient",
    "http://",
    "https://",
    "www.",
    "compatible; +",
    "scan",
    "audit",
    "inspect",
    "detect",
    "measure",
    "transcoder",
    "proxy",
    "cloudflare",
    "optimize",
    "parser",
    "retriever",
    "grabber",
    "classifier",
    "linkcheck",
    "pagespeed",
    "securityheaders",
    "synthetic",
    "research",
    "discovery",
    "feed",
    "[at]",
    "(at)",
    ADDRESS,
];

/// Endings of names. Within a word they are chance: `Bottega/3.2`, `Caboto`.
const ENDINGS: [&str; 2] = ["bot", "bots"];

/// The mark of an e-mail address, which must not get into the reason.
const ADDRESS: &str = "@";

/// Devices, apps and components that contain one of [`WORDS`] or [`ENDINGS`].
const HARMLESS: [&str; 15] = [
    "cubot",
    "camscan",
    "qrscan",
    "ecosia android@",
    "ecosia ios@",
    "proxyless",
    "speedmode; proxy",
    "wap proxy",
    "@calendar=",
    "/cubot",
    "botim",
    "abbott",
    "http://bsalsa.com",
    "http://www.bsalsa.com",
    "http://www.abolimba.de",
];

/// Marks of feature phones and of clients that browsers on the web are among although they name no system in
/// parentheses.
const BARE_BROWSERS: [&str; 14] = [
    "midp",
    "up.browser",
    "up.link",
    "opera",
    "ucweb",
    "blackberry",
    "ucbrowser",
    "docomo",
    "netfront",
    "obigo",
    "wap-browser",
    "wap browser",
    ";maui/",
    "playbook",
];

/// Engines of browsers. Some clients leave the parentheses out, of their system and of `KHTML, like Gecko` alike.
const ENGINES: [&str; 6] = ["applewebkit", "applelwebkit", "chromium", "gecko/", "khtml", "presto/"];

/// Systems that browsers run on. A user agent that names none of them is no browser's.
const SYSTEMS: [&str; 44] = [
    "windows",
    "linux",
    "mac os",
    "macintosh",
    "android",
    "x11",
    "iphone",
    "ipad",
    "ipod",
    "cros ",
    "msie",
    "mobile",
    "tizen",
    "webos",
    "web0s",
    "playstation",
    "nintendo",
    "xbox",
    "blackberry",
    "bb10",
    "symbian",
    "series",
    "nokia",
    "kaios",
    "roku",
    "vidaa",
    "hbbtv",
    "smart",
    "tv",
    "bsd",
    "sunos",
    "haiku",
    "os/2",
    "amiga",
    "palm",
    "ios",
    "bada",
    "brew",
    "kindle",
    "samsung",
    "openharmony",
    "harmonyos",
    "crkey",
    "risc os",
];

/// An automated client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bot {
    /// `search_engine`, `ai_crawler`, `seo`, `monitoring`, `social_preview`, `feed_reader`, `http_library`,
    /// `browser_automation`, `email_scanner`, `security_scanner`, `advertising`, `archiver`, `crawler` (of another or
    /// no known purpose) or `unknown`.
    pub kind: &'static str,
    /// The known name, the part of the user agent that gave it away, or `address_in_user_agent`,
    /// `bare_user_agent` (no system in it) or `empty_user_agent`.
    pub reason: Box<str>,
}

#[derive(Clone, Copy)]
enum Token {
    Name { name: &'static str, kind: &'static str, at_start: bool },
    Word,
    Ending,
    Harmless,
    BareBrowser,
    Engine,
    System,
}

struct Matcher {
    automaton: AhoCorasick,
    /// By pattern, in the order of the patterns.
    tokens: Vec<Token>,
}

static MATCHER: LazyLock<Matcher> = LazyLock::new(Matcher::new);

impl Matcher {
    fn new() -> Self {
        let mut patterns = Vec::new();
        let mut tokens = Vec::new();
        for (token, kind) in names() {
            let (name, at_start) = token.strip_prefix('^').map_or((token, false), |name| (name, true));
            patterns.push(name);
            tokens.push(Token::Name { name, kind, at_start });
        }
        let lists: [(&[&'static str], Token); 6] = [
            (&WORDS, Token::Word),
            (&ENDINGS, Token::Ending),
            (&HARMLESS, Token::Harmless),
            (&BARE_BROWSERS, Token::BareBrowser),
            (&ENGINES, Token::Engine),
            (&SYSTEMS, Token::System),
        ];
        for (list, token) in lists {
            patterns.extend(list);
            tokens.resize(patterns.len(), token);
        }
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .build(patterns)
            .expect("a few hundred short tokens fit an automaton");
        Self { automaton, tokens }
    }
}

/// The lines of the data files.
fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    NAMES
        .iter()
        .flat_map(|list| list.lines())
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
}

/// Whether `user_agent` is that of an automated client.
///
/// `from_app` says that the event comes from a mobile app. Apps send through HTTP libraries and name themselves
/// as they like, so that only names of crawlers count then, neither libraries nor mere words.
pub fn detect(user_agent: &str, from_app: bool) -> Option<Bot> {
    let user_agent = truncate(user_agent.trim());
    if user_agent.is_empty() || user_agent == "-" {
        return (!from_app).then(|| bot("unknown", "empty_user_agent"));
    }
    let found = search(user_agent, from_app);
    if let Some((name, kind)) = found.name {
        return Some(bot(kind, name));
    }
    if from_app {
        return None;
    }
    if let Some((start, end)) = found.word {
        let reason = if &user_agent[start..end] == ADDRESS {
            "address_in_user_agent"
        } else {
            surrounding_word(user_agent, start, end)
        };
        return Some(bot("crawler", reason));
    }
    // A browser names its system, in parentheses or beside its engine.
    let browser = found.bare_browser || (found.system && (found.engine || user_agent.contains('(')));
    (!browser).then(|| bot("unknown", "bare_user_agent"))
}

fn bot(kind: &'static str, reason: &str) -> Bot {
    Bot { kind, reason: reason.into() }
}

#[derive(Default)]
struct Found {
    /// Name and kind of the first name in the order of the list.
    name: Option<(&'static str, &'static str)>,
    /// Where the first word stands that is not part of a harmless one.
    word: Option<(usize, usize)>,
    bare_browser: bool,
    engine: bool,
    system: bool,
}

fn search(user_agent: &str, from_app: bool) -> Found {
    let mut found = Found::default();
    let mut first_name = usize::MAX;
    let mut words = Vec::new();
    let mut harmless: Vec<(usize, usize)> = model::android(user_agent)
        .map(|model| (model.start, model.start + model.name.len()))
        .into_iter()
        .collect();
    let device = harmless.first().copied().unwrap_or_default();
    for hit in MATCHER.automaton.find_overlapping_iter(user_agent) {
        let pattern = hit.pattern().as_usize();
        match MATCHER.tokens[pattern] {
            Token::Name { name, kind, at_start } => {
                let elsewhere =
                    (at_start && hit.start() > 0) || (device.0 <= hit.start() && hit.end() <= device.1);
                let own_library = from_app && kind == "http_library";
                if !elsewhere && !own_library && pattern < first_name {
                    first_name = pattern;
                    found.name = Some((name, kind));
                }
            }
            Token::Ending if user_agent[hit.end()..].starts_with(char::is_alphabetic) => {}
            Token::Word | Token::Ending => words.push((hit.start(), hit.end())),
            Token::Harmless => harmless.push((hit.start(), hit.end())),
            Token::BareBrowser => found.bare_browser = true,
            Token::Engine => found.engine = true,
            Token::System => found.system = true,
        }
    }
    found.word =
        words.into_iter().find(|word| !harmless.iter().any(|outer| outer.0 <= word.0 && word.1 <= outer.1));
    found
}

/// The product or address around a hit, so that the reason names the client: `AcmeBot` for `bot`.
fn surrounding_word(user_agent: &str, start: usize, end: usize) -> &str {
    let inside = |character: char| character.is_ascii_alphanumeric() || "-_.:/".contains(character);
    let head = &user_agent[..start];
    let start = head.len() - head.chars().rev().take_while(|&c| inside(c)).count();
    let tail = &user_agent[end..];
    let end = end + tail.chars().take_while(|&c| inside(c)).count();
    let end = end.min(start + REASON_BYTES_MAX);
    &user_agent[start..user_agent.floor_char_boundary(end)]
}

#[cfg(test)]
mod tests;
