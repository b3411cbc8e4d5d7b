//! Two programs on one distant store, with many visitors at both. The one that makes visits is suspended in the middle of it
//! until the other has taken over, and goes on where it was: nothing that it knew by then may be in any visit. Afterwards
//! visits are those of a plain computation, and both programs answer the same.
//!
//! `ORMA_TORTURE_ROUNDS` says how often: once for each twenty of them, and so not at all in `make test`.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;

use super::people::{self, Crowd, Everybody};
use crate::support::remote::Remote;
use crate::support::{Orma, Setup, wait_for};

const KILLS_FOR_EACH: u64 = 20;
/// The other is at work for at most so long before the first goes on.
const TOGETHER_MS_MAX: u64 = 3_000;

fn makes_visits(orma: &Orma) -> bool {
    orma.metric("orma_job_lease_held{job=\"visits\"}") == Some(1.0)
}

#[test]
fn who_was_suspended_while_it_made_visits_changes_none_of_the_next() {
    let rounds = super::from_environment("ORMA_TORTURE_ROUNDS", 0) / KILLS_FOR_EACH;
    if rounds == 0 {
        return;
    }
    let seed = super::seed();
    println!("ORMA_TORTURE_SEED={seed}");
    let random = &mut Rng::with_seed(seed);
    let remote = Remote::start();
    super::prepare(&remote);
    let both = ["one", "other"].map(|name| {
        Setup::default().argument("--clickhouse-url", remote.url()).argument("--collector", name).start()
    });
    let crowd = Arc::new(Mutex::new(Crowd::new(random.fork())));
    let mut taken = BTreeSet::new();
    for round in 0..rounds {
        let busy = both.each_ref().map(|orma| Everybody::start(orma, &crowd, random));
        busy.iter().for_each(Everybody::wait_until_served);
        let holder = wait_for("one to make visits", || both.iter().position(makes_visits));
        let (one, other) = (&both[holder], &both[1 - holder]);
        let at = people::moment(other, random);
        one.suspend();
        wait_for("the other to make visits", || makes_visits(other).then_some(()));
        std::thread::sleep(Duration::from_millis(random.u64(..TOGETHER_MS_MAX)));
        one.resume();
        println!("round {round}: suspended at {at}");
        for everybody in busy {
            taken.extend(everybody.stop().0);
        }
        both.iter().for_each(super::wait_until_shipped);
        people::check(other, &taken, &people::Erased::new());
    }
    for question in [
        "stats?metrics=sessions,visitors,people&interval=day",
        "stats?metrics=people&group_by=page",
        "people?limit=100",
        "people/anna-1",
        "people/anna-1/journey",
    ] {
        let [one, other] = both.each_ref().map(|orma| {
            let mut answer = orma.ask(&format!("/api/v1/sites/demo/{question}"));
            answer.as_object_mut().unwrap().remove("as_of");
            answer
        });
        assert_eq!(one, other, "{question}");
    }
}
