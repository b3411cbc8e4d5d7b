use super::*;
use crate::enrich::UserAgents;

const SENT: i64 = 1_795_341_600;
const LATER: i64 = (SENT + 3_600) * 1_000;
const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
const IOS_MAIL: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148";
const GMAIL: &str =
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)";

const CLICK: Letter = Letter {
    act: Act::Click,
    sent_at: SENT,
    campaign: "c",
    message: "m",
    recipient: "mario",
    link: "hero",
    target: "https://b.example/",
};
const OPEN: Letter = Letter { act: Act::Open, link: "", target: "", ..CLICK };

/// A request, as a table says it.
struct Case {
    letter: Letter<'static>,
    user_agent: &'static str,
    address: &'static str,
    received_at: i64,
    in_advance: bool,
    like_a_browser: bool,
}

const CASE: Case = Case {
    letter: OPEN,
    user_agent: CHROME,
    address: "79.0.0.1",
    received_at: LATER,
    in_advance: false,
    like_a_browser: true,
};

fn judge(judge: &MailJudge, case: &Case) -> (&'static str, String) {
    let facts = UserAgents::new().facts(case.user_agent, false);
    let judgement = judge.judge(&Hit {
        letter: &case.letter,
        site: "demo",
        address: case.address.parse().unwrap(),
        user_agent: case.user_agent,
        bot: facts.bot.as_ref(),
        in_advance: case.in_advance,
        like_a_browser: case.like_a_browser,
        received_at: case.received_at,
    });
    (judgement.verdict, judgement.reason.into_owned())
}

#[test]
fn a_single_request_is_judged_by_what_it_says() {
    let open = |user_agent| Case { user_agent, ..CASE };
    let click = |user_agent| Case { letter: CLICK, user_agent, ..CASE };
    let table: [(Case, &str, &str); 24] = [
        (open(CHROME), "human", "browser"),
        (open(IOS_MAIL), "human", "browser"),
        (open("Mozilla/4.0 (compatible; ms-office; MSOffice 16)"), "human", "outlook"),
        (
            open(
                "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0; Pro; ms-office; MSOffice 16)",
            ),
            "human",
            "outlook",
        ),
        (open(GMAIL), "proxy", "gmail_proxy"),
        (
            open("YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html"),
            "proxy",
            "yahoo_proxy",
        ),
        (open("Mozilla/5.0"), "machine", "apple_privacy"),
        (open(""), "unknown", "empty_user_agent"),
        (open("eM Client/10.0"), "unknown", "bare_user_agent"),
        (open("Mozilla/5.0 (compatible; Barracuda Sentinel)"), "machine", "scanner: barracuda"),
        (
            open("Microsoft Office Existence Discovery"),
            "machine",
            "scanner: microsoft office existence discovery",
        ),
        (open("curl/8.1"), "machine", "bot: curl/"),
        (Case { in_advance: true, ..CASE }, "machine", "in_advance"),
        (Case { received_at: SENT * 1_000 + OPEN_MS_MIN - 1, ..CASE }, "machine", "too_soon"),
        (Case { received_at: SENT * 1_000 + OPEN_MS_MIN, ..CASE }, "human", "browser"),
        (Case { received_at: SENT * 1_000 + 1, user_agent: GMAIL, ..CASE }, "proxy", "gmail_proxy"),
        (click(CHROME), "human", "browser"),
        (click("Mozilla/5.0"), "machine", "bot: bare_user_agent"),
        (click("Mozilla/5.0 (compatible; proofpoint)"), "machine", "scanner: proofpoint"),
        (click(GMAIL), "machine", "scanner: googleimageproxy"),
        (Case { like_a_browser: false, ..click(CHROME) }, "machine", "not_a_browser"),
        (Case { received_at: SENT * 1_000 + CLICK_MS_MIN - 1, ..click(CHROME) }, "machine", "too_soon"),
        (Case { received_at: SENT * 1_000 + CLICK_MS_MIN, ..click(CHROME) }, "human", "browser"),
        (Case { letter: Letter { act: Act::Trap, ..CLICK }, ..CASE }, "machine", "trap"),
    ];
    for (case, verdict, reason) in table {
        let found = judge(&MailJudge::default(), &case);
        assert_eq!(found, (verdict, reason.to_owned()), "{:?} {}", case.letter.act, case.user_agent);
    }
}

