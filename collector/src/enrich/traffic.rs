//! Campaign, source and channel of a visit, remembered: the events of one page all carry the same address, and many
//! visits come the same way.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use foldhash::fast::RandomState;
use quick_cache::sync::Cache;
use quick_cache::{Equivalent, UnitWeighter};

use super::channel::{self, Visit};
use crate::campaign::{self, Campaign};

/// So many ways are remembered; with the bound below never more than 12 MiB, usually 2.
const WAYS_CACHED_MAX: usize = 8_192;
/// A longer address is looked at each time: it is hardly ever the same twice. Bytes of host, query and referrer.
const WAY_BYTES_MAX: usize = 512;

/// Where a visit came from. What is not known is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traffic {
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
pub struct TrafficSources {
    cache: Cache<Way, Arc<Traffic>, UnitWeighter, RandomState>,
}

/// What a page's address and its referrer say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WayRef<'a> {
    /// Host of the page, with or without a port.
    pub host: &'a str,
    /// Query of the page, without `?`.
    pub query: &'a str,
    /// The address before, as sent.
    pub referrer: &'a str,
}

/// Host, query and referrer one after the other: compared where they lie together.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Way {
    text: Box<str>,
    host_bytes: u16,
    query_bytes: u16,
}

impl Way {
    fn of(way: WayRef<'_>) -> Self {
        const { assert!(WAY_BYTES_MAX <= u16::MAX as usize) };
        let text = [way.host, way.query, way.referrer].concat().into_boxed_str();
        Self { text, host_bytes: way.host.len() as u16, query_bytes: way.query.len() as u16 }
    }

    fn as_ref(&self) -> WayRef<'_> {
        let (host, rest) = self.text.split_at(self.host_bytes.into());
        let (query, referrer) = rest.split_at(self.query_bytes.into());
        WayRef { host, query, referrer }
    }
}

impl Hash for Way {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_ref().hash(state);
    }
}

impl Equivalent<Way> for WayRef<'_> {
    fn equivalent(&self, way: &Way) -> bool {
        *self == way.as_ref()
    }
}

impl TrafficSources {
    /// Nothing is remembered yet.
    pub fn new() -> Self {
        let cache = Cache::with(
            WAYS_CACHED_MAX,
            WAYS_CACHED_MAX as u64,
            UnitWeighter,
            RandomState::default(),
            quick_cache::sync::DefaultLifecycle::default(),
        );
        Self { cache }
    }

    /// Where a visit came from.
    pub fn of(&self, way: WayRef<'_>) -> Arc<Traffic> {
        if way.host.len() + way.query.len() + way.referrer.len() > WAY_BYTES_MAX {
            return Arc::new(find(way));
        }
        if let Some(traffic) = self.cache.get(&way) {
            return traffic;
        }
        let traffic = Arc::new(find(way));
        self.cache.insert(Way::of(way), traffic.clone());
        traffic
    }
}

impl Default for TrafficSources {
    fn default() -> Self {
        Self::new()
    }
}

fn find(way: WayRef<'_>) -> Traffic {
    let found = campaign::campaign(way.query);
    let visit = Visit {
        referrer: way.referrer,
        page_host: way.host,
        utm_source: &found.source,
        utm_medium: &found.medium,
        utm_campaign: &found.campaign,
        click_id_kind: found.click_id_kind,
    };
    let origin = channel::classify(&visit);
    Traffic {
        source: origin.source.into(),
        channel: origin.channel,
        query: campaign::query_without_click_ids(way.query).map(String::into_boxed_str),
        referrer: campaign::address_without_click_ids(way.referrer).map(String::into_boxed_str),
        campaign: found.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_way_is_looked_at_once_and_long_ones_each_time() {
        let sources = TrafficSources::new();
        let way = WayRef {
            host: "b.example",
            query: "utm_source=news&gclid=1",
            referrer: "https://www.google.com/",
        };
        let first = sources.of(way);
        assert_eq!((&*first.campaign.source, first.channel), ("news", "referral"));
        assert_eq!(first.query.as_deref(), Some("utm_source=news"));
        assert!(Arc::ptr_eq(&first, &sources.of(way)));
        assert!(!Arc::ptr_eq(&first, &sources.of(WayRef { query: "utm_source=news", ..way })));
        let long = "x".repeat(WAY_BYTES_MAX);
        let long = WayRef { query: &long, ..way };
        assert!(!Arc::ptr_eq(&sources.of(long), &sources.of(long)));
        for number in 0..WAYS_CACHED_MAX * 2 {
            sources.of(WayRef { query: &number.to_string(), ..way });
        }
        assert!(sources.cache.len() <= WAYS_CACHED_MAX);
    }
}
