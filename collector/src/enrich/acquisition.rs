//! Campaign, source and channel of a visit, remembered: the events of one page all carry the same address, and many
//! visits arrive the same way.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use foldhash::fast::RandomState;
use quick_cache::sync::Cache;
use quick_cache::{Equivalent, UnitWeighter};

use super::channel::{self, Visit};
use crate::campaign::{self, Campaign};

/// So many arrivals are remembered; with the bound below never more than 12 MiB, usually 2.
const ARRIVALS_CACHED_MAX: usize = 8_192;
/// A longer address is looked at each time: it is hardly ever the same twice. Bytes of host, query and referrer.
const ARRIVAL_BYTES_MAX: usize = 512;

/// Where a visit came from. What is not known is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acquisition {
    /// The address's `utm_…` parameters and kind of click id.
    pub campaign: Campaign<'static>,
    /// See [`channel::Origin::source`].
    pub source: Box<str>,
    /// See [`channel::Origin::channel`].
    pub channel: &'static str,
    /// The query without click ids, where it had some.
    pub query: Option<Box<str>>,
    /// The referrer without click ids, where it had some.
    pub referrer: Option<Box<str>>,
}

/// Finds out where visits come from and remembers the answers.
pub struct Acquisitions {
    cache: Cache<Key, Arc<Acquisition>, UnitWeighter, RandomState>,
}

/// What a page's address and its referrer say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Arrival<'a> {
    /// Host of the page, with or without a port.
    pub host: &'a str,
    /// Query of the page, without `?`.
    pub query: &'a str,
    /// The address before, as sent.
    pub referrer: &'a str,
}

/// Host, query and referrer one after the other: compared where they lie together.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    text: Box<str>,
    host_bytes: u16,
    query_bytes: u16,
}

impl Key {
    fn of(arrival: Arrival<'_>) -> Self {
        const { assert!(ARRIVAL_BYTES_MAX <= u16::MAX as usize) };
        let text = [arrival.host, arrival.query, arrival.referrer].concat().into_boxed_str();
        Self { text, host_bytes: arrival.host.len() as u16, query_bytes: arrival.query.len() as u16 }
    }

    fn as_ref(&self) -> Arrival<'_> {
        let (host, rest) = self.text.split_at(self.host_bytes.into());
        let (query, referrer) = rest.split_at(self.query_bytes.into());
        Arrival { host, query, referrer }
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_ref().hash(state);
    }
}

impl Equivalent<Key> for Arrival<'_> {
    fn equivalent(&self, arrival: &Key) -> bool {
        *self == arrival.as_ref()
    }
}

impl Acquisitions {
    /// Nothing is remembered yet.
    pub fn new() -> Self {
        let cache = Cache::with(
            ARRIVALS_CACHED_MAX,
            ARRIVALS_CACHED_MAX as u64,
            UnitWeighter,
            RandomState::default(),
            quick_cache::sync::DefaultLifecycle::default(),
        );
        Self { cache }
    }

    /// Where a visit came from. A campaign that the client `named` outranks what the page's address says.
    pub fn of(&self, arrival: Arrival<'_>, named: Option<Campaign<'_>>) -> Arc<Acquisition> {
        let found = self.of_address(arrival);
        let Some(named) = named else { return found };
        let campaign = named.or(&found.campaign);
        let (source, channel) = classify(arrival, &campaign);
        let (query, referrer) = (found.query.clone(), found.referrer.clone());
        Arc::new(Acquisition { campaign: campaign.into_owned(), source, channel, query, referrer })
    }

    fn of_address(&self, arrival: Arrival<'_>) -> Arc<Acquisition> {
        if arrival.host.len() + arrival.query.len() + arrival.referrer.len() > ARRIVAL_BYTES_MAX {
            return Arc::new(find(arrival));
        }
        if let Some(acquisition) = self.cache.get(&arrival) {
            return acquisition;
        }
        let acquisition = Arc::new(find(arrival));
        self.cache.insert(Key::of(arrival), acquisition.clone());
        acquisition
    }
}

impl Default for Acquisitions {
    fn default() -> Self {
        Self::new()
    }
}

