//! What a user agent says, remembered: the same few thousand of them send nearly all events.

use std::sync::Arc;

use quick_cache::Equivalent;
use quick_cache::sync::Cache;

use super::bot::{self, Bot};
use super::device::{self, Device};
use super::user_agent::truncate;

/// So many user agents are remembered. At a usual length of 150 bytes and with what is known of them, about
/// 8 MiB; never more than 24 MiB.
pub const USER_AGENTS_CACHED_MAX: usize = 16_384;

/// What a user agent says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserAgentFacts {
    /// The device, browser and operating system.
    pub device: Device,
    /// The bot, if it is one.
    pub bot: Option<Bot>,
}

/// Parses user agents and remembers the answers. Cloning shares them.
#[derive(Clone)]
pub struct UserAgents {
    cache: Arc<Cache<Key, Arc<UserAgentFacts>>>,
}

/// The whole text is the key: two user agents with one hash stay two.
#[derive(Hash, PartialEq, Eq)]
struct Key {
    user_agent: Box<str>,
    from_app: bool,
}

#[derive(Hash)]
struct KeyRef<'a> {
    user_agent: &'a str,
    from_app: bool,
}

impl Equivalent<Key> for KeyRef<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        *self.user_agent == *key.user_agent && self.from_app == key.from_app
    }
}

impl UserAgents {
    /// An empty memory of [`USER_AGENTS_CACHED_MAX`] entries.
    pub fn new() -> Self {
        Self { cache: Arc::new(Cache::new(USER_AGENTS_CACHED_MAX)) }
    }

    /// What `user_agent` says. `from_app` as for [`bot::detect`].
    pub fn facts(&self, user_agent: &str, from_app: bool) -> Arc<UserAgentFacts> {
        let user_agent = truncate(user_agent);
        if let Some(facts) = self.cache.get(&KeyRef { user_agent, from_app }) {
            return facts;
        }
        let facts = Arc::new(UserAgentFacts {
            device: device::parse(user_agent),
            bot: bot::detect(user_agent, from_app),
        });
        self.cache.insert(Key { user_agent: user_agent.into(), from_app }, Arc::clone(&facts));
        facts
    }
}

impl Default for UserAgents {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAFARI: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                          Version/17.5 Safari/605.1.15";

    #[test]
    fn a_user_agent_is_parsed_once() {
        let agents = UserAgents::new();
        let first = agents.facts(SAFARI, false);
        assert_eq!(&*first.device.browser, "Safari");
        assert!(Arc::ptr_eq(&first, &agents.clone().facts(SAFARI, false)));
    }

    #[test]
    fn app_and_web_are_remembered_apart() {
        let agents = UserAgents::new();
        assert!(agents.facts("okhttp/4.12.0", false).bot.is_some());
        assert!(agents.facts("okhttp/4.12.0", true).bot.is_none());
        assert!(agents.facts("okhttp/4.12.0", false).bot.is_some());
    }

    #[test]
    fn long_user_agents_are_truncated_at_a_character() {
        let agents = UserAgents::new();
        let long = format!("{SAFARI} {}", "è".repeat(10_000));
        let facts = agents.facts(&long, false);
        assert_eq!(&*facts.device.browser, "Safari");
        assert!(Arc::ptr_eq(&facts, &agents.facts(&format!("{long}x"), false)));
    }

    #[test]
    fn the_memory_is_bounded() {
        let agents = UserAgents::new();
        for number in 0..USER_AGENTS_CACHED_MAX * 2 {
            agents.facts(&format!("curl/{number}"), false);
        }
        assert!(agents.cache.len() <= USER_AGENTS_CACHED_MAX);
    }

    #[test]
    fn threads_share_the_memory() {
        let agents = UserAgents::new();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| assert_eq!(&*agents.facts(SAFARI, false).device.os, "macOS"));
            }
        });
    }
}
