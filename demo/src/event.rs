//! An event of the story, as the collector reads it.

use std::rc::Rc;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;
use uuid::Uuid;

#[derive(Clone, Debug)]
pub struct Event {
    /// Its own id, made from its time and the seed.
    pub id: Uuid,
    /// When it happened, in milliseconds since the epoch.
    pub ts: i64,
    pub kind: &'static str,
    /// The browser's or the app's id.
    pub visitor: Option<Uuid>,
    /// The user, once known.
    pub user: Option<Rc<str>>,
    pub session: Option<Uuid>,
    /// Device, language, address: shared by the events of a visit.
    pub context: Option<Rc<Value>>,
    /// The fields that belong to the kind: an object.
    pub fields: Value,
    /// Who did it, for the count of people; a robot is nobody. Not sent.
    pub person: Option<u64>,
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("ts", &self.ts)?;
        map.serialize_entry("kind", self.kind)?;
        if let Some(visitor) = &self.visitor {
            map.serialize_entry("visitor", visitor)?;
        }
        if let Some(user) = &self.user {
            map.serialize_entry("user", &**user)?;
        }
        if let Some(session) = &self.session {
            map.serialize_entry("session", session)?;
        }
        for (field, value) in self.fields.as_object().into_iter().flatten() {
            map.serialize_entry(field, value)?;
        }
        if let Some(context) = &self.context {
            map.serialize_entry("context", &**context)?;
        }
        map.end()
    }
}
