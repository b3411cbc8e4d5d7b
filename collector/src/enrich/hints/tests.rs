use hyper::HeaderMap;
use hyper::header::HeaderName;

use super::*;
use crate::enrich::device;

const CHROME_WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                              Chrome/131.0.0.0 Safari/537.36";
const CHROME_MAC: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) \
                          Chrome/131.0.0.0 Safari/537.36";
const CHROME_LINUX: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
const CHROME_PHONE: &str = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) \
                            Chrome/131.0.0.0 Mobile Safari/537.36";
const CHROME_TABLET: &str = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";
const WEB_VIEW: &str = "Mozilla/5.0 (Linux; Android 14; SM-S911B Build/UP1A.231005.007; wv) AppleWebKit/537.36 \
                        (KHTML, like Gecko) Version/4.0 Chrome/131.0.6778.39 Mobile Safari/537.36";
const INSTAGRAM: &str = "Mozilla/5.0 (Linux; Android 14; SM-S911B Build/UP1A.231005.007; wv) AppleWebKit/537.36 \
                         (KHTML, like Gecko) Version/4.0 Chrome/131.0.6778.39 Mobile Safari/537.36 Instagram \
                         330.0.0.40.92 Android (34/14; 420dpi; 1080x2194; samsung; SM-S911B; dm1q; qcom; it_IT)";
const OPERA: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                     Chrome/130.0.0.0 Safari/537.36 OPR/115.0.0.0";
const TIZEN: &str = "Mozilla/5.0 (SMART-TV; LINUX; Tizen 7.0) AppleWebKit/537.36 (KHTML, like Gecko) \
                     94.0.4606.31/7.0 TV Safari/537.36";

const GOOGLE: &str = r#""Google Chrome";v="131", "Chromium";v="131", "Not_A Brand";v="24""#;

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
}

fn of_headers(headers: &HeaderMap) -> Hints<'_> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Hints::of_headers(HintHeaders {
        requested_with: text("x-requested-with"),
        brands: text("sec-ch-ua"),
        full_version_list: text("sec-ch-ua-full-version-list"),
        platform: text("sec-ch-ua-platform"),
        platform_version: text("sec-ch-ua-platform-version"),
        model: text("sec-ch-ua-model"),
        form_factors: text("sec-ch-ua-form-factors"),
        mobile: text("sec-ch-ua-mobile"),
    })
}

/// Class, brand, model, browser, browser's version, system, system's version, of the hints alone.
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

fn row(hinted: Hinted<'_>) -> [String; 7] {
    let version = match hinted.os_version {
        (major, "") => major.to_owned(),
        (major, minor) => format!("{major}.{minor}"),
    };
    [
        hinted.class.into(),
        hinted.brand.into(),
        hinted.model.into(),
        hinted.browser.into(),
        hinted.browser_version.into(),
        hinted.os.into(),
        version,
    ]
}

fn check(user_agent: &str, hints: Hints<'_>, expected: Row) {
    let (class, brand, model, browser, version, os, os_version) = expected;
    let found = row(hints.merge(&device::parse(user_agent)));
    assert_eq!(found, [class, brand, model, browser, version, os, os_version], "{user_agent} {hints:?}");
}

