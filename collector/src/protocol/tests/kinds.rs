//! Each kind with what it demands, and the columns its fields go to.

use super::{accepted, prop, refused};
use orma_model::kinds::KINDS;

/// One good event of each kind.
const GOOD: &[(&str, &str)] = &[
    (
        "page_view",
        r#""url":"https://bottega.example/scarpe","title":"Scarpe","referrer":"https://www.google.com/""#,
    ),
    ("screen_view", r#""screen":"Scarpe","load_ms":120"#),
    ("page_leave", r#""engaged_ms":4200,"scroll_pct":80"#),
    ("click", r#""target":"button.buy","text":"Compra","href":"/cassa""#),
    ("rage_click", r#""target":"button.buy""#),
    ("dead_click", r#""target":"img""#),
    ("outbound", r#""href":"https://corriere.example/""#),
    ("download", r#""href":"/catalogo.pdf""#),
    ("form", r#""target":"form#contatti""#),
    ("vital", r#""name":"LCP","value":2400.5,"target":"img.hero""#),
    ("app_start", r#""start":"cold","duration_ms":812"#),
    ("screen_load", r#""screen":"Scarpe","ttid_ms":200,"ttfd_ms":450"#),
    ("frames", r#""screen":"Scarpe","total":600,"slow":12,"frozen":1"#),
    ("anr", r#""duration_ms":5400"#),
    ("crash", r#""fatal":true,"message":"NullPointerException","stack_hash":"a1b2""#),
    ("error", r#""fatal":false,"message":"x is undefined","stack_hash":"c3d4""#),
    ("network", r#""url":"https://api.bottega.example/carrello","status":503,"duration_ms":90"#),
    ("app_installed", ""),
    ("app_updated", ""),
    ("app_foreground", ""),
    ("app_background", ""),
    ("search", r#""props":{"q":"scarpe","results":12}"#),
    ("view_item", r#""items":[{"id":"sku-1"}]"#),
    ("add_to_cart", r#""items":[{"id":"sku-1"}]"#),
    ("begin_checkout", r#""items":[]"#),
    ("order", r#""order_id":"o-1","revenue":{"amount":"129.90","currency":"EUR"}"#),
    ("refund", r#""order_id":"o-1","revenue":{"amount":"-129.90","currency":"EUR"}"#),
    ("signup", r#""user":"u1""#),
    ("login", r#""user":"u1""#),
    ("logout", ""),
    ("subscribe", ""),
    ("unsubscribe", ""),
    ("referral", r#""referred_by":"u2""#),
    ("identify", r#""user":"u1","traits":{"piano":"oro","figli":2}"#),
    ("alias", r#""user":"u1","previous":"u0""#),
    ("reset", ""),
    ("consent", r#""categories":["statistics"]"#),
    ("newsletter_sent", r#""user":"u1","campaign":"natale","message":"m-1""#),
    ("newsletter_delivered", r#""campaign":"natale","message":"m-1""#),
    ("newsletter_open", r#""campaign":"natale","message":"m-1""#),
    ("newsletter_click", r#""campaign":"natale","message":"m-1","link":"hero""#),
    ("newsletter_bounce", r#""campaign":"natale","message":"m-1""#),
    ("newsletter_complaint", r#""campaign":"natale","message":"m-1""#),
    ("survey_shown", r#""survey":"nps""#),
    ("survey_answer", r#""survey":"nps","question":"Ci consiglieresti?","score":9,"comment":"Sì""#),
    ("survey_dismissed", r#""survey":"nps""#),
    ("ticket_opened", r#""ticket":"t-1","subject":"Reso""#),
    ("ticket_updated", r#""ticket":"t-1""#),
    ("ticket_closed", r#""ticket":"t-1","outcome":"solved""#),
    ("chat_started", r#""channel":"chat""#),
    ("chat_message", ""),
    ("chat_ended", r#""outcome":"solved""#),
    ("call", r#""place":"call centre","outcome":"order""#),
    ("store_visit", r#""place":"Bologna""#),
    ("return", r#""place":"Bologna","order_id":"o-1""#),
    ("custom", r#""name":"quiz finito","props":{"punti":7}"#),
];

fn event(kind: &str, fields: &str) -> String {
    let comma = if fields.is_empty() { "" } else { "," };
    format!(r#"{{"kind":"{kind}"{comma}{fields}}}"#)
}

#[test]
fn a_good_event_of_every_kind_is_accepted() {
    assert_eq!(GOOD.len(), KINDS.len());
    for kind in KINDS {
        let (_, fields) = GOOD.iter().find(|(name, _)| *name == kind.name).expect(kind.name);
        accepted(&event(kind.name, fields), |event| {
            assert_eq!(event.row.kind, kind.name);
            assert_eq!(event.server_only, kind.server_only, "{}", kind.name);
            assert_eq!((&*event.row.visitor, &*event.row.session), ("v1", "s1"));
            assert!(!event.row.event_id.is_nil());
        });
    }
}

#[test]
fn a_kind_without_a_required_field_is_refused_by_its_name() {
    let mut demands = 0;
    for kind in KINDS {
        let (_, fields) = GOOD.iter().find(|(name, _)| *name == kind.name).unwrap();
        for field in kind.required {
            // The field under another name is as good as absent.
            let without = fields.replacen(&format!("\"{field}\":"), "\"other\":", 1);
            assert_ne!(without, *fields);
            let refusal = refused(&event(kind.name, &without));
            assert_eq!(refusal.reason, "missing_field", "{} {field}", kind.name);
            assert_eq!(refusal.message, format!("{field}: required for {}", kind.name));
            assert_eq!(refusal.kind, kind.name);
            let null = fields.replacen(&format!("\"{field}\":"), &format!("\"{field}\":null,\"other\":"), 1);
            assert_eq!(refused(&event(kind.name, &null)).message, refusal.message);
            demands += 1;
        }
    }
    assert_eq!(demands, 14);
}

#[test]
fn what_a_kind_does_not_allow_is_refused() {
    let table = [
        ("{}", "missing_field", "kind"),
        (r#"{"kind":""}"#, "missing_field", "kind"),
        (r#"{"kind":null}"#, "missing_field", "kind"),
        (r#"{"kind":7}"#, "invalid_field", "kind"),
        (r#"{"kind":"pageview"}"#, "unknown_kind", "kind"),
        (r#"{"kind":"Page_View"}"#, "unknown_kind", "kind"),
        (r#"{"kind":"page_view","url":"scarpe"}"#, "invalid_url", "url"),
        (r#"{"kind":"page_view","url":["/"]}"#, "invalid_field", "url"),
        (r#"{"kind":"screen_view","screen":{}}"#, "invalid_field", "screen"),
        (r#"{"kind":"custom","name":7}"#, "invalid_field", "name"),
        (r#"{"kind":"vital","name":"FID","value":1}"#, "invalid_field", "name"),
        (r#"{"kind":"vital","name":"LCP","value":"fast"}"#, "invalid_field", "value"),
        (r#"{"kind":"vital","name":"LCP","value":-1}"#, "invalid_field", "value"),
        (r#"{"kind":"vital","name":"LCP","value":1e999}"#, "invalid_field", "value"),
        (r#"{"kind":"vital","name":"LCP","value":1e300}"#, "invalid_field", "value"),
        (r#"{"kind":"app_start","start":"lukewarm","duration_ms":1}"#, "invalid_field", "start"),
        (r#"{"kind":"app_start","name":"cold","duration_ms":1}"#, "missing_field", "start"),
        (r#"{"kind":"app_start","start":"cold","duration_ms":-1}"#, "invalid_field", "duration_ms"),
        (r#"{"kind":"screen_load","screen":"a","ttid_ms":"fast"}"#, "invalid_field", "ttid_ms"),
        (
            r#"{"kind":"order","revenue":{"amount":100000000000000,"currency":"EUR"}}"#,
            "invalid_revenue",
            "revenue.amount",
        ),
        (r#"{"kind":"order","revenue":{"amount":-1,"currency":"EUR"}}"#, "invalid_revenue", "revenue.amount"),
        (
            r#"{"kind":"order","revenue":{"amount":1e300,"currency":"EUR"}}"#,
            "invalid_revenue",
            "revenue.amount",
        ),
        (
            r#"{"kind":"order","revenue":{"amount":1e99999,"currency":"EUR"}}"#,
            "invalid_revenue",
            "revenue.amount",
        ),
    ];
    for (event, reason, field) in table {
        let refusal = refused(event);
        assert_eq!(refusal.reason, reason, "{event}");
        assert!(refusal.message.starts_with(&format!("{field}: ")), "{event}: {}", refusal.message);
        assert_eq!(refusal.payload, event);
    }
}

#[test]
fn fields_go_to_their_columns() {
    let good = |kind| event(kind, GOOD.iter().find(|(name, _)| *name == kind).unwrap().1);
    accepted(&good("page_view"), |event| {
        assert_eq!(
            (&*event.row.host, &*event.row.path, &*event.row.query),
            ("bottega.example", "/scarpe", "")
        );
        assert_eq!((&*event.row.title, &*event.row.referrer), ("Scarpe", "https://www.google.com/"));
        assert_eq!(event.row.props, []);
    });
    accepted(&good("page_leave"), |event| {
        assert_eq!((event.row.engaged_ms, event.row.scroll_pct), (4_200, 80));
    });
    accepted(&good("vital"), |event| {
        assert_eq!((&*event.row.name, event.row.value, &*event.row.rating), ("LCP", Some(2_400.5), "good"));
        assert_eq!(event.row.target, "img.hero");
    });
    accepted(&good("click"), |event| {
        assert_eq!(event.row.target, "button.buy");
        assert_eq!((prop(event, "text"), prop(event, "href")), (Some("Compra"), Some("/cassa")));
    });
    accepted(&good("app_start"), |event| {
        assert_eq!((&*event.row.name, event.row.duration_ms), ("cold", 812));
    });
    accepted(&good("screen_view"), |event| {
        assert_eq!((&*event.row.screen, event.row.duration_ms), ("Scarpe", 120));
    });
    accepted(&good("screen_load"), |event| {
        assert_eq!((event.row.duration_ms, prop(event, "ttfd_ms")), (200, Some("450")));
    });
    accepted(&good("frames"), |event| {
        let shares = ["total", "slow", "frozen"].map(|name| prop(event, name));
        assert_eq!(shares, [Some("600"), Some("12"), Some("1")]);
    });
    accepted(&good("crash"), |event| {
        assert_eq!(event.row.message, "NullPointerException");
        assert_eq!((prop(event, "fatal"), prop(event, "stack_hash")), (Some("true"), Some("a1b2")));
    });
    accepted(&good("network"), |event| {
        assert_eq!((&*event.row.host, &*event.row.path), ("api.bottega.example", "/carrello"));
        assert_eq!((event.row.duration_ms, prop(event, "status")), (90, Some("503")));
    });
    accepted(&good("view_item"), |event| assert_eq!(prop(event, "items"), Some(r#"[{"id":"sku-1"}]"#)));
    accepted(&good("order"), |event| {
        assert_eq!((event.row.revenue, &*event.row.currency), (1_299_000, "EUR"));
        assert_eq!(prop(event, "order_id"), Some("o-1"));
    });
    accepted(&good("refund"), |event| assert_eq!(event.row.revenue, -1_299_000));
    accepted(&good("identify"), |event| {
        assert_eq!(event.row.user, "u1");
        assert_eq!((prop(event, "piano"), prop(event, "figli")), (Some("oro"), Some("2")));
    });
    accepted(&good("alias"), |event| assert_eq!(prop(event, "previous"), Some("u0")));
    accepted(&good("consent"), |event| assert_eq!(prop(event, "categories"), Some(r#"["statistics"]"#)));
    accepted(&good("newsletter_click"), |event| {
        let row = &event.row;
        assert_eq!((&*row.newsletter_campaign, &*row.message, &*row.link), ("natale", "m-1", "hero"));
    });
    accepted(&good("survey_answer"), |event| {
        assert_eq!(event.row.value, Some(9.0));
        assert_eq!((prop(event, "survey"), prop(event, "comment")), (Some("nps"), Some("Sì")));
    });
    accepted(&good("chat_started"), |event| {
        assert_eq!((&*event.row.channel, prop(event, "channel")), ("", Some("chat")));
    });
    accepted(&good("custom"), |event| {
        assert_eq!((&*event.row.name, prop(event, "punti")), ("quiz finito", Some("7")));
    });
}

#[test]
fn a_field_of_another_kind_becomes_a_prop() {
    let table = [
        (r#"{"kind":"click","start":"cold"}"#, "start", "cold"),
        (r#"{"kind":"custom","name":"voto","rating":5}"#, "rating", "5"),
        (r#"{"kind":"page_view","url":"/","campaign":"natale"}"#, "campaign", "natale"),
        (r#"{"kind":"login","user":"u","traits":{"a": 1}}"#, "traits", r#"{"a":1}"#),
        (r#"{"kind":"page_view","url":"/","load_ms":3,"duration_ms":7}"#, "duration_ms", "7"),
        (r#"{"kind":"screen_load","screen":"a","ttid_ms":3,"duration_ms":7}"#, "duration_ms", "7"),
        (r#"{"kind":"survey_answer","survey":"a","score":3,"value":7}"#, "value", "7"),
        (r#"{"kind":"vital","name":"CLS","value":0.1,"score":7}"#, "score", "7"),
        (r#"{"kind":"app_start","start":"hot","name":"Bottega","duration_ms":3}"#, "name", "Bottega"),
        (r#"{"kind":"reset","motivo":"logout"}"#, "motivo", "logout"),
    ];
    for (event, name, text) in table {
        accepted(event, |event| assert_eq!(prop(event, name), Some(text)));
    }
    accepted(r#"{"kind":"page_view","url":"/","load_ms":3,"duration_ms":7}"#, |event| {
        assert_eq!(event.row.duration_ms, 3);
    });
}

#[test]
fn the_rating_of_a_vital_is_the_clients_or_computed() {
    for (fields, rating) in [
        (r#""value":0.2"#, "needs-improvement"),
        (r#""value":0.3"#, "poor"),
        (r#""value":0.3,"rating":"good""#, "good"),
        (r#""value":0.3,"rating":null"#, "poor"),
        (r#""value":0.3,"rating":"""#, "poor"),
    ] {
        let event = format!(r#"{{"kind":"vital","name":"CLS",{fields}}}"#);
        accepted(&event, |event| assert_eq!(event.row.rating, rating, "{fields}"));
    }
}
