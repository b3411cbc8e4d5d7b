use super::*;

#[test]
fn every_spelling_of_a_path_becomes_one() {
    let table: [(&str, &[&str]); 13] = [
        (
            "/caff%C3%A8",
            &[
                "/caff%c3%a8",
                "/caffè",
                "/caff%C3%a8",
                "/caffe\u{300}",
                "/caffe%CC%80",
                "/c%61ff%C3%A8",
                "/caff%65%cc%80",
            ],
        ),
        ("/last_version", &["/last%5fversion", "/last%5Fversion"]),
        ("/~mario/a-b.c", &["/%7Emario/a%2Db%2ec", "/x/../~mario/./a-b.c", "/x/%2e%2E/~mario/%2e/a-b.c"]),
        ("/a%20b", &["/a b"]),
        ("/a%22%3C%3E%5C%5E%60%7B%7C%7Db", &["/a\"<>\\^`{|}b", "/a%22%3c%3e%5c%5e%60%7b%7c%7db"]),
        ("/100%25", &["/100%"]),
        ("/100%25zz", &["/100%zz"]),
        // Not `%41`, which is `A`.
        ("/%2541", &["/%%34%31"]),
        ("/%ED%95%9C", &["/한", "/\u{1112}\u{1161}\u{11ab}", "/%e1%84%92%e1%85%a1%e1%86%ab"]),
        ("/%CE%B1%CF%8C", &["/αό", "/αο\u{301}"]),
        ("/%D0%BC%D0%B8%D1%80", &["/мир"]),
        ("/a/", &["/a/b/..", "/a/.", "/a/./"]),
        ("/%F0%9F%91%9F", &["/👟"]),
    ];
    for (expected, spellings) in table {
        for spelling in spellings.iter().chain([&expected]) {
            assert_eq!(path(Cow::Borrowed(spelling)), expected, "{spelling}");
        }
    }
}

#[test]
fn what_means_something_else_stays() {
    for kept in [
        "/a%2Fb",
        "/a%3Fb",
        "/a%23b",
        "/a%25b",
        "/a%2541",
        "/a%26b%3Dc",
        "/a%2Bb",
        "/a+b",
        "/A",
        "/a",
        "/a/",
        "//a",
        "/a//b",
        "/%E8",
        "/%C3",
        "/%C3%28",
        "/%00%0A",
        "/%20",
        "/*(x)",
        "/%2A%28x%29",
        "/[1]",
        "/%5B1%5D",
        "/.well-known/a",
        "/...",
        "/a..b",
        "/=%CC%B8",
        "/%2C%CC%A7",
        "/%CC%80",
        "/@v1/:id;x=1,2!$&'",
    ] {
        assert_eq!(path(Cow::Borrowed(kept)), kept);
    }
    // Of bytes that are not UTF-8 only the case of the digits is one.
    assert_eq!(path(Cow::Borrowed("/caff%e8%2f")), "/caff%E8%2F");
}

#[test]
fn the_one_spelling_is_its_own_and_borrowed() {
    for spelled in [
        "/",
        "/scarpe/rosse-42.html",
        "/caff%C3%A8",
        "/a%2Fb%20c",
        "/%D0%BC%D0%B8%D1%80",
        "/~a/(b)/c;d=e",
        "",
        "/a:b@c",
    ] {
        assert!(is_plain(spelled.as_bytes()) || is_spelled(spelled.as_bytes()), "{spelled}: not recognised");
        assert!(matches!(path(Cow::Borrowed(spelled)), Cow::Borrowed(_)), "{spelled}");
    }
    for address_ in [
        "https://b.example/",
        "https://b.example/caff%C3%A8?q=è#top",
        "/a è",
        "android-app://com.Example",
        "",
    ] {
        assert!(matches!(address(Cow::Borrowed(address_)), Cow::Borrowed(_)), "{address_}");
    }
    assert!(matches!(host(Cow::Borrowed("www.b-c_d.example")), Cow::Borrowed(_)));
    // Whatever is spelled once is spelled for good.
    let pieces = [
        "%", "C3", "%c3%a8", "e", "\u{300}", "è", "/", "..", ".", "%2e", "%25", "41", " ", "\u{7}", "%cc",
        "%80", "=",
    ];
    let mut state = 1_u64;
    for _ in 0..20_000 {
        let mut text = String::from("/");
        for _ in 0..8 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push_str(pieces[(state >> 33) as usize % pieces.len()]);
        }
        let once = path(Cow::Borrowed(&text)).into_owned();
        assert_eq!(path(Cow::Borrowed(&once)), once, "{text:?}");
        assert!(once.is_ascii() && once.starts_with('/'), "{text:?}");
    }
}

