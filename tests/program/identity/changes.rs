//! Changes by hand, one after the other and at once.

use super::*;
use crate::conditions::site_named;

/// A change that may be asked for, with what the twin says of it: `None` where it must be refused.
fn random_change(random: &mut Rng, twin: &Twin) -> (String, Value, Option<Vec<(Pair, bool)>>) {
    let people = twin.people();
    let known: Vec<&String> =
        people.iter().filter(|(_, one)| !one.users.is_empty()).map(|(id, _)| id).collect();
    let person = (*random.choice(&known).unwrap()).clone();
    let users = twin.users_of(&person);
    let pairs = twin.pairs();
    let own: Vec<&Pair> = pairs
        .keys()
        .filter(|(visitor, user)| {
            users.contains(user) && visitor.strip_prefix('@').is_none_or(|id| users.contains(id))
        })
        .collect();
    match random.u64(..4) {
        0 => {
            let visitor = format!("v{}", random.u64(..6));
            let is_there = twin.rows.iter().any(|row| row.visitor == visitor);
            let planned = is_there.then(|| vec![((visitor.clone(), person.clone()), true)]);
            (person, json!({"link": {"id": visitor}}), planned)
        }
        1 => {
            let other = (*random.choice(&known).unwrap()).clone();
            let planned = (other != person).then(|| vec![((format!("@{other}"), person.clone()), true)]);
            (person, json!({"link": {"id": other, "is_user": true}}), planned)
        }
        2 if !own.is_empty() => {
            let pair = (*random.choice(&own).unwrap()).clone();
            let link = json!({"visitor": pair.0, "user": pair.1}).to_string();
            (person, json!({"unlink": {"link": base64_url(link.as_bytes())}}), Some(vec![(pair, false)]))
        }
        _ => {
            let id_of = |visitor: &str| visitor.strip_prefix('@').unwrap_or(visitor).to_owned();
            let ids: BTreeSet<String> =
                users.iter().cloned().chain(own.iter().map(|(visitor, _)| id_of(visitor))).collect();
            let mut taken: BTreeSet<String> = ids.iter().filter(|_| random.bool()).cloned().collect();
            taken.extend(ids.first().cloned());
            let crossing = own
                .iter()
                .filter(|(visitor, user)| taken.contains(&id_of(visitor)) != taken.contains(user))
                .map(|pair| ((*pair).clone(), false));
            let crossing: Vec<(Pair, bool)> = crossing.collect();
            (person, json!({"split": {"ids": taken}}), (!crossing.is_empty()).then_some(crossing))
        }
    }
}

