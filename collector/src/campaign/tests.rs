use super::*;

#[test]
fn campaign_parameters_are_found_and_decoded() {
    let table: &[(&str, [&str; 6])] = &[
        ("", ["", "", "", "", "", ""]),
        ("?", ["", "", "", "", "", ""]),
        ("utm_source=news", ["news", "", "", "", "", ""]),
        ("?utm_source=news&utm_medium=email", ["news", "email", "", "", "", ""]),
        (
            "a=1&utm_campaign=Saldi%20d%27estate&utm_term=scarpe+rosse&utm_content=b",
            ["", "", "Saldi d'estate", "scarpe rosse", "b", ""],
        ),
        ("UTM_Source=Google&Utm_Medium=CPC", ["Google", "CPC", "", "", "", ""]),
        ("utm_source=caff%C3%A8", ["caffè", "", "", "", "", ""]),
        ("utm_source=%C3", ["\u{fffd}", "", "", "", "", ""]),
        ("utm_source=100%", ["100%", "", "", "", "", ""]),
        ("utm_source=50%25&x", ["50%", "", "", "", "", ""]),
        ("utm_source=a%2", ["a%2", "", "", "", "", ""]),
        ("utm_source=a%zz", ["a%zz", "", "", "", "", ""]),
        ("utm_source=a%0Ab", ["a b", "", "", "", "", ""]),
        ("utm_source=+a+", ["a", "", "", "", "", ""]),
        ("utm_source=a=b", ["a=b", "", "", "", "", ""]),
        ("utm_source=&utm_source=b&utm_source=c", ["b", "", "", "", "", ""]),
        ("utm_source", ["", "", "", "", "", ""]),
        ("xutm_source=a&utm_sourcex=b&utm_=c", ["", "", "", "", "", ""]),
        ("gclid=abc", ["", "", "", "", "", "gclid"]),
        ("GCLID=abc", ["", "", "", "", "", "gclid"]),
        ("gclid=", ["", "", "", "", "", ""]),
        ("fbclid=1&gclid=2", ["", "", "", "", "", "gclid"]),
        ("gclid=2&fbclid=1", ["", "", "", "", "", "gclid"]),
        ("fbclid=1", ["", "", "", "", "", "fbclid"]),
        ("ScCid=1", ["", "", "", "", "", "sccid"]),
        ("utm_source=n&mc_cid=1", ["n", "", "", "", "", "mc_cid"]),
        ("ũtm=1&é=2", ["", "", "", "", "", ""]),
        (
            "utm_source=news&amp;utm_medium=email&amp;amp;utm_campaign=saldi&AMP;gclid=1",
            ["news", "email", "saldi", "", "", "gclid"],
        ),
        ("%75tm_source=n&%67clid=1", ["n", "", "", "", "", "gclid"]),
        ("utm_source=a?gclid=b&utm_campaign=why?", ["a", "", "why?", "", "", ""]),
        ("igsh=1", ["", "", "", "", "", "igsh"]),
    ];
    for (query, expected) in table {
        let found = campaign(query);
        let fields = [
            &*found.source,
            &*found.medium,
            &*found.campaign,
            &*found.term,
            &*found.content,
            found.click_id_kind,
        ];
        assert_eq!(&fields, expected, "{query}");
    }
}

#[test]
fn values_without_escapes_are_borrowed() {
    assert!(matches!(campaign("utm_source=news").source, Cow::Borrowed("news")));
}

#[test]
fn values_are_cut_at_a_character() {
    for value in ["a".repeat(10_000), "è".repeat(10_000), "%C3%A8".repeat(10_000)] {
        let query = format!("utm_source={value}");
        let source = campaign(&query).source.into_owned();
        assert!(source.len() <= CAMPAIGN_VALUE_BYTES_MAX && source.len() >= CAMPAIGN_VALUE_BYTES_MAX - 3);
    }
}

#[test]
fn click_ids_leave_a_query_and_nothing_else_does() {
    for (query, kept) in [
        ("a=1&gclid=xyz&b=2", Some("a=1&b=2")),
        ("FBCLID=x", Some("")),
        ("a=gclid&fbclid", Some("a=gclid")),
        ("utm_source=news", None),
        ("gclid=x&amp;b=2", Some("b=2")),
        ("a=1&amp;gclid=x&amp;b=2", Some("a=1&amp;b=2")),
        ("a=1&%67clid=x", Some("a=1")),
        ("%67%63%6C%69%64=x&a=%67clid", Some("a=%67clid")),
        ("utm_source=n?gclid=x", Some("utm_source=n")),
        ("a=1&gclid=x#b", Some("a=1#b")),
        ("xgclid=1&gclidx=2&amp=3", None),
    ] {
        assert_eq!(query_without_click_ids(query).as_deref(), kept, "{query}");
    }
    let named = "igsh srsltid _gl mkt_tok _hsenc _hsmi vero_id wickedid yclid msclkid awc et_rid _ke mibextid __s bsft_uid sc_cid";
    for name in named.split(' ').chain(CLICK_IDS).chain(LINK_IDS) {
        for query in [format!("a=1&{name}=x"), format!("{}=x&a=1", name.to_uppercase())] {
            assert_eq!(query_without_click_ids(&query).as_deref(), Some("a=1"), "{query}");
        }
    }
}

