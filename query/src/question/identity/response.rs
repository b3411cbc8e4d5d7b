//! What is told of whose ids are one person.

use serde::Serialize;
use utoipa::ToSchema;

use super::request::Thresholds;
use crate::timestamp::Timestamp;
use crate::value::Money;

/// An edge between a visitor and a user.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct IdentityLink {
    /// For `DELETE /people/{person}/links/{id}`, and for `unlink`.
    pub id: String,
    /// The visitor; of an alias, the earlier user id with a leading `@`.
    pub visitor: String,
    /// The user.
    pub user: String,
    /// How it came to be: `identify`, `event`, `alias` or `manual`.
    pub source: String,
    /// Since when.
    pub linked_at: Timestamp,
    /// Who recorded it: `event`, or the name of a token.
    pub recorded_by: String,
}

/// An edge between two ids, and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct IdentityEdge {
    /// For `unlink`.
    pub link: String,
    /// The id that was joined: a visitor, or of an alias the earlier user.
    pub id: String,
    /// Whether `id` is a user's.
    pub is_user: bool,
    /// The user that it was joined to.
    pub user: String,
    /// How it came to be: `identify` (identify, login, signup), `event` (an event carried the user), `alias`, or `manual`.
    pub source: String,
    /// Since when.
    pub linked_at: Timestamp,
    /// Who recorded it: `event`, or the name of a token.
    pub recorded_by: String,
    /// Whether it came by hand.
    pub by_hand: bool,
    /// Whether it counts now.
    pub in_force: bool,
    /// When it was last taken back; null when never.
    pub taken_back_at: Option<Timestamp>,
    /// By whom.
    pub taken_back_by: Option<String>,
}

/// One id of a person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PersonId {
    /// The id.
    pub id: String,
    /// Whether it is a user's, and not a visitor's.
    pub is_user: bool,
    /// The first event of the person with it; null when there is none.
    pub first_seen: Option<Timestamp>,
    /// The last.
    pub last_seen: Option<Timestamp>,
    /// Sessions of the person with it. Those of a visitor are those of its user, too.
    pub sessions: i64,
    /// Events of the person with it.
    pub events: i64,
    /// The edge that joined it; null for the id that the person is called by, and for whoever shares an address.
    pub joined_by: Option<IdentityEdge>,
}

/// A change that was made by hand.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IdentityChange {
    /// For `undo`.
    pub change: String,
    /// `link`, `unlink`, `split` or `undo`.
    pub action: String,
    /// Whom it was about, as the person was called then.
    pub person: String,
    /// The ids that were joined to the person or taken away.
    pub ids: Vec<String>,
    /// How many edges were joined or taken back.
    pub edges: i64,
    /// When.
    pub at: Timestamp,
    /// The name of the token.
    pub made_by: String,
    /// When it was undone; null while it counts.
    pub undone_at: Option<Timestamp>,
    /// By whom.
    pub undone_by: Option<String>,
}

/// Everything that makes a person of several ids.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonIdentity {
    /// The person.
    pub person: String,
    /// Whether `person` is a user id.
    pub identified: bool,
    /// The ids: users first, then visitors, the last seen first; at most 1,000 visitors.
    pub ids: Vec<PersonId>,
    /// How many ids there are.
    pub ids_total: i64,
    /// The edges of these users, the latest first, those taken back among them; at most 1,000.
    pub edges: Vec<IdentityEdge>,
    /// What was changed by hand, the latest first; at most 200.
    pub changes: Vec<IdentityChange>,
}

/// Somebody before or after a change.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct IdentityPreviewPerson {
    /// What the person is called.
    pub person: String,
    /// Whether that is a user id.
    pub identified: bool,
    /// The user ids; at most 100.
    pub users: Vec<String>,
    /// The visitor ids; at most 100.
    pub visitors: Vec<String>,
    /// How many visitor ids there are.
    pub visitors_total: i64,
    /// Number of events.
    pub events: i64,
    /// Number of sessions.
    pub sessions: i64,
    /// Pages and screens seen.
    pub page_views: i64,
    /// Number of orders.
    pub orders: i64,
    /// Spent, in the site's currency; null when nothing.
    pub revenue: Option<Money>,
    /// Spent in other currencies, each for itself; left out when nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub other_revenue: Vec<Money>,
}

/// What a change would do. Nothing was written.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdentityPreview {
    /// `link`, `unlink`, `split` or `undo`.
    pub action: String,
    /// How many edges would be joined or taken back.
    pub edges: i64,
    /// Whether any number or any name changes.
    pub changes: bool,
    /// The people whom it is about, as they are, most events first; at most 100. Only those for whom something changes.
    pub before: Vec<IdentityPreviewPerson>,
    /// How many these are.
    pub before_total: i64,
    /// As they would be.
    pub after: Vec<IdentityPreviewPerson>,
    /// How many these would be.
    pub after_total: i64,
}

/// What did it: what so many ids hang on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SuspiciousCause {
    /// `edge`: without it the ids would fall into two parts. `id`: most others hang on it.
    pub kind: String,
    /// The id on which most others hang, or the end of the edge that lies in the smaller part.
    pub id: String,
    /// Whether it is a user's.
    pub is_user: bool,
    /// How many others hang on the id, or how many are in the smaller part.
    pub ids: i64,
    /// Among how many ids of the person.
    pub of_ids: i64,
    /// The edge; of an id, its first.
    pub edge: Option<IdentityEdge>,
    /// What to take out for `split`; empty where there is nothing to part. At most 1,000.
    pub split: Vec<String>,
}

/// Somebody who has more of something than one person has.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SuspiciousPerson {
    /// The user id, or the visitor id when nobody identified.
    pub person: String,
    /// Whether `person` is a user id.
    pub identified: bool,
    /// Visitor ids.
    pub visitors: i64,
    /// User ids.
    pub users: i64,
    /// E-mail addresses.
    pub emails: i64,
    /// Devices.
    pub devices: i64,
    /// Countries.
    pub countries: i64,
    /// Number of sessions.
    pub sessions: i64,
    /// Number of events.
    pub events: i64,
    /// The last event.
    pub last_seen: Timestamp,
    /// Which of the five are too many, the most excessive first: `visitors`, `users`, `emails`, `devices`, `countries`.
    pub reasons: Vec<String>,
    /// What did it; null when no edge did.
    pub cause: Option<SuspiciousCause>,
}

/// A page of suspicious people.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuspiciousPeople {
    /// The most excessive first.
    pub items: Vec<SuspiciousPerson>,
    /// How many there are; 1,000 when there are more.
    pub total: i64,
    /// From how many on.
    pub thresholds: Thresholds,
    /// For the next page.
    pub next_cursor: Option<String>,
}
