//! The tables of other systems and their questions, in the same engine. They are ours, made to be equal in meaning; none of
//! their code is in them.

use std::time::Instant;

use super::engine::Engine;
use super::script::{Named, statements};
use super::stream::{Stream, chunks};

/// A system whose tables are filled and asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Peer {
    Plausible,
    Rybbit,
    Posthog,
}

/// What it took to fill the tables of one.
#[derive(Clone, Copy, Debug)]
pub struct Filled {
    pub seconds: f64,
    pub cpu_seconds: f64,
}

impl Peer {
    pub const ALL: [Self; 3] = [Self::Plausible, Self::Rybbit, Self::Posthog];

    /// As it writes itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plausible => "Plausible",
            Self::Rybbit => "Rybbit",
            Self::Posthog => "PostHog",
        }
    }

    /// The database of its tables.
    pub const fn database(self) -> &'static str {
        match self {
            Self::Plausible => "plausible",
            Self::Rybbit => "rybbit",
            Self::Posthog => "posthog",
        }
    }

    /// The peers of a comma separated list of databases.
    ///
    /// # Errors
    /// There is no such peer.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, String> {
        let named = |name: &str| {
            let known = || Self::ALL.map(Self::database).join(", ");
            let peer = Self::ALL.into_iter().find(|peer| peer.database() == name);
            peer.ok_or_else(|| format!("there is no peer `{name}`; there are: {}", known()))
        };
        text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(named).collect()
    }

    const fn schema(self) -> &'static str {
        match self {
            Self::Plausible => include_str!("sql/plausible/schema.sql"),
            Self::Rybbit => include_str!("sql/rybbit/schema.sql"),
            Self::Posthog => include_str!("sql/posthog/schema.sql"),
        }
    }

    const fn filling(self) -> &'static str {
        match self {
            Self::Plausible => include_str!("sql/plausible/fill.sql"),
            Self::Rybbit => include_str!("sql/rybbit/fill.sql"),
            Self::Posthog => include_str!("sql/posthog/fill.sql"),
        }
    }

    /// What it is asked.
    pub fn questions(self, stream: &Stream) -> Vec<Named> {
        stream.questions(match self {
            Self::Plausible => include_str!("sql/plausible/questions.sql"),
            Self::Rybbit => include_str!("sql/rybbit/questions.sql"),
            Self::Posthog => include_str!("sql/posthog/questions.sql"),
        })
    }

    /// Fills its tables from the stream and merges them.
    ///
    /// # Errors
    /// What the engine refuses.
    pub async fn fill(self, engine: &Engine, visitors: u64) -> anyhow::Result<Filled> {
        engine.execute(&statements(self.schema(), &[])).await?;
        let (started, before) = (Instant::now(), engine.cpu_seconds()?);
        for statements in chunks(self.filling(), visitors, &[]) {
            engine.execute(&statements).await?;
        }
        engine.merge(self.database()).await?;
        Ok(Filled { seconds: started.elapsed().as_secs_f64(), cpu_seconds: engine.cpu_seconds()? - before })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_are_named_or_refused_by_name() {
        assert_eq!(Peer::parse_list("posthog, plausible").unwrap(), [Peer::Posthog, Peer::Plausible]);
        assert!(Peer::parse_list("").unwrap().is_empty());
        assert!(Peer::parse_list("rybbit,matomo").unwrap_err().contains("matomo"));
    }
}
