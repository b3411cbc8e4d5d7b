//! The segments that the shop's people have made: what the story is about, as conditions.

use serde_json::{Value, json};

/// Name and condition, as `POST /segments` takes them.
#[must_use]
pub fn segments() -> Vec<(&'static str, Value)> {
    let done = |event: Value| json!({"did": {"event": event}});
    let no_order = json!({"did": {"event": {"kind": "order"}, "exactly": 0}});
    vec![
        ("Clienti fedeli", json!({"did": {"event": {"kind": "order"}, "at_least": 2}})),
        ("Carrello senza ordine", json!({"all": [done(json!({"kind": "add_to_cart"})), no_order]})),
        (
            "Pagamento fallito, nessun ordine",
            json!({"all": [done(json!({"kind": "error", "path": "/demo/cassa.html"})), no_order]}),
        ),
        ("Venuti per il concorso", json!({"is": {"dimension": "campaign", "values": ["vinci-un-paio"]}})),
        (
            "Tornati a comprare dopo la lettera",
            json!({"sequence": {"events": [{"kind": "newsletter_click"}, {"kind": "order"}], "within_days": 14}}),
        ),
    ]
}