#[test]
fn what_the_sdk_sends_outranks_the_frozen_user_agent() {
    let table: &[(&str, &str, Row)] = &[
        (
            "Windows|15.0.0||Desktop|Google Chrome 131,Chromium 131,Not_A Brand 24",
            CHROME_WINDOWS,
            ("desktop", "", "", "", "", "Windows", "11"),
        ),
        ("Windows|13.0.0||Desktop|", CHROME_WINDOWS, ("desktop", "", "", "", "", "Windows", "11")),
        ("Windows|10.0.0||Desktop|", CHROME_WINDOWS, ("desktop", "", "", "", "", "Windows", "10")),
        ("Windows|1.0.0|||", CHROME_WINDOWS, ("", "", "", "", "", "Windows", "10")),
        ("Windows|0.3.0|||", CHROME_WINDOWS, ("", "", "", "", "", "Windows", "8.1")),
        ("Windows|0.2.0|||", CHROME_WINDOWS, ("", "", "", "", "", "Windows", "8")),
        ("Windows|0.1.0|||", CHROME_WINDOWS, ("", "", "", "", "", "Windows", "7")),
        ("Windows|0.0.0|||", CHROME_WINDOWS, ("", "", "", "", "", "Windows", "")),
        ("Windows|12.0.0|||", CHROME_WINDOWS, ("", "", "", "", "", "Windows", "")),
        ("macOS|15.1.0||Desktop|", CHROME_MAC, ("desktop", "", "", "", "", "macOS", "15.1")),
        ("macOS|26.0.0||Desktop|", CHROME_MAC, ("desktop", "", "", "", "", "macOS", "26")),
        ("macOS|0.0.0||Desktop|", CHROME_MAC, ("desktop", "", "", "", "", "macOS", "")),
        ("macOS|fifteen||Desktop|", CHROME_MAC, ("desktop", "", "", "", "", "macOS", "")),
        ("Linux|6.8.0||Desktop|", CHROME_LINUX, ("desktop", "", "", "", "", "Linux", "")),
        ("Chrome OS|16033.43.0||Desktop|", CHROME_LINUX, ("desktop", "", "", "", "", "ChromeOS", "")),
        (
            "Android|14.0.0|Pixel 8|Mobile|",
            CHROME_PHONE,
            ("smartphone", "Google", "Pixel 8", "", "", "Android", "14"),
        ),
        (
            "Android|15.0.0|SM-S928B||",
            CHROME_PHONE,
            ("smartphone", "Samsung", "SM-S928B", "", "", "Android", "15"),
        ),
        (
            "Android|13.0.0|SM-X906B|Tablet|",
            CHROME_TABLET,
            ("tablet", "Samsung", "SM-X906B", "", "", "Android", "13"),
        ),
        (
            "Android|8.1.0|Lenovo TB-8504F||",
            CHROME_TABLET,
            ("tablet", "Lenovo", "Lenovo TB-8504F", "", "", "Android", "8.1"),
        ),
        (
            "Android|11.0.0|Xming Google TV||",
            CHROME_TABLET,
            ("tv", "", "Xming Google TV", "", "", "Android", "11"),
        ),
        // A phone that asks for the desktop page imitates Linux, but not in its hints.
        (
            "Android|14.0.0|Pixel 8|Desktop|",
            CHROME_LINUX,
            ("tablet", "Google", "Pixel 8", "", "", "Android", "14"),
        ),
        (
            "Android|12.0.0|Quest 3|XR|",
            CHROME_TABLET,
            ("wearable", "Meta", "Quest 3", "", "", "Android", "12"),
        ),
        (
            "Windows|15.0.0|||Brave 131,Chromium 131",
            CHROME_WINDOWS,
            ("", "", "", "Brave", "131", "Windows", "11"),
        ),
        (
            "Windows|15.0.0|||Not)A;Brand 99,Microsoft Edge 131",
            CHROME_WINDOWS,
            ("", "", "", "Edge", "131", "Windows", "11"),
        ),
        (
            "Android|||Mobile|Android WebView 131",
            WEB_VIEW,
            ("smartphone", "", "", "Android WebView", "131", "Android", ""),
        ),
        // The app's own name stands.
        ("Android|||Mobile|Android WebView 131", INSTAGRAM, ("smartphone", "", "", "", "", "Android", "")),
        ("Windows|||Desktop|Opera 115", OPERA, ("desktop", "", "", "", "", "Windows", "")),
        // So does a television.
        ("Linux|5.4.0||Mobile|", TIZEN, ("", "", "", "", "", "", "")),
        ("Commodore|1.0||Toaster|Brand", CHROME_WINDOWS, ("", "", "", "", "", "", "")),
        ("", CHROME_WINDOWS, ("", "", "", "", "", "", "")),
        ("||||||||", CHROME_WINDOWS, ("", "", "", "", "", "", "")),
    ];
    for &(text, user_agent, expected) in table {
        check(user_agent, Hints::of_context(text, Hints::default()), expected);
    }
}