#[test]
fn a_long_path_is_cut_before_an_escape() {
    for begin in ["/", "/a", "/aa"] {
        let long = format!("{begin}{}", "è".repeat(PATH_BYTES_MAX));
        let spelled = path(Cow::Owned(long));
        assert!(spelled.len() <= PATH_BYTES_MAX && spelled.len() > PATH_BYTES_MAX - 3);
        assert_eq!((spelled.len() - begin.len()) % 3, 0, "{begin}");
    }
}

#[test]
fn every_spelling_of_a_host_becomes_one() {
    let table: [(&str, &[&str]); 7] = [
        (
            "xn--caff-8oa.example",
            &[
                "caffè.example",
                "CAFFÈ.Example",
                "caffe\u{300}.example",
                "XN--CAFF-8OA.example.",
                "caffè。example",
                "caff%C3%A8.example",
            ],
        ),
        ("shop.example", &["shop.example.", "SHOP.example", "Shop.Example..", "ｓｈｏｐ.example"]),
        ("shop.example:8080", &["shop.example.:8080", "Shop.example:08080"]),
        ("xn--caff-8oa.example:8080", &["caffè.example:8080"]),
        ("[2001:db8::1]:8080", &["[2001:DB8:0:0::1]:8080"]),
        ("[::1]", &["[0:0:0:0:0:0:0:1]"]),
        // No host of the internet; it is kept as somebody's name.
        ("a℀b.example", &["A℀B.example"]),
    ];
    for (expected, spellings) in table {
        for spelling in spellings.iter().chain([&expected]) {
            assert_eq!(host(Cow::Borrowed(spelling)), expected, "{spelling}");
        }
    }
}

#[test]
fn an_address_is_spelled_in_its_host_and_path() {
    for (written, expected) in [
        ("HTTPS://Caffè.example:443/caffè?q=è#è", "https://xn--caff-8oa.example/caff%C3%A8?q=è#è"),
        ("https://caffè.example", "https://xn--caff-8oa.example/"),
        ("http://b.example:80?a", "http://b.example/?a"),
        ("http://b.example:443/", "http://b.example:443/"),
        ("http://b.example:/", "http://b.example/"),
        ("https://mario:segreto@b.example./a", "https://b.example/a"),
        ("https://", "https://"),
        ("b.example/è", "b.example/è"),
        ("app://B.example/è", "app://B.example/è"),
        ("è", "è"),
    ] {
        assert_eq!(address(Cow::Borrowed(written)), expected, "{written}");
        assert_eq!(address(Cow::Borrowed(expected)), expected, "{written}");
    }
}

#[test]
fn an_origin_is_that_of_browsers() {
    for (written, expected) in [
        ("https://caffè.example", Some("https://xn--caff-8oa.example")),
        ("HTTPS://Shop.Example.:443/", Some("https://shop.example")),
        ("http://localhost:8080", Some("http://localhost:8080")),
        ("http://shop.example:80", Some("http://shop.example")),
        ("https://shop.example/negozio", None),
        ("https://shop.example/?a", None),
        ("https://mario@shop.example", None),
        ("shop.example", None),
        ("null", None),
        ("file:///a", None),
    ] {
        assert_eq!(origin(written).as_deref(), expected, "{written}");
    }
}

#[test]
fn a_user_who_is_an_e_mail_address_is_one_in_any_case() {
    for (written, expected) in [
        ("Mario.Rossi@Example.IT", "mario.rossi@example.it"),
        ("mario+saldi@example.it", "mario+saldi@example.it"),
        ("MARIÙ@Caffè.Example", "mariÙ@caffè.example"),
        ("U-17", "U-17"),
        ("Mario", "Mario"),
        ("@Mario", "@Mario"),
        ("Mario@", "Mario@"),
        ("Mario@Localhost", "Mario@Localhost"),
        ("Mario@.IT", "Mario@.IT"),
        ("Mario@Example.", "Mario@Example."),
        ("Mario@A@Example.it", "Mario@A@Example.it"),
        ("Mario Rossi@Example.it", "Mario Rossi@Example.it"),
        ("", ""),
    ] {
        assert_eq!(user_id(Cow::Borrowed(written)), expected, "{written}");
        assert_eq!(user_id(Cow::Borrowed(expected)), expected, "{written}");
    }
}

#[test]
fn what_is_looked_at_together_is_what_each_byte_may_be() {
    for byte in 0..=u8::MAX {
        assert_eq!(is_plain(&[byte]), is_allowed(byte), "{}", byte as char);
        let is_of_host = byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte);
        assert_eq!(is_plain_host(&[byte, b'a']), is_of_host, "{}", byte as char);
    }
    for (written, is_plain) in
        [("", true), ("b.example", true), ("b.example.", false), ("b.example:80", false)]
    {
        assert_eq!(is_plain_host(written.as_bytes()), is_plain, "{written}");
    }
}
