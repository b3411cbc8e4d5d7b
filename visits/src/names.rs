//! Sites and visitors by their numbers.

use std::collections::BTreeSet;

use crate::journal::Touched;
use crate::rule::Session;
use foldhash::HashMap;

/// The sites and visitors of what was touched.
#[derive(Clone, Debug, Default)]
pub struct Names {
    sites: Vec<String>,
    places: HashMap<String, usize>,
    visitors: HashMap<(usize, u64), String>,
}

impl Names {
    /// The session of a row of the journal.
    pub fn session(&mut self, row: &Touched) -> Session {
        let site = self.places.get(&row.site).copied().unwrap_or_else(|| {
            self.sites.push(row.site.clone());
            self.places.insert(row.site.clone(), self.sites.len() - 1);
            self.sites.len() - 1
        });
        self.visitors.entry((site, row.visitor_hash)).or_insert_with(|| row.visitor.clone());
        Session { site, visitor: row.visitor_hash, id: row.session_hash }
    }

    /// A session of a site that is named.
    pub fn known(&self, site: &str, visitor: u64, id: u64) -> Option<Session> {
        Some(Session { site: self.place(site)?, visitor, id })
    }

    /// The site of a session.
    pub fn site(&self, session: Session) -> &str {
        &self.sites[session.site]
    }

    /// The place of a site.
    pub fn place(&self, site: &str) -> Option<usize> {
        self.places.get(site).copied()
    }

    /// The sites.
    pub fn sites(&self) -> &[String] {
        &self.sites
    }

    /// The numbers of the visitors, each once.
    pub fn visitors(&self) -> impl Iterator<Item = u64> {
        self.visitors.keys().map(|(_, number)| *number).collect::<BTreeSet<_>>().into_iter()
    }

    /// The visitor of a session.
    pub fn visitor(&self, session: Session) -> &str {
        self.visitors.get(&(session.site, session.visitor)).map_or("", String::as_str)
    }
}