fn base64_url(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// The twin once a change was made.
fn changed(twin: &Twin, change: &str, made_at: i64, pairs: &[(Pair, bool)]) -> Twin {
    let mut twin = twin.clone();
    let latest = twin.pairs();
    for (pair, joins) in pairs {
        // What was to come is taken back as well; what is joined comes after all that was said of the pair.
        let at = if *joins {
            let said =
                twin.said.iter().filter(|said| said.pair == *pair && !said.joins).map(|said| said.at + 1);
            let aliases = twin.rows.iter().filter(|row| row.kind == "alias").filter(|row| {
                row.props.iter().any(|(name, value)| name == "previous" && format!("@{value}") == pair.0)
            });
            let earlier = twin
                .said
                .iter()
                .filter(|said| said.joins && said.pair.0 == pair.0 && pair.0.starts_with('@'))
                .map(|said| said.at + 1);
            said.chain(aliases.map(|row| row.ts + 1)).chain(earlier).max().unwrap_or(0).max(made_at)
        } else {
            latest[pair].max(made_at)
        };
        let (change, pair) = (change.to_owned(), pair.clone());
        twin.said.push(Said { change, pair, joins: *joins, at, undone: false });
    }
    twin
}

pub async fn random_changes(service: &Service) {
    for seed in 0..2 {
        let site = format!("identity{seed}");
        service.registry.put_site(&site_named(&site)).await.unwrap();
        let mut random = Rng::with_seed(seed);
        let rows = some_events(&mut random, &site, 90);
        service.insert(&rows).await;
        let mut twin = Twin { rows, said: Vec::new() };
        list_agrees(service, &site, &twin, &format!("{site}: before any change")).await;
        // Changes that can be undone, the latest last.
        let mut made: Vec<(String, String)> = Vec::new();
        for step in 0..14 {
            let when = format!("{site}, step {step}");
            let (person, body, pairs) = random_change(&mut random, &twin);
            let when = format!("{when}: {body} of {person}");
            let (status, preview) = ask_change(service, &site, &person, "preview", &body).await;
            let Some(pairs) = pairs else {
                assert!(status.is_client_error(), "{when}: {preview}");
                let (status, _) = ask_change(service, &site, &person, "changes", &body).await;
                assert!(status.is_client_error(), "{when}");
                continue;
            };
            assert_eq!(status, StatusCode::OK, "{when}: {preview}");
            let people: BTreeSet<String> = twin.people().into_keys().collect();
            let turn = random.u64(..3);
            let before = if turn == 0 { answers(service, &site, &people).await } else { Vec::new() };
            let (status, change) = ask_change(service, &site, &person, "changes", &body).await;
            assert_eq!(status, StatusCode::CREATED, "{when}: {change}");
            let made_at = change["at"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_millisecond();
            let id = change["change"].as_str().unwrap().to_owned();
            let next = changed(&twin, &id, made_at, &pairs);
            assert_eq!(preview["edges"], json!(pairs.len()), "{when}");
            let (old, new) = (twin.people(), next.people());
            let (gone, come) = (other_than(&old, &new), other_than(&new, &old));
            assert_eq!(preview["changes"], !(gone.is_empty() && come.is_empty()), "{when}: {preview}");
            if preview["changes"] == true {
                assert_eq!(side(&preview["before"]), gone, "{when}, before");
                assert_eq!(side(&preview["after"]), come, "{when}, after");
            }
            list_agrees(service, &site, &next, &when).await;
            let old = std::mem::replace(&mut twin, next);
            match turn {
                // Undone at once: every answer is what it was.
                0 => {
                    undo(service, &site, &person, &id, &mut twin).await;
                    list_agrees(service, &site, &twin, &format!("{when}, undone")).await;
                    assert_eq!(twin.people(), old.people());
                    assert_eq!(answers(service, &site, &people).await, before, "{when}, undone");
                    continue;
                }
                1 => {
                    let mut rows = some_events(&mut random, &site, 5);
                    // Somebody signs in again after the change.
                    for row in rows.iter_mut().filter(|_| random.bool()) {
                        row.ts = jiff::Timestamp::now().as_millisecond() - 1;
                    }
                    service.insert(&rows).await;
                    twin.rows.extend(rows);
                    list_agrees(service, &site, &twin, &format!("{when}, and events")).await;
                }
                _ => {}
            }
            made.push((id, person));
        }
        // Backwards, the latest first, all that is left.
        while let Some((id, person)) = made.pop() {
            undo(service, &site, &person, &id, &mut twin).await;
        }
        list_agrees(service, &site, &twin, &format!("{site}: all undone")).await;
        assert!(twin.said.iter().all(|said| said.undone));
    }
}

async fn undo(service: &Service, site: &str, person: &str, id: &str, twin: &mut Twin) {
    let body = json!({"undo": {"change": id}});
    let (old, mut next) = (twin.people(), twin.clone());
    next.said.iter_mut().filter(|said| said.change == id).for_each(|said| said.undone = true);
    let new = next.people();
    // Whoever the person was may have no event under that id any more.
    let person =
        if old.contains_key(person) { person.to_owned() } else { old.keys().next().unwrap().clone() };
    let (status, preview) = ask_change(service, site, &person, "preview", &body).await;
    assert_eq!(status, StatusCode::OK, "{preview}");
    if preview["changes"] == true {
        assert_eq!(side(&preview["before"]), other_than(&old, &new), "before undoing {id}");
        assert_eq!(side(&preview["after"]), other_than(&new, &old), "after undoing {id}");
    } else {
        assert_eq!(old, new, "undoing {id}");
    }
    let (status, undone) = ask_change(service, site, &person, "changes", &body).await;
    assert_eq!(status, StatusCode::CREATED, "{undone}");
    *twin = next;
}

/// A site of its own with two visitors of two users and one of nobody.
async fn small(service: &Service, site: &str) {
    service.registry.put_site(&site_named(site)).await.unwrap();
    let start = at("2026-11-10T10:00:00Z");
    let own = |row: EventRow<'static>| EventRow { site: site.to_owned().into(), ..row };
    let rows: Vec<EventRow<'static>> = [
        view("va", "a1", start, "/"),
        EventRow { user: "anna".into(), ..event("identify", "va", "a1", start + MINUTE) },
        view("vb", "b1", start, "/"),
        EventRow { user: "bruno".into(), ..event("identify", "vb", "b1", start + MINUTE) },
        view("stranger", "c1", start, "/"),
    ]
    .map(own)
    .into();
    service.insert(&rows).await;
}

pub async fn refusals(service: &Service) {
    let site = "refused";
    small(service, site).await;
    let long = "x".repeat(257);
    let link = base64_url(br#"{"visitor":"vb","user":"bruno"}"#);
    for (person, body, code, field) in [
        ("nobody", json!({"link": {"id": "va"}}), "unknown_person", None),
        ("stranger", json!({"link": {"id": "va"}}), "not_identified", Some("person")),
        ("anna", json!({"link": {"id": "@bruno"}}), "unknown_visitor", None),
        ("anna", json!({"link": {"id": "never"}}), "unknown_visitor", None),
        ("anna", json!({"link": {"id": ""}}), "invalid_id", Some("link.id")),
        ("anna", json!({"link": {"id": long}}), "invalid_id", Some("link.id")),
        ("anna", json!({"link": {"id": "stranger", "is_user": true}}), "not_identified", Some("link.id")),
        ("anna", json!({"link": {"id": "never", "is_user": true}}), "unknown_person", None),
        ("anna", json!({"link": {"id": "anna", "is_user": true}}), "already_linked", Some("link.id")),
        ("anna", json!({"unlink": {"link": "x"}}), "unknown_link", None),
        ("anna", json!({"unlink": {"link": link}}), "unknown_link", None),
        ("anna", json!({"split": {"ids": []}}), "invalid_ids", Some("split.ids")),
        ("anna", json!({"split": {"ids": ["va", "vb"]}}), "not_an_id_of_the_person", Some("split.ids[1]")),
        ("anna", json!({"split": {"ids": ["anna", "va"]}}), "nothing_to_split", Some("split.ids")),
        ("stranger", json!({"split": {"ids": ["stranger"]}}), "nothing_to_split", Some("split.ids")),
        ("anna", json!({"undo": {"change": "0"}}), "unknown_change", None),
        ("anna", json!({"link": {"id": "va", "colour": "red"}}), "invalid_body", Some("colour")),
        ("anna", json!({"merge": {"id": "va"}}), "invalid_body", Some("merge")),
        ("anna", json!({}), "invalid_body", None),
    ] {
        for what in ["preview", "changes"] {
            let (status, answer) = ask_change(service, site, person, what, &body).await;
            assert!(status.is_client_error(), "{body}: {status}");
            assert_eq!(answer["error"]["code"], code, "{what} {body}: {answer}");
            if let Some(field) = field {
                assert_eq!(answer["error"]["field"], field, "{what} {body}");
            }
        }
    }
    let nothing = service.get_of(site, "/people/anna/identity").await;
    assert_eq!(nothing["changes"], json!([]), "what was refused or previewed is no change");
    // Who may only read may look what would be, and change nothing.
    let ask = |what: &str| {
        let request = axum::http::Request::post(format!("/api/v1/sites/demo/people/anna/identity/{what}"))
            .header("authorization", format!("Bearer {}", crate::query_api::ANALYST))
            .header("content-type", "application/json");
        service.answer(request.body(json!({"link": {"id": "va"}}).to_string().into()).unwrap())
    };
    assert_eq!(ask("changes").await.status, StatusCode::FORBIDDEN);
    assert_eq!(ask("preview").await.json()["error"]["code"], "unknown_person");
}

/// What depends on what, and who was first.
pub async fn at_once(service: &Service) {
    let site = "at-once";
    small(service, site).await;
    let change = async |person: &str, body: Value| {
        let (status, made) = ask_change(service, site, person, "changes", &body).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        made["change"].as_str().unwrap().to_owned()
    };
    let undo = |id: &str| json!({"undo": {"change": id}});
    let first = change("anna", json!({"link": {"id": "stranger"}})).await;
    let other = change("anna", json!({"link": {"id": "bruno", "is_user": true}})).await;
    let second = change("anna", json!({"split": {"ids": ["stranger"]}})).await;
    let (status, refused) = ask_change(service, site, "anna", "changes", &undo(&first)).await;
    assert_eq!(
        (status, &refused["error"]["code"]),
        (StatusCode::CONFLICT, &json!("newer_change")),
        "{refused}"
    );
    assert!(refused["error"]["message"].as_str().unwrap().contains(&second), "{refused}");
    // Of another id: whatever came later.
    let undone = change("anna", undo(&other)).await;
    let (_, refused) = ask_change(service, site, "anna", "changes", &undo(&undone)).await;
    assert_eq!(refused["error"]["code"], "not_undoable");
    // Of many who undo at once one does.
    let body = undo(&second);
    let ask = || ask_change(service, site, "anna", "changes", &body);
    let (one, two, three, four) = tokio::join!(ask(), ask(), ask(), ask());
    let answers = [one, two, three, four];
    let made = answers.iter().filter(|(status, _)| *status == StatusCode::CREATED).count();
    let refused = answers.iter().filter(|(_, answer)| answer["error"]["code"] == "already_undone").count();
    assert_eq!((made, refused), (1, 3), "{answers:?}");
    change("anna", undo(&first)).await;
    let identity = service.get_of(site, "/people/anna/identity").await;
    let changes = identity["changes"].as_array().unwrap();
    let told: Vec<(&str, &str)> = changes
        .iter()
        .map(|one| (one["action"].as_str().unwrap(), one["undone_by"].as_str().unwrap_or("-")))
        .collect();
    assert_eq!(told, [("split", "first admin"), ("link", "first admin"), ("link", "first admin")]);
    let ids: Vec<(&str, bool)> = identity["ids"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["id"].as_str().unwrap(), one["is_user"].as_bool().unwrap()))
        .collect();
    assert_eq!(ids, [("anna", true), ("va", false)]);
    assert_eq!(identity["ids"][1]["joined_by"]["source"], "identify");
    assert!(identity["ids"][0]["joined_by"].is_null());
    let gone = identity["edges"].as_array().unwrap().iter().find(|edge| edge["id"] == "stranger").unwrap();
    assert_eq!((&gone["in_force"], &gone["by_hand"]), (&json!(false), &json!(true)), "{gone}");
}

/// Segments, and whatever is kept of finished days, follow a change and its undo.
pub async fn segments_and_kept_answers_notice(service: &Service) {
    let site = "kept-identity";
    small(service, site).await;
    let twice = json!({"did": {"event": {"kind": "page_view"}, "at_least": 2}});
    let body = json!({"name": "came twice", "condition": twice, "days": 30});
    let answer = service.ask_of(site, Method::POST, "/segments", Some(body)).await;
    let segment = answer.json()["segment"].as_str().unwrap().to_owned();
    let told = async || {
        service.evaluator.evaluate(None, orma_query::Timestamp(at("2026-11-16T00:00:00Z"))).await.unwrap();
        let members = service.get_of(site, &format!("/segments/{segment}/members")).await;
        let members: Vec<Value> =
            members["members"].as_array().unwrap().iter().map(|one| one["person"].clone()).collect();
        // Twice: the second answer is a kept one.
        let day = "/stats?metrics=people&group_by=page&from=2026-11-10&to=2026-11-10";
        let whole = "/stats?metrics=people&from=2026-11-10&to=2026-11-10";
        let mut numbers = Vec::new();
        for asked in [whole, whole, day, day] {
            numbers.push(service.get_of(site, asked).await["totals"]["people"].clone());
        }
        (members, numbers)
    };
    let before = (vec![], vec![json!(3); 4]);
    assert_eq!(told().await, before);
    for (body, members, people) in [
        (json!({"link": {"id": "stranger"}}), vec![json!("anna")], 2),
        (json!({"link": {"id": "bruno", "is_user": true}}), vec![json!("anna")], 2),
    ] {
        let (status, made) = ask_change(service, site, "anna", "changes", &body).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        assert_eq!(told().await, (members, vec![json!(people); 4]), "{body}");
        let undo = json!({"undo": {"change": made["change"]}});
        assert_eq!(ask_change(service, site, "anna", "changes", &undo).await.0, StatusCode::CREATED);
        assert_eq!(told().await, before, "{body}, undone");
    }
}
