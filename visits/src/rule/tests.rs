use super::*;

const MINUTE: i64 = 60_000;

fn event(at: i64, what: What) -> Event {
    let page: Arc<str> = if what == What::View { format!("/{at}").into() } else { "".into() };
    let entry = Entry { path: Arc::clone(&page), ..Entry::default() };
    Event { at, tie: 0, what, is_bot: false, page, owner: "".into(), money: None, entry }
}

#[test]
fn a_pause_ends_a_visit_unless_nothing_is_done_after_it() {
    /// Of each visit when it began, until when it lasted, and when it ended.
    type Row<'a> = (&'a str, &'a [(i64, What)], &'a [(i64, i64, i64)]);
    use What::{Action, Order, Passive, View};
    let day = 24 * 60;
    let table: [Row<'_>; 13] = [
        ("one event", &[(0, View)], &[(0, 0, 0)]),
        ("30 minutes are no pause", &[(0, View), (30, View)], &[(0, 30, 30)]),
        ("31 minutes are", &[(0, View), (31, View)], &[(0, 0, 0), (31, 31, 31)]),
        ("each pause is by itself", &[(0, View), (20, Action), (40, View), (60, Order)], &[(0, 60, 60)]),
        ("over midnight", &[(day - 5, View), (day + 5, View)], &[(day - 5, day + 5, day + 5)]),
        ("a page that is left", &[(0, View), (30, Passive)], &[(0, 30, 30)]),
        ("a page that is left later", &[(0, View), (5, View), (120, Passive)], &[(0, 5, 120)]),
        ("nothing but what comes by itself", &[(0, Passive)], &[(0, 0, 0)]),
        ("the same for days", &[(0, Passive), (day, Passive), (2 * day, Passive)], &[(0, 0, 2 * day)]),
        (
            "more than a day later",
            &[(0, View), (day + 1, Passive)],
            &[(0, 0, 0), (day + 1, day + 1, day + 1)],
        ),
        ("left, then seen", &[(0, View), (120, Passive), (121, View)], &[(0, 0, 0), (120, 121, 121)]),
        ("left, then seen later", &[(0, View), (60, Passive), (91, View)], &[(0, 0, 60), (91, 91, 91)]),
        ("in any order", &[(40, View), (20, Action), (0, View)], &[(0, 40, 40)]),
    ];
    for (name, events, expected) in table {
        let events = events.iter().map(|(minute, what)| event(minute * MINUTE, *what)).collect();
        let found: Vec<(i64, i64, i64)> = visits(events)
            .iter()
            .map(|visit| (visit.started() / MINUTE, visit.lasted / MINUTE, visit.whole.ended / MINUTE))
            .collect();
        assert_eq!(found, expected, "{name}");
    }
    let just_after = vec![event(0, View), event(30 * MINUTE + 1, View)];
    assert_eq!(visits(just_after).len(), 2, "to the millisecond");
}

#[test]
fn machines_neither_start_nor_extend_a_visit() {
    let bot = |at| Event { is_bot: true, ..event(at, What::View) };
    let found = visits(vec![event(0, What::View), bot(20 * MINUTE), event(40 * MINUTE, What::View)]);
    let shown: Vec<(bool, i64)> =
        found.iter().map(|visit| (visit.is_bot, visit.started() / MINUTE)).collect();
    assert_eq!(shown, [(false, 0), (false, 40), (true, 20)]);
}

#[test]
fn a_visit_knows_its_pages_and_what_was_done() {
    let screen = Event { page: "Home".into(), entry: Entry::default(), ..event(5, What::View) };
    let events = vec![
        Event { tie: 2, ..event(9, What::View) },
        Event { tie: 1, page: "/tie".into(), ..event(9, What::View) },
        event(1, What::Passive),
        event(7, What::Order),
        event(8, What::Action),
        screen,
    ];
    let [visit] = visits(events).try_into().unwrap();
    let whole = visit.whole;
    assert_eq!(whole.pages, ["Home", "/tie", "/9"].map(Arc::from));
    assert_eq!((whole.entry_page(), whole.exit_page()), ("Home", "/9"), "apps have screens");
    assert_eq!((whole.events, whole.actions, whole.orders), (6, 2, 1));
    assert_eq!(whole.views, [5, 9, 9]);
    assert_eq!(whole.first_order, Some(7));
}

#[test]
fn money_is_summed_by_currency() {
    let paid = |at, currency: &str, amount| Event {
        money: Some((currency.into(), amount)),
        ..event(at, What::Order)
    };
    let events =
        vec![paid(0, "EUR", i64::MAX), paid(1, "USD", 5), paid(2, "EUR", i64::MAX), paid(3, "USD", -5)];
    let [visit] = visits(events).try_into().unwrap();
    let sums: Vec<(&str, i128)> =
        visit.whole.money.iter().map(|(currency, sum)| (currency.as_ref(), *sum)).collect();
    assert_eq!(sums, [("EUR", 2 * i128::from(i64::MAX)), ("USD", 0)]);
}

