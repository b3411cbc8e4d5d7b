use super::*;

const KINDS: [&str; 14] = [
    "search_engine",
    "ai_crawler",
    "seo",
    "monitoring",
    "social_preview",
    "feed_reader",
    "http_library",
    "browser_automation",
    "email_scanner",
    "security_scanner",
    "advertising",
    "archiver",
    "crawler",
    "unknown",
];

/// User agent, kind, reason.
const BOTS: &[(&str, &str, &str)] = &[
    (
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "search_engine",
        "googlebot",
    ),
    (
        "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.6422.76 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "search_engine",
        "googlebot",
    ),
    (
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36",
        "search_engine",
        "bingbot",
    ),
    ("Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)", "search_engine", "yandexbot"),
    (
        "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
        "search_engine",
        "baiduspider",
    ),
    ("DuckDuckBot/1.1; (+http://duckduckgo.com/duckduckbot.html)", "search_engine", "duckduckbot"),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.1.1 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)",
        "search_engine",
        "applebot",
    ),
    ("AdsBot-Google (+http://www.google.com/adsbot.html)", "search_engine", "adsbot-google"),
    (
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; GPTBot/1.1; +https://openai.com/gptbot",
        "ai_crawler",
        "gptbot",
    ),
    (
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; ChatGPT-User/1.0; +https://openai.com/bot",
        "ai_crawler",
        "chatgpt-user",
    ),
    (
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)",
        "ai_crawler",
        "claudebot",
    ),
    (
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)",
        "ai_crawler",
        "perplexitybot",
    ),
    ("CCBot/2.0 (https://commoncrawl.org/faq/)", "ai_crawler", "ccbot"),
    ("Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", "seo", "ahrefsbot"),
    ("Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)", "seo", "semrushbot"),
    ("Mozilla/5.0 (compatible; MJ12bot/v1.4.8; http://mj12bot.com/)", "seo", "mj12bot"),
    ("Screaming Frog SEO Spider/20.1", "seo", "screaming frog"),
    ("Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)", "monitoring", "uptimerobot"),
    ("Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)", "monitoring", "pingdom"),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Chrome-Lighthouse",
        "monitoring",
        "chrome-lighthouse",
    ),
    ("kube-probe/1.29", "monitoring", "kube-probe"),
    (
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "social_preview",
        "facebookexternalhit",
    ),
    ("WhatsApp/2.23.20.0 A", "social_preview", "whatsapp/"),
    ("Twitterbot/1.0", "social_preview", "twitterbot"),
    ("TelegramBot (like TwitterBot)", "social_preview", "twitterbot"),
    ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", "social_preview", "slackbot"),
    ("Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)", "social_preview", "discordbot"),
    (
        "Feedly/1.0 (+http://www.feedly.com/fetcher.html; like FeedFetcher-Google)",
        "feed_reader",
        "feedfetcher-google",
    ),
    ("Mozilla/5.0 (compatible; Miniflux/2.1.3; +https://miniflux.app)", "feed_reader", "miniflux"),
    ("curl/8.6.0", "http_library", "curl/"),
    ("Wget/1.21.3", "http_library", "wget"),
    ("python-requests/2.32.3", "http_library", "python-requests"),
    ("Go-http-client/2.0", "http_library", "go-http-client"),
    ("axios/1.7.2", "http_library", "axios"),
    ("Java/17.0.10", "http_library", "java/"),
    ("GuzzleHttp/7", "http_library", "guzzlehttp"),
    ("Apache-HttpClient/4.5.14 (Java/17.0.10)", "http_library", "apache-httpclient"),
    ("PostmanRuntime/7.39.0", "http_library", "postmanruntime"),
    (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36",
        "browser_automation",
        "headlesschrome",
    ),
    (
        "Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1",
        "browser_automation",
        "phantomjs",
    ),
    (
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
        "email_scanner",
        "googleimageproxy",
    ),
    (
        "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
        "email_scanner",
        "yahoomailproxy",
    ),
    ("Barracuda Sentinel (EE)", "email_scanner", "barracuda"),
    (
        "Mozilla/5.0 (compatible; archive.org_bot +http://archive.org/details/archive.org_bot)",
        "crawler",
        "archive.org_bot",
    ),
    ("Mozilla/5.0 (compatible; AcmeBot/1.0)", "crawler", "AcmeBot/1.0"),
    ("Mozilla/5.0 (compatible; price-crawler 3)", "crawler", "price-crawler"),
    ("Mozilla/5.0 (Windows NT 10.0; +https://example.org/why)", "crawler", "https://example.org/why"),
    ("Mozilla/5.0 (compatible; collects for someone@example.org)", "crawler", "address_in_user_agent"),
    ("", "unknown", "empty_user_agent"),
    ("   ", "unknown", "empty_user_agent"),
    ("-", "unknown", "empty_user_agent"),
    ("Mozilla/5.0", "unknown", "bare_user_agent"),
    ("something/1.0", "unknown", "bare_user_agent"),
];

