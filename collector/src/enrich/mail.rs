//! Whether a person opened a newsletter or followed its link, or a program did.
//!
//! | verdict | means |
//! |---|---|
//! | `human` | nothing speaks against a person |
//! | `proxy` | a mail service fetched the picture when the mail was shown: an open, but neither place nor device are the reader's |
//! | `machine` | a program: a security gateway that looks at links, Apple's Mail that loads pictures in advance |
//! | `unknown` | a client that says too little of itself |
//!
//! Most gateways call themselves Chrome, so what they do says more than their name: they are early, and they follow
//! everything. The rules are those that newsletter tools and mail security vendors describe in public (Klaviyo's
//! `Apple Privacy Open`, SendGrid's `sg_machine_open`, Mautic's bot ratio, Word to the Wise on Apple's Mail Privacy
//! Protection); the numbers lie within the range that they use.
//!
//! The memory for what one network did in the last seconds is bounded, this collector's own, and lost with a restart.
//! What has been stored is not judged again: of three links followed at once, only the third is known to be too many.

mod recent;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Mutex;

use orma_store::newsletter::{Act, Letter};

use super::bot::Bot;
use recent::Recent;

/// An open so soon after the mail was sent is no reader's. Milliseconds.
pub const OPEN_MS_MIN: i64 = 10_000;
/// A click so soon after the mail was sent is no reader's. Milliseconds.
pub const CLICK_MS_MIN: i64 = 5_000;
/// So many recipients' mails opened or followed from one network within [`SWEEP_MS`] are a gateway's.
pub const SWEEP_RECIPIENTS_MIN: usize = 5;
/// See [`SWEEP_RECIPIENTS_MIN`]. Milliseconds.
pub const SWEEP_MS: i64 = 10_000;
/// Gateways look at mails as they are delivered, under as many names as they like. What one network does with mails
/// that are older than this is a gateway's only when it has one user agent: colleagues have their own. Milliseconds.
pub const FRESH_MS: i64 = 60 * 60 * 1_000;
/// So many links of one message within [`LINKS_MS`] are no person's.
pub const LINKS_MIN: usize = 3;
/// See [`LINKS_MIN`]. Milliseconds.
pub const LINKS_MS: i64 = 10_000;
/// For so long a network that followed a link which no person sees is a machine for that message. Milliseconds.
pub const TRAP_MS: i64 = 60_000;

/// Mail services that fetch pictures for their readers, by a part of their user agent in lower case.
const PROXIES: [(&str, &str); 4] = [
    ("googleimageproxy", "gmail_proxy"),
    ("ggpht.com", "gmail_proxy"),
    ("yahoomailproxy", "yahoo_proxy"),
    ("yahoocachesystem", "yahoo_proxy"),
];

/// Desktop Outlook shows mails with a user agent of its own.
const OUTLOOK: [&str; 2] = ["ms-office", "msoffice"];

/// All that Apple's Mail Privacy Protection says of itself when it loads a mail's pictures.
const APPLE_PRIVACY: &str = "Mozilla/5.0";

/// One request for a signed address.
#[derive(Clone, Copy, Debug)]
pub struct Hit<'a> {
    /// What the token says.
    pub letter: &'a Letter<'a>,
    /// The site of the token.
    pub site: &'a str,
    /// The client's address; only its network is looked at, and not kept.
    pub address: IpAddr,
    /// The header `User-Agent`.
    pub user_agent: &'a str,
    /// What the user agent gives away.
    pub bot: Option<&'a Bot>,
    /// A header says that the page is loaded in advance.
    pub in_advance: bool,
    /// It asks for a page in a language, as browsers do of every page.
    pub like_a_browser: bool,
    /// Milliseconds since the epoch.
    pub received_at: i64,
}

/// Who it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// `human`, `proxy`, `machine` or `unknown`.
    pub verdict: &'static str,
    /// Why.
    pub reason: Cow<'static, str>,
}

impl Judgement {
    fn new(verdict: &'static str, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { verdict, reason: reason.into() }
    }

    /// Whether address and user agent are the reader's own.
    pub fn is_the_readers(&self) -> bool {
        matches!(self.verdict, "human" | "unknown")
    }
}

/// Judges, and remembers a short while.
#[derive(Debug, Default)]
pub struct MailJudge {
    recent: Mutex<Recent>,
}

