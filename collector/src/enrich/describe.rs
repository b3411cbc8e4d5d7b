//! What enrichment found out, in the columns of an event. What the client said itself stands.

use std::borrow::Cow;
use std::net::IpAddr;

use orma_model::{EventRow, bytes};

use super::UserAgentFacts;
use super::acquisition::Acquisition;
use super::device::Device;
use super::hints::{Hinted, TABLET_SIDE_PIXELS_MIN};
use crate::campaign::{self, Campaign, address_without_click_ids, text_without_click_ids};

/// The source of who comes from a newsletter that orma counts …
pub const NEWSLETTER_SOURCE: &str = "newsletter";
/// … and the channel.
pub const NEWSLETTER_CHANNEL: &str = "email";

/// What the client said of its device stands; its hints and then the user agent fill the gaps.
pub fn describe_device<'a>(
    row: &mut EventRow<'a>,
    device: &'a Device,
    touch_points: Option<u32>,
    hinted: &Hinted<'a>,
) {
    let fill = |field: &mut Cow<'a, str>, value: &'a str| {
        if field.is_empty() {
            *field = Cow::Borrowed(value);
        }
    };
    if &*device.os == "macOS" && row.os.is_empty() && touch_points.is_some_and(|points| points > 1) {
        // No Mac has a touch screen: an iPad in its default desktop mode.
        row.os = "iPadOS".into();
        fill(&mut row.device_class, "tablet");
        fill(&mut row.device_brand, "Apple");
        fill(&mut row.device_model, "iPad");
    }
    let large = row.screen_width.min(row.screen_height) >= TABLET_SIDE_PIXELS_MIN;
    if large && &*device.os == "Android" && &*device.class == "smartphone" {
        fill(&mut row.device_class, "tablet");
    }
    fill(&mut row.device_class, hinted.class);
    fill(&mut row.device_class, &device.class);
    if row.device_model.is_empty() && !hinted.model.is_empty() {
        // The model of the hints is not of the maker in the user agent.
        fill(&mut row.device_brand, hinted.brand);
        fill(&mut row.device_model, hinted.model);
    }
    fill(&mut row.device_brand, &device.brand);
    fill(&mut row.device_model, &device.model);
    if row.browser.is_empty() && !hinted.browser.is_empty() {
        fill(&mut row.browser, hinted.browser);
        fill(&mut row.browser_version, hinted.browser_version);
    } else {
        fill(&mut row.browser, &device.browser);
        fill(&mut row.browser_version, &device.browser_version);
    }
    if !row.os.is_empty() {
        return;
    }
    if hinted.os.is_empty() {
        fill(&mut row.os, &device.os);
        fill(&mut row.os_version, &device.os_version);
        return;
    }
    fill(&mut row.os, hinted.os);
    match hinted.os_version {
        ("", _) if hinted.os == &*device.os => fill(&mut row.os_version, &device.os_version),
        (major, "") => fill(&mut row.os_version, major),
        (major, minor) if row.os_version.is_empty() => row.os_version = format!("{major}.{minor}").into(),
        _ => {}
    }
}

/// Keeps the verdict of the user agent, but for two senders that only look like bots: a program that speaks this
/// collector's own protocol is somebody's integration, not a crawler; and a headless browser on a page of this very
/// machine is a developer's test. `pixel` as in the facts of a request; `address` is the client's.
pub fn mark_bot<'a>(
    row: &mut EventRow<'a>,
    known: &'a UserAgentFacts,
    user_agent: &'a str,
    hinted: &Hinted<'_>,
    pixel: bool,
    address: IpAddr,
) {
    /// Enough to recognise a bot by; longer ones are made up.
    const BOT_USER_AGENT_BYTES_MAX: usize = 512;
    let (kind, reason) = match &known.bot {
        Some(bot) => (bot.kind, &*bot.reason),
        None if hinted.is_automated => ("browser_automation", "webdriver"),
        None => return,
    };
    let integration = !pixel && (kind == "http_library" || user_agent.is_empty());
    let own_test = kind == "browser_automation" && address.is_loopback() && is_loopback(&row.host);
    if integration || own_test {
        return;
    }
    row.bot = kind.into();
    row.bot_reason = Cow::Borrowed(reason);
    if !user_agent.is_empty() {
        let end = user_agent.floor_char_boundary(BOT_USER_AGENT_BYTES_MAX);
        row.props.push(("user_agent".into(), Cow::Borrowed(&user_agent[..end])));
    }
}

fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    name == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// The campaign that the client names beside the address, where it outranks what the address says; `None` when it names
/// none.
pub fn named_campaign<'a>(row: &'a EventRow<'_>) -> Option<Campaign<'a>> {
    let said = [&row.utm_source, &row.utm_medium, &row.utm_campaign, &row.utm_term, &row.utm_content];
    if said.iter().all(|value| value.is_empty()) {
        return None;
    }
    let [source, medium, campaign, term, content] = said.map(|value| campaign::value(value));
    Some(Campaign { source, medium, campaign, term, content, click_id_kind: "" })
}

/// Campaign, source and channel. The query and the referrer are as the client sent them.
pub fn name_origin<'a>(
    row: &mut EventRow<'a>,
    acquisition: &'a Acquisition,
    query: &'a str,
    referrer: &'a str,
) {
    let campaign = &acquisition.campaign;
    row.utm_source = Cow::Borrowed(&campaign.source);
    row.utm_medium = Cow::Borrowed(&campaign.medium);
    row.utm_campaign = Cow::Borrowed(&campaign.campaign);
    row.utm_term = Cow::Borrowed(&campaign.term);
    row.utm_content = Cow::Borrowed(&campaign.content);
    row.click_id_kind = Cow::Borrowed(campaign.click_id_kind);
    row.source = Cow::Borrowed(&acquisition.source);
    row.channel = Cow::Borrowed(acquisition.channel);
    row.query = Cow::Borrowed(acquisition.query.as_deref().unwrap_or(query));
    row.referrer = Cow::Borrowed(acquisition.referrer.as_deref().unwrap_or(referrer));
}

/// Takes the click ids out of the addresses that an event holds beside its own and its referrer: where a link leads, a
/// title without a name, what a site put into a property or another text, an address within a path.
pub fn cut_click_ids(row: &mut EventRow<'_>) {
    if bytes::has(row.path.as_bytes(), |bytes| bytes.are(b'%'))
        && let Some(path) = address_without_click_ids(&row.path)
    {
        row.path = path.into();
    }
    let texts =
        [&mut row.title, &mut row.name, &mut row.screen, &mut row.message, &mut row.target, &mut row.link];
    for text in texts {
        if let Some(kept) = text_without_click_ids(text) {
            *text = kept.into();
        }
    }
    for (key, value) in &mut row.props {
        let kept =
            if key == "href" { address_without_click_ids(value) } else { text_without_click_ids(value) };
        if let Some(kept) = kept {
            *value = kept.into();
        }
    }
}

/// Who opens a newsletter or follows its link comes by mail, wherever he goes from there.
pub fn name_mail(row: &mut EventRow<'_>) {
    if matches!(&*row.kind, "newsletter_open" | "newsletter_click") && row.channel.is_empty() {
        (row.source, row.channel) = (NEWSLETTER_SOURCE.into(), NEWSLETTER_CHANNEL.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn click_ids_leave_titles_and_properties() {
        let mut row = EventRow {
            title: "https://b.example/?gclid=S&x=1".into(),
            name: "a /?gclid=S&x=1".into(),
            screen: "app://b.example/?gclid=S".into(),
            message: "no answer from https://b.example/?x=1&gclid=S at a.js".into(),
            target: "a[href=\"/?gclid=S\"]".into(),
            link: "https://b.example/?mc_eid=S".into(),
            path: "/go/%2Fx%3Fgclid%3DS".into(),
            props: vec![
                ("href".into(), "https://c.example/?a=1&fbclid=S T".into()),
                ("page".into(), "da https://b.example/?_gl=S a".into()),
                ("answer".into(), "gclid? no".into()),
            ],
            ..EventRow::default()
        };
        cut_click_ids(&mut row);
        let props: Vec<&str> = row.props.iter().map(|(_, value)| &**value).collect();
        assert_eq!((&*row.title, &*row.path), ("https://b.example/?x=1", "/go/%2Fx"));
        assert_eq!(props, ["https://c.example/?a=1", "da https://b.example/ a", "gclid? no"]);
        assert_eq!(
            [&*row.name, &row.screen, &row.link],
            ["a /?x=1", "app://b.example/", "https://b.example/"]
        );
        assert_eq!(
            [&*row.message, &row.target],
            ["no answer from https://b.example/?x=1 at a.js", "a[href=\"/\"]"]
        );
    }

    #[test]
    fn opens_and_clicks_come_by_mail_unless_they_say_otherwise() {
        for (kind, said, expected) in [
            ("newsletter_open", "", ("newsletter", "email")),
            ("newsletter_click", "", ("newsletter", "email")),
            ("newsletter_click", "paid_search", ("", "paid_search")),
            ("newsletter_sent", "", ("", "")),
            ("page_view", "", ("", "")),
        ] {
            let mut row = EventRow { kind: kind.into(), channel: said.into(), ..EventRow::default() };
            name_mail(&mut row);
            assert_eq!((&*row.source, &*row.channel), expected, "{kind} {said}");
        }
    }
}