#[test]
fn bots_are_named_with_kind_and_reason() {
    for &(user_agent, kind, reason) in BOTS {
        let found = detect(user_agent, false);
        assert_eq!(found, Some(Bot { kind, reason: reason.into() }), "{user_agent}");
    }
}

#[test]
fn browsers_are_not_bots() {
    let browsers = [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36 Edg/125.0.2535.51",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0",
        "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0",
        "Mozilla/5.0 (Windows NT 6.3; WOW64; Trident/7.0; rv:11.0) like Gecko",
        "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; SLCC2; .NET CLR 2.0.50727; Embedded Web Browser from: http://bsalsa.com/; Media Center PC 6.0)",
        "Opera/9.80 (Windows NT 6.1; WOW64) Presto/2.12.388 Version/12.18",
        "Opera/9.80 (Android; Opera Mini/36.2.2254/119.132; U; it) Presto/2.12.423 Version/12.16",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/21F90 [FBAN/FBIOS;FBAV/466.0.0.38.108;FBDV/iPhone14,5;FBSN/iOS;FBSV/17.5.1]",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [Pinterest/iOS]",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Snapchat/12.90.0.45 (like Safari/8618.2.12.10.7, panda)",
        "Mozilla/5.0 (Linux; Android 13; SM-A525F Build/TP1A.220624.014; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/124.0.6367.113 Mobile Safari/537.36 Instagram 330.0.0.40.92 Android (33/13; 420dpi; 1080x2194; samsung; SM-A525F; a52q; qcom; it_IT; 596227509)",
        "Mozilla/5.0 (Linux; Android 8.0.0; CUBOT X18 Plus Build/O00623; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/74.0.3729.157 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 9; CUBOT_POWER) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0.4844.88 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 10; Lenovo K6 Note) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/103.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 4.4.2; Discovery Build/KOT49H) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/81.0.4044.138 Mobile Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/80.0.3987.87 Safari/537.36 SE 2.X MetaSr 1.0",
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Linux; Android 11; KFTRWI) AppleWebKit/537.36 (KHTML, like Gecko) Silk/120.3.1 like Chrome/120.0.6099.144 Safari/537.36",
        "Mozilla/5.0 (SMART-TV; LINUX; Tizen 5.0) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/2.2 Chrome/63.0.3239.84 TV Safari/537.36",
        "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/94.0.4606.128 Safari/537.36 WebAppManager",
        "HbbTV/1.4.1 (+PVR+DL;Vestel;MB230;1.0;1.0;) CE-HTML/1.0",
        "Mozilla/5.0 (PlayStation; PlayStation 5/6.50) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15",
        "Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5",
        "Nokia6300/2.0 (05.00) Profile/MIDP-2.0 Configuration/CLDC-1.1",
        "SAMSUNG-SGH-E250/1.0 Profile/MIDP-2.0 Configuration/CLDC-1.1 UP.Browser/6.2.3.3.c.1.101",
        "UCWEB/2.0 (Java; U; MIDP-2.0; it; nokia6120c) U2/1.0.0 UCBrowser/8.7.1.234 U2/1.0.0 Mobile",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Slack/4.38.125 Chrome/124.0.6367.243 Electron/30.1.0 Safari/537.36",
        // A proxy, or the browser itself, has left the parentheses out.
        "Mozilla/5.0 Linux; Android 9; SM-A600U AppleWebKit/537.36 KHTML, like Gecko Chrome/75.0.3770.101 Mobile Safari/537.36",
        "Mozilla/5.0 Linux; U; Android 4.1.1; ru-ru; NVTAB 7.0 3G Build/JRO03C AppleWebKit/534.30 KHTML, like Gecko Version/4.0 Safari/534.30",
        "Mozilla/5.0 Windows NT 10.0; Win64; x64 AppleWebKit/537.36 KHTML, like Gecko Chrome/126.0.0.0 Safari/537.36",
        "Mozilla/5.0 X11; Linux x86_64; rv:109.0 Gecko/20100101 Firefox/115.0",
        "Lenovo-A820t_TD/S100 Linux/3.4.0 Android/4.1 Release/1.4.2013 Browser/AppleWebKit534.30 Mobile Safari/534.30",
        "Android 4.4.2;AppleWebKit/534.30;Build/KOT49H;IQ4414 Quad Build/KOT49H",
        // Systems that are not one of the great.
        "Mozilla/5.0 (PC; OpenHarmony 5.0; HarmonyOS 5.0) AppleWebKit/537.36 (KHTML,like Gecko) Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6",
        "Mozilla/5.0 (CrKey armv7l 1.4.15250) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/31.0.1650.0 Safari/537.36",
        "dv(iPh12,3);pr(UCBrowser/11.3.5.1203);ov(14_4_2);ss(375x812);bt(GJ);pm(0);bv(0);nm(0);im(0);nt(1);",
        "SAGETEL61D_11C_HW MRE/3.1.00900;MAUI/ARTEL_F5_V02_20170527_MP;BDATE/2017/05/27 14:28;LCD/128160;CHIP/MT6261;KEY/Normal;TOUCH/0",
    ];
    for user_agent in browsers {
        assert_eq!(detect(user_agent, false), None, "{user_agent}");
        assert_eq!(detect(user_agent, true), None, "{user_agent}");
    }
}