impl MailJudge {
    /// Who sent a request. Each request must be asked about once.
    pub fn judge(&self, hit: &Hit<'_>) -> Judgement {
        let is_open = hit.letter.act == Act::Open;
        let lower = hit.user_agent.to_ascii_lowercase();
        if is_open && let Some((_, reason)) = PROXIES.iter().find(|(token, _)| lower.contains(token)) {
            // Shared by all readers of the service, so what its network does says nothing.
            return Judgement::new("proxy", *reason);
        }
        // Remembered whatever the name says, so that the next request is judged with it.
        let behaviour = self.behaviour(hit);
        by_name(hit, &lower)
            .or_else(|| behaviour.map(|reason| Judgement::new("machine", reason)))
            .unwrap_or_else(|| unremarkable(hit, &lower))
    }

    /// What the hits of the last seconds say about this one.
    fn behaviour(&self, hit: &Hit<'_>) -> Option<&'static str> {
        let letter = hit.letter;
        let now = hit.received_at;
        let network = network(hit.address);
        let mut recent = self.recent.lock().expect("no panic while remembering");
        let copy = recent.hash(&(hit.site, letter.campaign, letter.message, letter.recipient));
        let trap = recent.hash(&("trap", network, copy));
        if letter.act == Act::Trap {
            recent.note(trap, 0, now, TRAP_MS);
            return Some("trap");
        }
        let recipient = if letter.recipient.is_empty() { letter.message } else { letter.recipient };
        let recipient = recent.hash(&recipient);
        let is_fresh = now - letter.sent_at * 1_000 < FRESH_MS;
        let program = if is_fresh { "" } else { hit.user_agent };
        let sweep = recent.hash(&("sweep", hit.site, letter.act == Act::Open, network, program));
        let recipients = recent.note(sweep, recipient, now, SWEEP_MS);
        let mut links = 0;
        if letter.act == Act::Click {
            let (followed, link) =
                (recent.hash(&("links", copy)), recent.hash(&(letter.link, letter.target)));
            links = recent.note(followed, link, now, LINKS_MS);
        }
        if recent.knows(trap, now, TRAP_MS) {
            Some("after_trap")
        } else if links >= LINKS_MIN {
            Some("many_links")
        } else if recipients >= SWEEP_RECIPIENTS_MIN {
            Some("sweep")
        } else {
            None
        }
    }
}

/// What the request itself says.
fn by_name(hit: &Hit<'_>, lower: &str) -> Option<Judgement> {
    let machine = |reason: &'static str| Some(Judgement::new("machine", reason));
    let is_open = hit.letter.act == Act::Open;
    if hit.in_advance {
        return machine("in_advance");
    }
    if is_open && hit.user_agent == APPLE_PRIVACY {
        return machine("apple_privacy");
    }
    let is_outlook = OUTLOOK.iter().any(|token| lower.contains(token));
    match hit.bot {
        Some(bot) if bot.kind == "email_scanner" => {
            return Some(Judgement::new("machine", format!("scanner: {}", bot.reason)));
        }
        // A mail program is no browser and need not look like one; who follows a link is.
        Some(bot) if bot.kind == "unknown" && is_open => {}
        Some(bot) if !is_outlook => return Some(Judgement::new("machine", format!("bot: {}", bot.reason))),
        _ => {}
    }
    if !is_open && !hit.like_a_browser {
        return machine("not_a_browser");
    }
    let age = hit.received_at - hit.letter.sent_at * 1_000;
    let soon = if is_open { OPEN_MS_MIN } else { CLICK_MS_MIN };
    // A mail that was not sent yet was read by nobody, either.
    if age < soon { machine("too_soon") } else { None }
}

/// Nothing speaks against a person.
fn unremarkable(hit: &Hit<'_>, lower: &str) -> Judgement {
    if OUTLOOK.iter().any(|token| lower.contains(token)) {
        return Judgement::new("human", "outlook");
    }
    match hit.bot {
        Some(bot) => Judgement::new("unknown", bot.reason.to_string()),
        None => Judgement::new("human", "browser"),
    }
}

/// The network of an address: what one organisation usually shares.
fn network(address: IpAddr) -> u64 {
    match address.to_canonical() {
        IpAddr::V4(address) => u64::from(address.to_bits() >> 8),
        IpAddr::V6(address) => (address.to_bits() >> 64) as u64,
    }
}
