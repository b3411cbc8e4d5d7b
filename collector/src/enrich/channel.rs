//! From referrer and campaign to the source and channel of a visit.
//!
//! The channels and the order of the rules are those of Google Analytics 4's default channel group, with AI
//! assistants as a channel of their own, so that numbers can be compared. Every text is compared in lower case.

mod referrer;
mod sources;

use std::borrow::Cow;

use referrer::Referrer;
use sources::{Category, Source};

/// What a page view tells about where it came from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Visit<'a> {
    /// The address the visitor came from, as sent.
    pub referrer: &'a str,
    /// Host of the page, with or without a port.
    pub page_host: &'a str,
    /// `utm_source`, decoded.
    pub utm_source: &'a str,
    /// `utm_medium`, decoded.
    pub utm_medium: &'a str,
    /// `utm_campaign`, decoded.
    pub utm_campaign: &'a str,
    /// One of [`crate::campaign::CLICK_IDS`], or empty.
    pub click_id_kind: &'a str,
}

/// Who sent a visit, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin<'a> {
    /// A known sender's name, or the `utm_source` in lower case, or the referrer's host without `www.`.
    pub source: Cow<'a, str>,
    /// One of [`CHANNELS`], or empty with an empty source when the visitor moved within the site.
    pub channel: &'static str,
}

/// All channels, in the order of their rules.
pub const CHANNELS: [&str; 19] = [
    "cross_network",
    "paid_shopping",
    "paid_search",
    "paid_social",
    "paid_video",
    "display",
    "paid_other",
    "organic_shopping",
    "organic_social",
    "organic_video",
    "ai_assistant",
    "organic_search",
    "email",
    "affiliates",
    "audio",
    "sms",
    "push",
    "referral",
    "direct",
];

/// Whose click id it is: parameter, sender, category, and whether only paid clicks carry it. `fbclid`,
/// `igshid`, `igsh`, `ysclid` and `srsltid` are on every link that leaves those networks.
const CLICK_ID_SOURCES: [(&str, &str, Category, bool); 32] = [
    ("gclid", "Google", Category::Search, true),
    ("gbraid", "Google", Category::Search, true),
    ("wbraid", "Google", Category::Search, true),
    ("dclid", "Google Display", Category::Display, true),
    ("msclkid", "Bing", Category::Search, true),
    ("yclid", "Yandex", Category::Search, true),
    ("ttclid", "TikTok", Category::Social, true),
    ("twclid", "X", Category::Social, true),
    ("li_fat_id", "LinkedIn", Category::Social, true),
    ("rdt_cid", "Reddit", Category::Social, true),
    ("sccid", "Snapchat", Category::Social, true),
    ("qclid", "Quora", Category::Social, true),
    ("obclid", "Outbrain", Category::Display, true),
    ("tblci", "Taboola", Category::Display, true),
    ("irclickid", "impact.com", Category::Affiliates, false),
    ("cjevent", "CJ", Category::Affiliates, false),
    ("epik", "Pinterest", Category::Social, false),
    ("mc_cid", "Mailchimp", Category::Email, false),
    ("mc_eid", "Mailchimp", Category::Email, false),
    ("mkt_tok", "Marketo", Category::Email, false),
    ("_hsenc", "HubSpot", Category::Email, false),
    ("_hsmi", "HubSpot", Category::Email, false),
    ("_kx", "Klaviyo", Category::Email, false),
    ("vero_id", "Vero", Category::Email, false),
    ("vero_conv", "Vero", Category::Email, false),
    ("ml_subscriber", "MailerLite", Category::Email, false),
    ("ml_subscriber_hash", "MailerLite", Category::Email, false),
    ("fbclid", "Facebook", Category::Social, false),
    ("igshid", "Instagram", Category::Social, false),
    ("igsh", "Instagram", Category::Social, false),
    ("ysclid", "Yandex", Category::Search, false),
    ("srsltid", "Google", Category::Search, false),
];

/// Finds out who sent a visit.
///
/// `utm_source` names the source; without it the referrer does, and without that the owner of the click id. A
/// referrer of the site itself, or of a payment or sign-in page, names nobody: without a campaign the visit then
/// has no origin of its own, and source and channel are empty.
pub fn classify<'a>(visit: &Visit<'a>) -> Origin<'a> {
    let click = CLICK_ID_SOURCES.iter().find(|line| line.0 == visit.click_id_kind).map(|line| {
        let (_, name, category, paid) = *line;
        Source { name, category, paid }
    });
    let campaign =
        [visit.utm_source, visit.utm_medium, visit.utm_campaign].iter().any(|text| !text.is_empty())
            || click.is_some();
    let (sender, moved_within) = referring(visit);
    if moved_within && !campaign {
        return Origin { source: Cow::Borrowed(""), channel: "" };
    }
    let sender = name(visit, sender, click);
    let medium = lower_case(visit.utm_medium);
    let campaign_name = lower_case(visit.utm_campaign);
    let signs = Signs {
        source: &sender.name,
        category: sender.known.map(|source| source.category),
        medium: &medium,
        campaign: &campaign_name,
        paid: is_paid_medium(&medium) || sender.known.is_some_and(|source| source.paid),
        came_from_somewhere: campaign || !sender.name.is_empty(),
    };
    let channel = channel(&signs);
    Origin { source: sender.name, channel }
}

/// A sender by name, and what is known of him.
struct Sender<'a> {
    name: Cow<'a, str>,
    known: Option<Source>,
}

impl Sender<'_> {
    fn known(source: Source) -> Self {
        Self { name: Cow::Borrowed(source.name), known: Some(source) }
    }
}

