use super::*;

/// Referrer, `utm_source`, `utm_medium`, `utm_campaign`, click id → source, channel. The page is on
/// `www.bottega.example`.
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const ROWS: &[Row] = &[
    // Direct and internal.
    ("", "", "", "", "", "", "direct"),
    ("about:blank", "", "", "", "", "", "direct"),
    ("data:text/html,x", "", "", "", "", "", "direct"),
    ("https://", "", "", "", "", "", "direct"),
    ("https://a b/", "", "", "", "", "", "direct"),
    ("https://www.bottega.example/scarpe", "", "", "", "", "", ""),
    ("http://bottega.example", "", "", "", "", "", ""),
    ("https://WWW.Bottega.Example:8443/x", "", "", "", "", "", ""),
    ("https://blog.bottega.example/", "", "", "", "", "", ""),
    ("https://www.paypal.com/checkoutnow", "", "", "", "", "", ""),
    ("https://checkout.stripe.com/c/pay", "", "", "", "", "", ""),
    ("https://accounts.google.com/", "", "", "", "", "", ""),
    ("https://www.bottega.example/", "news", "email", "", "", "news", "email"),
    // Search.
    ("https://www.google.com/", "", "", "", "", "Google", "organic_search"),
    ("https://www.google.it/", "", "", "", "", "Google", "organic_search"),
    ("https://images.google.co.uk/imgres", "", "", "", "", "Google", "organic_search"),
    ("https://www.google.com.br", "", "", "", "", "Google", "organic_search"),
    ("android-app://com.google.android.googlequicksearchbox/", "", "", "", "", "Google", "organic_search"),
    ("https://google.evil.com/", "", "", "", "", "google.evil.com", "referral"),
    ("https://google.github.io/", "", "", "", "", "google.github.io", "referral"),
    ("https://notgoogle.com/", "", "", "", "", "notgoogle.com", "referral"),
    ("https://www.bing.com/search?q=scarpe", "", "", "", "", "Bing", "organic_search"),
    ("https://duckduckgo.com/", "", "", "", "", "DuckDuckGo", "organic_search"),
    ("https://it.search.yahoo.com/", "", "", "", "", "Yahoo", "organic_search"),
    ("https://www.ecosia.org/", "", "", "", "", "Ecosia", "organic_search"),
    ("https://yandex.ru/", "", "", "", "", "Yandex", "organic_search"),
    ("https://ricerca.virgilio.it/", "", "", "", "", "Virgilio", "organic_search"),
    ("https://www.libero.it/", "", "", "", "", "Libero", "organic_search"),
    ("", "google", "organic", "", "", "Google", "organic_search"),
    ("", "bottega-seo", "organic", "", "", "bottega-seo", "organic_search"),
    // Paid search.
    ("https://www.google.com/", "", "", "", "gclid", "Google", "paid_search"),
    ("", "", "", "", "gclid", "Google", "paid_search"),
    ("", "", "", "", "wbraid", "Google", "paid_search"),
    ("https://www.bing.com/", "", "", "", "msclkid", "Bing", "paid_search"),
    ("", "Google", "CPC", "Scarpe", "", "Google", "paid_search"),
    ("", "google", "ppc", "", "", "Google", "paid_search"),
    ("", "adwords", "", "", "", "Google", "paid_search"),
    ("", "google", "", "", "gclid", "Google", "paid_search"),
    ("", "newsletter", "email", "", "gclid", "newsletter", "email"),
    // Cross-network, shopping.
    ("", "google", "cpc", "IT-Cross-Network-2026", "", "Google", "cross_network"),
    ("", "google", "cpc", "shopping_scarpe", "", "Google", "paid_shopping"),
    ("", "google", "cpc", "eshop", "", "Google", "paid_shopping"),
    ("", "google", "cpc", "it_shop_scarpe", "", "Google", "paid_shopping"),
    ("", "google", "cpc", "workshop", "", "Google", "paid_search"),
    ("", "idealo", "cpc", "", "", "idealo", "paid_shopping"),
    ("https://www.idealo.it/", "", "", "", "", "idealo", "organic_shopping"),
    ("https://www.trovaprezzi.it/", "", "", "", "", "Trovaprezzi", "organic_shopping"),
    ("https://www.amazon.it/dp/B0", "", "", "", "", "Amazon", "organic_shopping"),
    ("https://www.ebay.co.uk/", "", "", "", "", "eBay", "organic_shopping"),
    ("https://www.subito.it/", "", "", "", "", "Subito", "organic_shopping"),
    ("", "volantino", "", "Shop in centro", "", "volantino", "organic_shopping"),
    // Social.
    ("https://l.facebook.com/", "", "", "", "", "Facebook", "organic_social"),
    ("https://m.facebook.com/", "", "", "", "fbclid", "Facebook", "organic_social"),
    ("", "", "", "", "fbclid", "Facebook", "organic_social"),
    ("", "", "", "", "igsh", "Instagram", "organic_social"),
    ("", "", "", "", "srsltid", "Google", "organic_search"),
    ("", "", "", "", "mkt_tok", "Marketo", "email"),
    ("https://www.instagram.com/", "", "", "", "", "Instagram", "organic_social"),
    ("android-app://com.Instagram.Android", "", "", "", "", "Instagram", "organic_social"),
    ("https://t.co/abc", "", "", "", "", "X", "organic_social"),
    ("https://www.pinterest.it/", "", "", "", "", "Pinterest", "organic_social"),
    ("https://www.linkedin.com/feed", "", "", "", "", "LinkedIn", "organic_social"),
    ("", "ig", "", "", "", "Instagram", "organic_social"),
    ("", "forum", "Social-Media", "", "", "forum", "organic_social"),
    ("", "fb", "paid_social", "", "", "Facebook", "paid_social"),
    ("", "facebook_ads", "", "", "", "Facebook", "paid_social"),
    ("", "instagram", "cpc", "", "fbclid", "Instagram", "paid_social"),
    ("", "", "", "", "ttclid", "TikTok", "paid_social"),
    ("https://www.tiktok.com/", "", "", "", "ttclid", "TikTok", "paid_social"),
    // Video.
    ("https://www.youtube.com/watch", "", "", "", "", "YouTube", "organic_video"),
    ("https://www.youtube.com/", "", "", "", "gclid", "YouTube", "paid_video"),
    ("", "youtube", "cpv paid cpm", "", "", "YouTube", "paid_video"),
    ("", "portale", "video", "", "", "portale", "organic_video"),
    // Display and other paid.
    ("", "repubblica", "banner", "", "", "repubblica", "display"),
    ("", "repubblica", "display", "", "", "repubblica", "display"),
    ("", "repubblica", "cpm", "", "", "repubblica", "display"),
    ("", "", "", "", "dclid", "Google Display", "display"),
    ("https://www.repubblica.it/", "", "", "", "tblci", "Taboola", "display"),
    ("", "repubblica", "cpc", "", "", "repubblica", "paid_other"),
    ("", "repubblica", "retargeting", "", "", "repubblica", "paid_other"),
    ("https://www.repubblica.it/", "", "", "", "gclid", "Google", "paid_other"),
    // AI assistants, before the search brands whose sub-domains they are.
    ("https://chatgpt.com/", "", "", "", "", "ChatGPT", "ai_assistant"),
    ("", "chatgpt.com", "", "", "", "ChatGPT", "ai_assistant"),
    ("https://gemini.google.com/app", "", "", "", "", "Gemini", "ai_assistant"),
    ("https://copilot.microsoft.com/", "", "", "", "", "Copilot", "ai_assistant"),
    ("https://edgeservices.bing.com/edgesvc/chat", "", "", "", "", "Copilot", "ai_assistant"),
    ("https://www.perplexity.ai/search", "", "", "", "", "Perplexity", "ai_assistant"),
    ("https://claude.ai/", "", "", "", "", "Claude", "ai_assistant"),
    ("https://chat.mistral.ai/", "", "", "", "", "Le Chat", "ai_assistant"),
    // E-mail.
    ("https://mail.google.com/", "", "", "", "", "Gmail", "email"),
    ("android-app://com.google.android.gm/", "", "", "", "", "Gmail", "email"),
    ("https://mail.libero.it/", "", "", "", "", "Libero Mail", "email"),
    ("https://mail.tiscali.it/", "", "", "", "", "Tiscali Mail", "email"),
    ("https://webmail.unimi.it/", "", "", "", "", "Webmail", "email"),
    ("", "Newsletter", "", "", "", "newsletter", "email"),
    ("https://mail.google.com/", "primavera", "E-Mail", "", "", "primavera", "email"),
    ("", "", "", "", "mc_cid", "Mailchimp", "email"),
    // The rest.
    ("", "awin", "", "", "", "Awin", "affiliates"),
    ("", "buoni", "affiliate", "", "", "buoni", "affiliates"),
    ("", "podcast", "audio", "", "", "podcast", "audio"),
    ("", "sms", "", "", "", "sms", "sms"),
    ("", "skebby", "SMS", "", "", "skebby", "sms"),
    ("", "onesignal", "web_push", "", "", "onesignal", "push"),
    ("", "firebase", "", "", "", "firebase", "push"),
    ("", "app", "mobile-notification", "", "", "app", "push"),
    ("https://www.repubblica.it/a", "", "", "", "", "repubblica.it", "referral"),
    ("https://news.Example.ORG:8080/", "", "", "", "", "news.example.org", "referral"),
    ("http://user:secret@example.org/", "", "", "", "", "example.org", "referral"),
    ("example.org", "", "", "", "", "example.org", "referral"),
    ("https://docs.google.com/document", "", "", "", "", "Google Docs", "referral"),
    ("android-app://org.example.reader/", "", "", "", "", "org.example.reader", "referral"),
    ("", "volantino", "carta", "", "", "volantino", "referral"),
    ("", "partner", "referral", "", "", "partner", "referral"),
    ("", "", "", "primavera", "", "", "referral"),
];