#[test]
fn each_of_several_owners_has_a_part_of_a_visit() {
    type Row<'a> = (&'a str, &'a [&'a str], &'a [(&'a str, &'a [i64])], &'a [(i64, &'a str)]);
    let of = |at, owner: &str| Event { owner: owner.into(), ..event(at, What::View) };
    let table: [Row<'_>; 4] = [
        ("nobody's", &["", ""], &[], &[]),
        ("one user's", &["anna", "anna"], &[], &[]),
        (
            "two users'",
            &["anna", "anna", "bruno"],
            &[("anna", &[0, 1]), ("bruno", &[2])],
            &[(0, "anna"), (2, "bruno")],
        ),
        (
            "to and fro",
            &["", "anna", "", "anna"],
            &[("", &[0, 2]), ("anna", &[1, 3])],
            &[(0, ""), (1, "anna"), (2, ""), (3, "anna")],
        ),
    ];
    for (name, owners, parts, turns) in table {
        let events = (0..).zip(owners).map(|(at, owner)| of(at, owner)).collect();
        let [visit] = visits(events).try_into().unwrap();
        let found: Vec<(&str, &[i64])> =
            visit.parts.iter().map(|part| (part.owner.as_ref(), part.views.as_slice())).collect();
        assert_eq!(found, parts, "{name}");
        let found: Vec<(i64, &str)> = visit.turns.iter().map(|turn| (turn.at, turn.owner.as_ref())).collect();
        assert_eq!(found, turns, "{name}");
        assert_eq!(visit.whole.events as usize, owners.len(), "{name}");
        assert_eq!(visit.whole.owner.as_ref(), owners[0], "{name}");
    }
}

#[test]
fn views_are_told_apart_by_whose_they_are_and_with_what_they_were_seen() {
    /// Of each event: whether it is a view, the owner, the client, the place.
    type Row<'a> = (&'a str, &'a [(bool, &'a str, &'a str, &'a str)], &'a [(&'a str, &'a str, &'a [i64])]);
    let table: [Row<'_>; 7] = [
        ("all alike", &[(true, "", "a", "IT"), (true, "", "a", "IT")], &[]),
        ("no view", &[(false, "", "a", "IT"), (false, "anna", "b", "FR")], &[]),
        ("what no visit tells", &[(true, "", "a,it,,1920", "IT"), (true, "", "a,it,,800", "IT")], &[]),
        ("only no views differ", &[(true, "", "a", "IT"), (false, "anna", "a", "FR")], &[]),
        ("the first is no view", &[(false, "", "a", "IT"), (true, "", "a", "FR")], &[("", "FR", &[1])]),
        (
            "to and fro",
            &[(true, "", "a", "IT"), (true, "", "a", "FR"), (false, "", "a", "DE"), (true, "", "a", "IT")],
            &[("", "IT", &[0, 3]), ("", "FR", &[1])],
        ),
        (
            "another's, in another language",
            &[(true, "", "a", "IT"), (true, "anna", "a", "IT"), (true, "anna", "a,en", "IT")],
            &[("", "IT", &[0]), ("anna", "IT", &[1]), ("anna", "IT", &[2])],
        ),
    ];
    for (name, events, expected) in table {
        let of = |(at, (is_view, owner, client, place)): (i64, &(bool, &str, &str, &str))| {
            let what = if *is_view { What::View } else { What::Action };
            let mut event = Event { owner: (*owner).into(), ..event(at, what) };
            event.entry.client = client.replace(',', "\u{1f}").into();
            event.entry.place = (*place).into();
            event.entry.campaign = format!("campaign {at}").into();
            event
        };
        let [visit] = visits((0..).zip(events).map(of).collect()).try_into().unwrap();
        let found: Vec<(&str, &str, &[i64])> = visit
            .seen
            .iter()
            .map(|seen| (seen.owner.as_ref(), seen.entry.place.as_ref(), seen.views.as_slice()))
            .collect();
        assert_eq!(found, expected, "{name}");
        for seen in &visit.seen {
            assert_eq!(seen.entry.campaign.as_ref(), "campaign 0", "{name}");
            assert_eq!(seen.entry_page(), visit.whole.entry_page(), "{name}");
        }
    }
}

#[test]
fn views_are_told_apart_a_limited_number_of_times() {
    let place = |at: i64| Entry { place: format!("{at}").into(), ..Entry::default() };
    let events =
        (0..2 * SEEN_MAX as i64).map(|at| Event { entry: place(at), ..event(at, What::View) }).collect();
    let [visit] = visits(events).try_into().unwrap();
    assert_eq!(visit.seen.len(), SEEN_MAX);
    assert_eq!(visit.seen[SEEN_MAX - 1].views.len(), SEEN_MAX + 1, "the last has the rest");
}

#[test]
fn a_visit_changes_hands_a_limited_number_of_times() {
    let owner = |at: i64| format!("user {at}").into();
    let events =
        (0..2 * TURNS_MAX as i64).map(|at| Event { owner: owner(at), ..event(at, What::View) }).collect();
    let [visit] = visits(events).try_into().unwrap();
    assert_eq!((visit.turns.len(), visit.parts.len()), (TURNS_MAX, TURNS_MAX));
    assert_eq!(visit.parts[TURNS_MAX - 1].events as usize, TURNS_MAX + 1, "the last keeps the rest");
}
