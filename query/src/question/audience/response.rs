//! What is told of segments.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::condition::Condition;
use crate::timestamp::Timestamp;

/// The segments of a site.
#[derive(Debug, Serialize, ToSchema)]
pub struct SegmentList {
    /// By name.
    pub items: Vec<Segment>,
}

/// A segment.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the name of the field is the API's")]
pub struct Segment {
    /// Its id.
    #[schema(example = "0a1b2c3d4e5f")]
    pub segment: String,
    /// What it is called.
    #[schema(example = "Bought twice")]
    pub name: String,
    /// `rule`: its members are those for whom the condition holds; `list`: those who were named.
    #[schema(example = "rule")]
    pub kind: String,
    /// Whom it is about; null for a list.
    #[schema(value_type = Option<Condition>)]
    pub condition: Option<Value>,
    /// The condition looks at so many times 24 hours up to now; null for a list.
    #[schema(example = 30)]
    pub days: Option<u16>,
    /// How many members it has; null until they are known, which takes some seconds.
    pub people: Option<u64>,
    /// Of when that is; null until then.
    pub evaluated_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// With which token, by what that was made for.
    pub created_by: String,
}

/// A new segment.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewSegment {
    /// Its id.
    #[schema(example = "0a1b2c3d4e5f")]
    pub segment: String,
}

/// For whom a condition holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct SegmentPreview {
    /// For how many people it holds.
    pub people: u64,
    /// Of so many who were seen in that time.
    pub of: u64,
    /// Some of them, the latest first.
    pub sample: Vec<SampledPerson>,
}

/// A person of a sample.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SampledPerson {
    /// The user id, or the visitor id of who is not known.
    pub person: String,
    /// Whether there is a user id.
    pub identified: bool,
    /// When they were last seen.
    pub at: Timestamp,
}

/// Members of a segment, or who has entered and left since an earlier answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct SegmentMembers {
    /// How many members there are; null until they are known.
    pub people: Option<u64>,
    /// Who is a member, or has become one, in the order of their ids.
    pub members: Vec<Member>,
    /// Who was one and is no longer.
    pub left: Vec<MemberLeft>,
    /// For `since`: what comes next, now or later.
    pub cursor: String,
    /// Whether there is more now.
    pub more: bool,
}

/// A member.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Member {
    /// The user id, or the visitor id of who is not known.
    #[schema(example = "mario@example.it")]
    pub person: String,
    /// When it was found out that they belong to it.
    pub entered_at: Timestamp,
    /// Of the traits that were asked for, those that are known.
    pub traits: BTreeMap<String, String>,
}

/// Who is no longer a member.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MemberLeft {
    /// The user id, or the visitor id of who is not known.
    #[schema(example = "mario@example.it")]
    pub person: String,
    /// When it was found out.
    pub left_at: Timestamp,
}

/// How a segment has grown.
#[derive(Debug, Serialize, ToSchema)]
pub struct SegmentHistory {
    /// `hour` or `day`, of the site.
    #[schema(example = "day")]
    pub interval: String,
    /// Oldest first; the last may not be over.
    pub items: Vec<SegmentHistoryItem>,
}

/// An hour or a day of a segment.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SegmentHistoryItem {
    /// When it began.
    #[schema(example = "2026-11-30")]
    pub at: String,
    /// How many members there were at its end.
    pub people: u64,
    /// How often somebody entered.
    pub entered: u64,
    /// How often somebody left.
    pub left: u64,
}

/// Who entered and left.
#[derive(Debug, Serialize, ToSchema)]
pub struct SegmentChanges {
    /// The latest first.
    pub items: Vec<SegmentChange>,
    /// Given where there are more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// Somebody entered or left.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SegmentChange {
    /// The user id, or the visitor id of who is not known.
    pub person: String,
    /// When it was found out.
    pub at: Timestamp,
    /// Entered; or else left.
    pub entered: bool,
}

/// What became of a change of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct SegmentPeopleChanged {
    /// How many are members now who were not.
    pub added: u64,
    /// How many are none who were.
    pub removed: u64,
}