#[test]
fn a_site_is_its_own_in_every_spelling() {
    let spellings =
        ["xn--caff-8oa.example", "caffè.example", "CAFFÈ.example.", "www.caffe\u{300}.example:8443"];
    for page_host in spellings {
        for host in spellings {
            let referrer = format!("https://{host}/x");
            let found = classify(&Visit { referrer: &referrer, page_host, ..Visit::default() });
            assert_eq!((&*found.source, found.channel), ("", ""), "{page_host} {host}");
        }
    }
    let other =
        Visit { referrer: "https://www.Caffè.example./", page_host: "shop.example", ..Visit::default() };
    assert_eq!((&*classify(&other).source, classify(&other).channel), ("xn--caff-8oa.example", "referral"));
}

#[test]
fn visits_get_source_and_channel_by_the_first_rule_that_holds() {
    let mut wrong = Vec::new();
    for row in ROWS {
        let &(referrer, utm_source, utm_medium, utm_campaign, click_id_kind, source, channel) = row;
        let page_host = "www.bottega.example";
        let found =
            classify(&Visit { referrer, page_host, utm_source, utm_medium, utm_campaign, click_id_kind });
        if (&*found.source, found.channel) != (source, channel) {
            wrong.push(format!("{row:?}\n  found {found:?}"));
        }
        assert!(found.channel.is_empty() || CHANNELS.contains(&found.channel));
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_channel_is_reached() {
    for channel in CHANNELS {
        assert!(ROWS.iter().any(|row| row.6 == channel), "{channel}");
    }
}

#[test]
fn own_hosts_are_told_from_others() {
    // Page, referrer, one site?
    let table = [
        ("bottega.it", "www.bottega.it", true),
        ("shop.bottega.it", "blog.bottega.it", true),
        ("bottega.it", "bottega.com", false),
        ("bottega.co.uk", "altra.co.uk", false),
        ("www.bottega.co.uk", "bottega.co.uk", true),
        ("bottega.com.br", "altra.com.br", false),
        ("bottega.github.io", "altra.github.io", false),
        ("bottega.github.io", "bottega.github.io", true),
        ("bottega.altervista.org", "altra.altervista.org", false),
        ("bottega.it.", "bottega.it", true),
        ("localhost:8080", "localhost:3000", true),
        ("127.0.0.1:8080", "127.0.0.1", true),
        ("127.0.0.1", "10.0.0.1", false),
        ("192.168.0.1", "10.1.0.1", false),
        ("[::1]:8080", "[::1]", true),
        ("[::1]", "[::2]", false),
        ("", "bottega.it", false),
    ];
    for (page_host, referring, same) in table {
        let referrer = format!("http://{referring}/");
        let found = classify(&Visit { referrer: &referrer, page_host, ..Visit::default() });
        assert_eq!(found.channel.is_empty(), same, "{page_host} {referring}: {found:?}");
    }
}

#[test]
fn sources_that_need_no_change_are_borrowed() {
    let found = classify(&Visit { referrer: "https://www.example.org/", ..Visit::default() });
    assert!(matches!(found.source, Cow::Borrowed("example.org")));
    let found = classify(&Visit { utm_source: "volantino", ..Visit::default() });
    assert!(matches!(found.source, Cow::Borrowed("volantino")));
}

#[test]
fn every_line_of_the_list_is_whole_and_finds_itself() {
    let data = include_str!("../../../data/sources.tsv");
    let lines = data.lines().filter(|line| !line.starts_with('#')).count();
    assert_eq!(sources::lines().count(), lines);
    let mut seen = std::collections::HashSet::new();
    for (key, source) in sources::lines() {
        assert!(seen.insert(key), "{key} stands twice");
        assert_eq!(key, key.to_lowercase());
        let found = match key.strip_suffix(".*") {
            Some(label) => sources::by_host(&format!("www.{label}.it")),
            None if key.contains('.') => sources::by_host(key),
            None => sources::by_value(key),
        };
        assert_eq!(found, Some(source), "{key}");
    }
}

#[test]
fn every_click_id_has_an_owner() {
    let owners: Vec<_> = CLICK_ID_SOURCES.iter().map(|line| line.0).collect();
    assert_eq!(owners, crate::campaign::CLICK_IDS);
}

#[test]
fn whatever_is_sent_is_classified_without_panic() {
    let parts = [
        "https://",
        "android-app://",
        "www.",
        ".",
        "..",
        ":",
        "@",
        "[",
        "]",
        "/",
        "?",
        "google",
        "è",
        "%",
        "shop",
        "\u{0}",
    ];
    let mut state = 7_u64;
    for _ in 0..20_000 {
        let mut text = String::new();
        for _ in 0..6 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push_str(parts[(state >> 33) as usize % parts.len()]);
        }
        for (referrer, page_host, utm) in
            [(&*text, "bottega.it", ""), ("https://bottega.it", &*text, ""), ("", "", &*text)]
        {
            classify(&Visit {
                referrer,
                page_host,
                utm_source: utm,
                utm_medium: utm,
                utm_campaign: utm,
                click_id_kind: utm,
            });
        }
    }
}