#[test]
fn http_clients_of_apps_are_bots_only_on_the_web() {
    let clients = [
        "okhttp/4.12.0",
        "Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/UD1A.230803.041)",
        "Bottega/3.2.1 CFNetwork/1498.700.2 Darwin/23.6.0",
        "Dart/3.5 (dart:io)",
        "ReactNative/0.74",
        "Bottega/2.0 (it.bottega.app; build:1; iOS 17.5.1) Alamofire/5.9.1",
    ];
    for user_agent in clients {
        assert_eq!(detect(user_agent, false).map(|bot| bot.kind), Some("http_library"), "{user_agent}");
        assert_eq!(detect(user_agent, true), None, "{user_agent}");
    }
    for user_agent in ["", "Bottega/3.2.1", "VacuumRobot/2.0 (iOS 17.5.1)"] {
        assert!(detect(user_agent, false).is_some(), "{user_agent}");
        assert_eq!(detect(user_agent, true), None, "{user_agent}");
    }
    let crawler = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
    assert_eq!(detect(crawler, true).map(|bot| bot.kind), Some("search_engine"));
}

/// Names of people's things in which `bot`, or the name of a bot, is chance.
#[test]
fn a_word_within_a_word_or_in_the_place_of_a_model_is_no_bot() {
    let phone = |model: &str| {
        format!(
            "Mozilla/5.0 (Linux; Android 13; {model}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36"
        )
    };
    for model in [
        "Spider 8",
        "M bot 54",
        "VR BOT 552",
        "XBot_Senior",
        "Fever_Plus",
        "AhrefsBot Phone",
        "Speedy 5",
        "Discovery II",
        "Scanner X",
    ] {
        assert_eq!(detect(&phone(model), false), None, "{model}");
    }
    for user_agent in [
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) bottega/1.4.0 Chrome/128.0.6613.178 Electron/32.2.0 Safari/537.36",
        "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; Banca Caboto s.p.a.; rv:11.0) like Gecko",
    ] {
        assert_eq!(detect(user_agent, false), None, "{user_agent}");
    }
    assert!(detect(&format!("{} Spider 8", phone("SM-A536B")), false).is_some());
    // A crawler that imitates a phone names itself elsewhere.
    let crawler = phone("Pixel 8").replace("537.36 (KHTML", "537.36 (compatible; AcmeBot/1.0) (KHTML");
    assert_eq!(detect(&crawler, false).map(|bot| bot.kind), Some("crawler"));
}

/// A browser names the system it runs on, and crawlers that call themselves compatible do not.
#[test]
fn a_user_agent_without_a_system_is_no_browser() {
    for user_agent in
        ["Mozilla/5.0 (compatible; Kaupr/1.0)", "Mozilla/5.0 (Exchange check)", "Acme (acme.example)"]
    {
        let bot = detect(user_agent, false).expect(user_agent);
        assert_eq!(&*bot.reason, "bare_user_agent", "{user_agent}");
    }
}

/// The list that `crawlers.tsv` is made of says for each client what it sends.
#[test]
fn nearly_all_clients_of_the_public_list_are_recognised() {
    let list = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../node_modules/crawler-user-agents/crawler-user-agents.json");
    let text = std::fs::read_to_string(&list)
        .unwrap_or_else(|error| panic!("{}: {error}: run npm ci", list.display()));
    let clients: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let user_agents: Vec<&str> = clients
        .iter()
        .filter_map(|client| client["instances"].as_array())
        .flatten()
        .filter_map(|one| one.as_str())
        .collect();
    let missed: Vec<_> =
        user_agents.iter().filter(|user_agent| detect(user_agent, false).is_none()).collect();
    assert!(
        user_agents.len() > 2_000 && missed.len() * 100 < user_agents.len(),
        "{} missed: {missed:#?}",
        missed.len()
    );
}

#[test]
fn every_line_of_the_list_is_whole_and_finds_itself() {
    let lines: Vec<_> =
        NAMES.iter().flat_map(|list| list.lines()).filter(|line| !line.starts_with('#')).collect();
    assert_eq!(names().count(), lines.len());
    let mut seen = std::collections::HashSet::new();
    for (token, kind) in names() {
        assert!(KINDS.contains(&kind), "{token}: {kind}");
        assert!(seen.insert(token), "{token} stands twice");
        assert_eq!(token, token.to_lowercase());
        let user_agent = format!("{} (", token.trim_start_matches('^'));
        assert!(detect(&user_agent, false).is_some(), "{token}");
    }
}

#[test]
fn a_generic_reason_is_short_and_cut_at_a_character() {
    let long = format!("Mozilla/5.0 (x; {}spider{}é)", "a".repeat(100), "b".repeat(100));
    assert_eq!(detect(&long, false).unwrap().reason.len(), REASON_BYTES_MAX);
    assert_eq!(&*detect("(èbot.è", false).unwrap().reason, "bot.");
    assert!(detect(&"bot ".repeat(100_000), false).is_some());
}
