//! The bodies that are parsed.

use std::fmt::Write;

use orma_benches::traffic::{Requests, What};

/// A body by its name, with the number of its events.
pub struct Body {
    /// What it is.
    pub name: &'static str,
    /// How many.
    pub events: u64,
    pub bytes: Vec<u8>,
}

/// A single beacon of the browser SDK, a relay's batch, an app's batch.
pub fn bodies() -> [Body; 3] {
    [
        Body { name: "browser, 1 event", events: 1, bytes: body(What::Beacon) },
        Body { name: "relay, 100 events", events: 100, bytes: body(What::Batch(100)) },
        Body { name: "app, 20 events", events: 20, bytes: app(20) },
    ]
}

fn body(what: What) -> Vec<u8> {
    let mut request = Vec::new();
    Requests::new(what).write(&mut request);
    let head = request.windows(4).position(|bytes| bytes == b"\r\n\r\n").expect("a head");
    request.split_off(head + 4)
}

/// What a mobile SDK sends when the network is back.
fn app(events: u64) -> Vec<u8> {
    let mut text = String::from(
        r#"{"site":"load-0","visitor":"0197a3c2-7a41-7d3e-9d1c-5a5c8b3f0e21","session":"0197a3c2-7a41-7d3e-9d1c-5a5c8b3f0e22","user":"mario.rossi@example.it","context":{"language":"it-IT","timezone":"Europe/Rome","screen":{"width":390,"height":844,"density":3},"app":{"name":"Bottega","version":"3.2.1","build":"412"},"device":{"brand":"Apple","model":"iPhone15,2","class":"smartphone"},"os":{"name":"iOS","version":"18.1"},"network":"cellular","consent":"granted","sdk":"orma-swift/1.0.0"},"sent_at":"2026-11-21T10:00:01.000Z","events":["#,
    );
    for number in 0..events {
        let separator = if number == 0 { "" } else { "," };
        let (id, ts) = (
            format!("0197a3c2-7a41-7d3e-9d1c-{number:012}"),
            format!("2026-11-21T09:{:02}:00.512Z", number % 60),
        );
        let rest = match number % 4 {
            0 => {
                r#""kind":"screen_view","screen":"Catalogo \"Autunno\"","load_ms":312,"props":{"colore":"rosso","misura":42,"in_saldo":true}"#
            }
            1 => r#""kind":"frames","screen":"Catalogo","total":1204,"slow":31,"frozen":2"#,
            2 => {
                r#""kind":"network","url":"https://api.bottega.example/v2/scarpe?pagina=3","status":200,"duration_ms":184"#
            }
            _ => {
                r#""kind":"custom","name":"filtro_usato","props":{"filtro":"taglia","valori":["41","42"],"risultati":17}"#
            }
        };
        write!(text, r#"{separator}{{"id":"{id}","ts":"{ts}",{rest}}}"#).expect("text takes all");
    }
    text.push_str("]}");
    text.into_bytes()
}