#[test]
fn three_links_at_once_are_no_persons() {
    let mail = MailJudge::default();
    let click = |link, after| Case { letter: Letter { link, ..CLICK }, received_at: LATER + after, ..CASE };
    assert_eq!(judge(&mail, &click("a", 0)).0, "human");
    assert_eq!(judge(&mail, &click("a", 500)).0, "human", "twice the same");
    assert_eq!(judge(&mail, &click("b", 1_000)).0, "human");
    let elsewhere = Case { address: "8.8.8.8", ..click("c", 2_000) };
    assert_eq!(judge(&mail, &elsewhere), ("machine", "many_links".into()), "from wherever");
    assert_eq!(judge(&mail, &click("d", 30_000)).0, "human", "somebody who reads");
    let other = Case { letter: Letter { recipient: "anna", link: "c", ..CLICK }, ..click("c", 2_000) };
    assert_eq!(judge(&mail, &other).0, "human");
}

#[test]
fn a_network_that_opens_everybodys_mail_is_a_gateway() {
    let mail = MailJudge::default();
    let names = ["a", "b", "c", "d", "e"];
    let open = |at: usize, user_agent| Case {
        letter: Letter { recipient: names[at], message: names[at], ..OPEN },
        address: ["79.0.0.1", "79.0.0.2", "79.0.0.3", "79.0.0.254", "::ffff:79.0.0.9"][at],
        received_at: LATER + at as i64 * 1_000,
        user_agent,
        ..CASE
    };
    for at in 0..4 {
        assert_eq!(judge(&mail, &open(at, CHROME)).0, "human");
        assert_eq!(judge(&mail, &open(at, GMAIL)).0, "proxy");
    }
    assert_eq!(judge(&mail, &Case { address: "79.0.1.1", ..open(4, CHROME) }).0, "human", "another network");
    assert_eq!(judge(&mail, &open(4, CHROME)), ("machine", "sweep".into()));
    assert_eq!(judge(&mail, &open(4, GMAIL)).0, "proxy", "Gmail's network is everybody's");
    let tomorrow = Case { received_at: LATER + SWEEP_MS * 9, ..open(0, CHROME) };
    assert_eq!(judge(&mail, &tomorrow).0, "human");
}

#[test]
fn colleagues_who_read_together_are_people() {
    const NAMES: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];
    const ADDRESSES: [&str; 7] =
        ["79.0.0.1", "79.0.0.2", "79.0.0.3", "79.0.0.4", "79.0.0.5", "79.0.0.6", "79.0.0.7"];
    const DEVICES: [&str; 7] = [
        CHROME,
        IOS_MAIL,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 Thunderbird/140.5",
    ];
    const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
    // How old the mail is, the devices and addresses, and how many of the seven are taken for people.
    type Seven = [&'static str; 7];
    let table: [(&str, i64, Seven, Seven, usize); 5] = [
        ("a day later", DAY_MS, DEVICES, ADDRESSES, 7),
        ("a day later, behind one address", DAY_MS, DEVICES, [ADDRESSES[0]; 7], 7),
        ("a day later, one program", DAY_MS, [CHROME; 7], ADDRESSES, 4),
        ("at delivery", 60_000, DEVICES, ADDRESSES, 4),
        ("an hour later", FRESH_MS, DEVICES, ADDRESSES, 7),
    ];
    for (what, age, devices, addresses, people) in table {
        for letter in [OPEN, CLICK] {
            let mail = MailJudge::default();
            let verdicts: Vec<_> = (0..7)
                .map(|at| {
                    judge(
                        &mail,
                        &Case {
                            letter: Letter { recipient: NAMES[at], message: NAMES[at], ..letter },
                            user_agent: devices[at],
                            address: addresses[at],
                            received_at: SENT * 1_000 + age + at as i64 * 1_200,
                            ..CASE
                        },
                    )
                })
                .collect();
            let found = verdicts.iter().filter(|(verdict, _)| *verdict == "human").count();
            assert_eq!(found, people, "{what}, {:?}: {verdicts:?}", letter.act);
            assert!(
                verdicts.iter().all(|(verdict, reason)| *verdict == "human" || reason == "sweep"),
                "{what}"
            );
        }
    }
}

#[test]
fn who_follows_the_hidden_link_is_a_machine_for_a_minute() {
    let mail = MailJudge::default();
    let trap = Case { letter: Letter { act: Act::Trap, link: "trap", ..CLICK }, ..CASE };
    let click = |after| Case { letter: CLICK, received_at: LATER + after, ..CASE };
    assert_eq!(judge(&mail, &click(-20_000)).0, "human", "before");
    assert_eq!(judge(&mail, &trap), ("machine", "trap".into()));
    assert_eq!(judge(&mail, &click(1_000)), ("machine", "after_trap".into()));
    assert_eq!(judge(&mail, &Case { address: "8.8.8.8", ..click(2_000) }).0, "human", "another network");
    assert_eq!(judge(&mail, &click(TRAP_MS)).0, "human");
}