/// The sender that the referrer names, if it names one, and whether it shows that the visitor was on the site
/// already.
fn referring<'a>(visit: &Visit<'a>) -> (Option<Sender<'a>>, bool) {
    let (name, known) = match referrer::parse(visit.referrer) {
        Referrer::Absent => return (None, false),
        Referrer::App(package) => {
            let known = sources::by_package(&package);
            (package, known)
        }
        Referrer::Host(host) => {
            let own =
                referrer::host(visit.page_host).is_some_and(|page| referrer::is_same_site(&host, &page));
            if own {
                return (None, true);
            }
            let known = sources::by_host(&host);
            (host, known)
        }
    };
    match known {
        Some(source) if source.category == Category::Passage => (None, true),
        Some(source) => (Some(Sender::known(source)), false),
        None => (Some(Sender { name, known: None }), false),
    }
}

/// Chooses among `utm_source`, referrer and click id.
fn name<'a>(visit: &Visit<'a>, referring: Option<Sender<'a>>, click: Option<Source>) -> Sender<'a> {
    let mut sender = if visit.utm_source.is_empty() {
        match (referring, click) {
            // An advertisement on somebody's page: its network sent the visit, though not by a search.
            (Some(Sender { known: None, .. }), Some(click)) if click.paid => match click.category {
                Category::Search => Sender::known(Source { category: Category::Referral, ..click }),
                _ => Sender::known(click),
            },
            (Some(sender), _) => sender,
            (None, Some(click)) => Sender::known(click),
            (None, None) => Sender { name: Cow::Borrowed(""), known: None },
        }
    } else {
        let value = lower_case(visit.utm_source);
        match sources::by_value(&value) {
            Some(source) => Sender::known(source),
            None => Sender { name: value, known: None },
        }
    };
    if let (Some(known), Some(click)) = (&mut sender.known, click) {
        known.paid |= click.paid && is_of_one_network(known.name, click.name);
    }
    sender
}

/// Whether `owner`'s click id marks a click on `source`.
fn is_of_one_network(source: &str, owner: &str) -> bool {
    source == owner || (owner == "Google" && matches!(source, "YouTube" | "Google Shopping" | "Gmail"))
}

/// What the rules look at, in lower case but for a known sender's name.
struct Signs<'a> {
    source: &'a str,
    category: Option<Category>,
    medium: &'a str,
    campaign: &'a str,
    paid: bool,
    came_from_somewhere: bool,
}

/// The first rule that holds.
fn channel(signs: &Signs<'_>) -> &'static str {
    let is = |category| signs.category == Some(category);
    let medium_is = |values: &[&str]| values.contains(&signs.medium);
    let shopping = is(Category::Shopping) || is_shopping_campaign(signs.campaign);
    if signs.campaign.contains("cross-network") {
        "cross_network"
    } else if signs.paid && shopping {
        "paid_shopping"
    } else if signs.paid && is(Category::Search) {
        "paid_search"
    } else if signs.paid && is(Category::Social) {
        "paid_social"
    } else if signs.paid && is(Category::Video) {
        "paid_video"
    } else if is(Category::Display) || medium_is(&["display", "banner", "expandable", "interstitial", "cpm"])
    {
        "display"
    } else if signs.paid {
        "paid_other"
    } else if shopping {
        "organic_shopping"
    } else if is(Category::Social)
        || medium_is(&["social", "social-network", "social-media", "sm", "social network", "social media"])
    {
        "organic_social"
    } else if is(Category::Video) || signs.medium.contains("video") {
        "organic_video"
    } else if is(Category::Ai) {
        "ai_assistant"
    } else if is(Category::Search) || medium_is(&["organic"]) {
        "organic_search"
    } else if is(Category::Email) || is_email(signs.source) || is_email(signs.medium) {
        "email"
    } else if is(Category::Affiliates) || medium_is(&["affiliate", "affiliates"]) {
        "affiliates"
    } else if medium_is(&["audio"]) {
        "audio"
    } else if medium_is(&["sms"]) || signs.source == "sms" {
        "sms"
    } else if is_push(signs) {
        "push"
    } else if signs.came_from_somewhere {
        "referral"
    } else {
        "direct"
    }
}

/// `cpc`, `cpm`, `cpa` and the like, `ppc`, `retargeting`, `paid…`.
fn is_paid_medium(medium: &str) -> bool {
    medium.contains("cp") || medium == "ppc" || medium == "retargeting" || medium.starts_with("paid")
}

/// `shopping`, or `shop` at the start of a word or as in `eshop`: not as in `bishop` or `workshop`.
fn is_shopping_campaign(campaign: &str) -> bool {
    if campaign.is_empty() {
        return false;
    }
    campaign.contains("shopping")
        || campaign.match_indices("shop").any(|(at, _)| {
            let before = campaign[..at].chars().next_back();
            before.is_none_or(|character| character == 'e' || !character.is_ascii_lowercase())
        })
}

fn is_email(text: &str) -> bool {
    !text.is_empty()
        && ["email", "e-mail", "e_mail", "e mail", "newsletter"].iter().any(|word| text.contains(word))
}

fn is_push(signs: &Signs<'_>) -> bool {
    signs.medium.ends_with("push")
        || signs.medium.contains("mobile")
        || signs.medium.contains("notification")
        || signs.source == "firebase"
}

/// `text` in lower case, borrowed when it is already.
fn lower_case(text: &str) -> Cow<'_, str> {
    let is_lower = |text: &str| text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_lower(text) || !text.chars().any(char::is_uppercase) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.to_lowercase())
}

#[cfg(test)]
mod tests;