fn find(arrival: Arrival<'_>) -> Acquisition {
    let campaign = campaign::campaign(arrival.query);
    let (source, channel) = classify(arrival, &campaign);
    Acquisition {
        source,
        channel,
        query: campaign::query_without_click_ids(arrival.query).map(String::into_boxed_str),
        referrer: campaign::address_without_click_ids(arrival.referrer).map(String::into_boxed_str),
        campaign: campaign.into_owned(),
    }
}

/// Source and channel.
fn classify(arrival: Arrival<'_>, campaign: &Campaign<'_>) -> (Box<str>, &'static str) {
    let origin = channel::classify(&Visit {
        referrer: arrival.referrer,
        page_host: arrival.host,
        utm_source: &campaign.source,
        utm_medium: &campaign.medium,
        utm_campaign: &campaign.campaign,
        click_id_kind: campaign.click_id_kind,
    });
    (origin.source.into(), origin.channel)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_way_is_looked_at_once_and_long_ones_each_time() {
        let sources = Acquisitions::new();
        let arrival = Arrival {
            host: "b.example",
            query: "utm_source=news&gclid=1",
            referrer: "https://www.google.com/",
        };
        let first = sources.of(arrival, None);
        assert_eq!((&*first.campaign.source, first.channel), ("news", "referral"));
        assert_eq!(first.query.as_deref(), Some("utm_source=news"));
        assert!(Arc::ptr_eq(&first, &sources.of(arrival, None)));
        assert!(!Arc::ptr_eq(&first, &sources.of(Arrival { query: "utm_source=news", ..arrival }, None)));
        let long = "x".repeat(ARRIVAL_BYTES_MAX);
        let long = Arrival { query: &long, ..arrival };
        assert!(!Arc::ptr_eq(&sources.of(long, None), &sources.of(long, None)));
        for number in 0..ARRIVALS_CACHED_MAX * 2 {
            sources.of(Arrival { query: &number.to_string(), ..arrival }, None);
        }
        assert!(sources.cache.len() <= ARRIVALS_CACHED_MAX);
    }

    /// A named campaign counts like parameters at the beginning of the query.
    #[test]
    fn a_named_campaign_outranks_the_address_as_if_it_stood_before_its_query() {
        let long = "è".repeat(150);
        let named = [
            [""; 5],
            ["news", "", "", "", ""],
            ["", "cpc", "", "", ""],
            ["Caffè nero", "e-mail", "a&b=c", "d+e", "f%20g"],
            [" ", "\t", "", "", ""],
            ["a\nb ", "", &long, "100%", "utm_source=x"],
            ["", "", "a?gclid=S&x=1", "?fbclid=S", "&amp;gclid=S"],
        ];
        let queries = [
            "",
            "a=1",
            "utm_source=site&utm_medium=cpc&utm_campaign=c",
            "gclid=S&utm_term=t&b",
            "utm_source=%20",
        ];
        let referrers = ["", "https://www.google.com/search", "https://b.example/x"];
        for values in named {
            for query in queries {
                for referrer in referrers {
                    let whole = format!("{}{query}", as_parameters(values));
                    let expected = find(Arrival { host: "b.example", query: &whole, referrer });
                    let [source, medium, campaign, term, content] = values.map(campaign::value);
                    let named = Campaign { source, medium, campaign, term, content, click_id_kind: "" };
                    let arrival = Arrival { host: "b.example", query, referrer };
                    let found = Acquisitions::new().of(arrival, Some(named));
                    assert_eq!(found.campaign, expected.campaign, "{values:?} {query}");
                    assert_eq!((&found.source, found.channel), (&expected.source, expected.channel));
                    assert_eq!(found.referrer, expected.referrer);
                    let kept = campaign::query_without_click_ids(query).map(String::into_boxed_str);
                    assert_eq!(found.query, kept, "the query has nothing of what was named");
                }
            }
        }
    }

    fn as_parameters(values: [&str; 5]) -> String {
        let encoded =
            |value| percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC);
        let fields = ["source", "medium", "campaign", "term", "content"].into_iter().zip(values);
        let told = fields.filter(|(_, value)| !value.is_empty());
        let parameters = told.map(|(field, value)| format!("utm_{field}={}&", encoded(value)));
        parameters.collect::<Vec<_>>().concat()
    }
}