#[test]
fn click_ids_leave_addresses() {
    for (address, kept) in [
        ("https://b.example/?gclid=S&x=1", Some("https://b.example/?x=1")),
        ("https://b.example/?gclid=S", Some("https://b.example/")),
        ("https://b.example/?x=1&gclid=S#top", Some("https://b.example/?x=1#top")),
        ("/a?gclid=S#fbclid=T&y=2", Some("/a#y=2")),
        ("/#/route?x=1&_gl=S", Some("/#/route?x=1")),
        ("/?gclid=a\"b c&x=1", Some("/?x=1")),
        ("https://b.example/gclid=S", None),
        // Without a value it names nobody.
        ("https://b.example/?gclid", None),
        ("gclid=S", None),
        ("", None),
    ] {
        assert_eq!(address_without_click_ids(address).as_deref(), kept, "{address}");
    }
}

#[test]
fn click_ids_leave_the_addresses_in_a_text() {
    for (text, kept) in [
        ("Pagina https://b.example/?gclid=S&x=1 aperta", Some("Pagina https://b.example/?x=1 aperta")),
        (r#"{"url":"https://b.example/?gclid=S","a":"b"}"#, Some(r#"{"url":"https://b.example/","a":"b"}"#)),
        (r#"{"url":"/?a=1\u0026gclid=S\u0026b=2"}"#, Some(r#"{"url":"/?a=1\u0026b=2"}"#)),
        ("Cos'è un gclid? Domande & risposte", None),
        ("gclid=1", None),
        ("nav > a#fbclid", None),
    ] {
        assert_eq!(text_without_click_ids(text).as_deref(), kept, "{text}");
    }
}

#[test]
fn click_ids_leave_the_addresses_within_parameters() {
    for (address, kept) in [
        ("/a?next=%2Fx%3Fgclid%3DSECRET", Some("/a?next=%2Fx")),
        ("/a?next=%2fx%3fgclid%3dSECRET&b=2", Some("/a?next=%2fx&b=2")),
        ("/a?next=%2Fx%3Fgclid%3DSECRET%26c%3D3&b=2", Some("/a?next=%2Fx%3Fc%3D3&b=2")),
        ("/a?next=%2Fx%3Fc%3D3%26GCLID%3DSECRET%23top&b=2", Some("/a?next=%2Fx%3Fc%3D3%23top&b=2")),
        ("/a?next=%2Fx%3Fc%3D3%23fbclid%3DSECRET", Some("/a?next=%2Fx%3Fc%3D3")),
        ("/a?next=%252Fx%253Fgclid%253DSECRET%2526c%253D3", Some("/a?next=%252Fx%253Fc%253D3")),
        (
            "/a?next=https%3A%2F%2Fb.example%2F%3Fu%3D%252Fx%253Fgclid%253DSECRET%26c%3D3",
            Some("/a?next=https%3A%2F%2Fb.example%2F%3Fu%3D%252Fx%26c%3D3"),
        ),
        // A value that holds such marks goes as a whole.
        ("/a?gclid=SECRET%26x%3DSECRET&b=2", Some("/a?b=2")),
        ("/a?gclid=S&next=%2Fx%3Fgclid%3DS%26gclid%3DS&gclid=S&b=2", Some("/a?next=%2Fx&b=2")),
        ("/a?next=%2Fx%3F%67clid%3DSECRET", Some("/a?next=%2Fx")),
        ("/a?next=%252Fx%253F%2567clid%253DSECRET", Some("/a?next=%252Fx")),
        ("/go/https%3A%2F%2Fb.example%2F%3Fgclid%3DSECRET/a", Some("/go/https%3A%2F%2Fb.example%2F")),
        ("/a?next=%2Fx%3Fa%3Dgclid", None),
        ("/a?b=100%&c=%3F&d=%25", None),
        ("/a?b=%26mp;caffè%3Fè", None),
    ] {
        assert_eq!(address_without_click_ids(address).as_deref(), kept, "{address}");
        let (path, query) = address.split_once('?').unwrap_or(("", address));
        if !path.is_empty() {
            let kept = kept.map(|kept| kept.split_once('?').map_or("", |(_, query)| query));
            assert_eq!(query_without_click_ids(query).as_deref(), kept, "{query}");
        }
        let kept = kept.map(|kept| format!("{{\"url\":\"{kept}\"}}"));
        let json = format!("{{\"url\":\"{address}\"}}");
        assert_eq!(text_without_click_ids(&json), kept, "{json}");
    }
}

#[test]
fn the_fragment_may_hold_a_campaign() {
    for (address, campaign) in [
        ("/a?x=1#utm_source=news&y=2&utm_medium=email", Some("utm_source=news&utm_medium=email")),
        ("/#/route?gclid=S&token=T", Some("gclid=S")),
        // `&#38;` and `&#038;`, as WordPress writes them.
        ("/a?utm_source=news&#38;utm_medium=email&#38;x=1", Some("38;utm_medium=email")),
        ("/a?x=1&#038;gclid=S&#x26;UTM_Term=t", Some("038;gclid=S&x26;UTM_Term=t")),
        ("/a?utm_source=news#top", None),
        ("/a#utm_id=1&gclid", None),
        ("/a", None),
    ] {
        assert_eq!(campaign_of_fragment(address).as_deref(), campaign, "{address}");
    }
    let found = campaign("utm_source=news&038;utm_medium=email&x26;gclid=S");
    assert_eq!((&*found.source, &*found.medium, found.click_id_kind), ("news", "email", "gclid"));
}

#[test]
fn parameters_beyond_the_limit_are_not_looked_at() {
    let mut query = "x=1&".repeat(QUERY_PARAMETERS_MAX - 1);
    query.push_str("utm_source=in&utm_medium=out");
    let found = campaign(&query);
    assert_eq!((&*found.source, &*found.medium), ("in", ""));
}