#[test]
fn headers_give_the_low_entropy_hints_and_the_rest_where_it_was_asked_for() {
    let low = [("sec-ch-ua", GOOGLE), ("sec-ch-ua-mobile", "?0"), ("sec-ch-ua-platform", r#""Windows""#)];
    check(CHROME_WINDOWS, of_headers(&headers(&low)), ("", "", "", "", "", "Windows", ""));
    let edge = [
        ("sec-ch-ua", r#""Microsoft Edge";v="131", "Chromium";v="131""#),
        (
            "sec-ch-ua-full-version-list",
            r#""Microsoft Edge";v="131.0.2903.51", "Chromium";v="131.0.6778.70""#,
        ),
        ("sec-ch-ua-mobile", "?0"),
        ("sec-ch-ua-platform", r#""Windows""#),
        ("sec-ch-ua-platform-version", r#""15.0.0""#),
        ("sec-ch-ua-form-factors", r#""Desktop""#),
    ];
    check(CHROME_WINDOWS, of_headers(&headers(&edge)), ("desktop", "", "", "Edge", "131", "Windows", "11"));
    let phone = [
        ("sec-ch-ua", GOOGLE),
        ("sec-ch-ua-mobile", "?1"),
        ("sec-ch-ua-platform", r#""Android""#),
        ("sec-ch-ua-platform-version", r#""14.0.0""#),
        ("sec-ch-ua-model", r#""2201117TG""#),
    ];
    let expected = ("smartphone", "Xiaomi", "2201117TG", "", "", "Android", "14");
    check(CHROME_PHONE, of_headers(&headers(&phone)), expected);
    // Without the first header the others are not read: no browser sends them alone.
    check(CHROME_PHONE, of_headers(&headers(&phone[1..])), ("", "", "", "", "", "", ""));
}

#[test]
fn a_phone_without_a_model_is_told_by_the_mobile_hint() {
    let mobile =
        |value| [("sec-ch-ua", GOOGLE), ("sec-ch-ua-mobile", value), ("sec-ch-ua-platform", r#""Android""#)];
    check(CHROME_LINUX, of_headers(&headers(&mobile("?0"))), ("tablet", "", "", "", "", "Android", ""));
    check(CHROME_LINUX, of_headers(&headers(&mobile("?1"))), ("smartphone", "", "", "", "", "Android", ""));
    check(CHROME_TABLET, of_headers(&headers(&mobile("?0"))), ("", "", "", "", "", "Android", ""));
    check(CHROME_TABLET, of_headers(&headers(&mobile("yes"))), ("", "", "", "", "", "Android", ""));
}

#[test]
fn a_web_view_names_its_app_by_the_package() {
    for (package, app) in [
        ("com.instagram.android", "Instagram"),
        ("com.zhiliaoapp.musically", "TikTok"),
        ("com.linkedin.android", "LinkedIn"),
        ("com.UCMobile.intl", "UC Browser"),
        ("XMLHttpRequest", ""),
        ("it.bottega.app", ""),
    ] {
        let headers = headers(&[("x-requested-with", package)]);
        check(WEB_VIEW, of_headers(&headers), ("", "", "", app, "", "", ""));
    }
    let facebook = headers(&[("x-requested-with", "com.facebook.katana")]);
    check(INSTAGRAM, of_headers(&facebook), ("", "", "", "", "", "", ""));
}

#[test]
fn the_sdk_outranks_the_headers_and_they_fill_its_gaps() {
    let headers =
        headers(&[("sec-ch-ua", GOOGLE), ("sec-ch-ua-platform", r#""Windows""#), ("sec-ch-ua-mobile", "?0")]);
    let hints = Hints::of_context("|15.0.0|||", of_headers(&headers));
    check(CHROME_WINDOWS, hints, ("", "", "", "", "", "Windows", "11"));
    let hints = Hints::of_context("macOS|15.0.0|||", of_headers(&headers));
    check(CHROME_WINDOWS, hints, ("", "", "", "", "", "macOS", "15"));
}

fn is_automated(hints: &Hints<'_>) -> bool {
    hints.merge(&device::parse("")).is_automated
}

#[test]
fn an_automated_browser_says_so() {
    let automated = |text| is_automated(&Hints::of_context(text, Hints::default()));
    assert!(automated("Windows|15.0.0||Desktop|Google Chrome 131|1"));
    assert!(automated("|||||1"));
    assert!(!automated("Windows|15.0.0||Desktop|Google Chrome 131|"));
    assert!(!automated("Windows|15.0.0||Desktop|Google Chrome 131|0"));
    let headless = headers(&[("sec-ch-ua", r#""HeadlessChrome";v="131", "Chromium";v="131""#)]);
    assert!(is_automated(&of_headers(&headless)));
}

#[test]
fn hints_of_any_form_do_no_harm() {
    let long = "x|".repeat(10_000);
    for text in
        ["|", "\"", "\",\"", "\"a\";v=", ",,,", "é|é|é|é|é", long.as_str(), "Android|99999.0|", " | | "]
    {
        let hints = Hints::of_context(text, Hints::default());
        for user_agent in ["", CHROME_PHONE, TIZEN] {
            let hinted = hints.merge(&device::parse(user_agent));
            assert!(hinted.model.len() <= model::MODEL_BYTES_MAX && hinted.os_version.0.len() <= 4);
        }
    }
}
