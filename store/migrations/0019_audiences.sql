-- Segments (the API's word): conditions on people that have a name, and lists of people.
CREATE TABLE audiences {on_cluster}
(
    audience String,
    site String,
    name String,
    -- As JSON; empty: it is a list.
    condition String,
    -- How far back the condition looks, in days of 24 hours.
    days UInt16,
    created_by String,
    revoked Bool,
    created_at DateTime64(3, 'UTC'),
    updated_at DateTime64(3, 'UTC')
)
ENGINE = {replacing_merge_tree:updated_at}
ORDER BY audience;

-- Who entered them and who left, and when: the latest row of a person says whether that is a member now. The revision is the
-- moment when it was found out, in milliseconds since the epoch, and never the same for two of an audience.
CREATE TABLE audience_changes {on_cluster}
(
    site LowCardinality(String),
    audience LowCardinality(String),
    person String,
    revision UInt64,
    is_member Bool
)
ENGINE = {replacing_merge_tree:revision}
ORDER BY (site, audience, person, revision)
SETTINGS default_compression_codec = 'ZSTD(1)', non_replicated_deduplication_window = 0;

-- Up to which revision all changes of an audience are there, and when it was last looked who is a member.
CREATE TABLE audience_marks {on_cluster}
(
    site LowCardinality(String),
    audience String,
    revision UInt64,
    evaluated_at DateTime64(3, 'UTC')
)
ENGINE = {replacing_merge_tree:evaluated_at}
ORDER BY (site, audience)
SETTINGS non_replicated_deduplication_window = 0;
