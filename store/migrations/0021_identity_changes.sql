-- What was joined and parted by hand, by whom and when: a row for each change, and for each that undoes one (`undoes` is then
-- its id). Never rewritten. The edges of a change lie in `identity_edges` under its moment; a row there with sign 0 says that the
-- row of the same key, by hand, counts no more: the change was undone.
CREATE TABLE identity_changes {on_cluster}
(
    site LowCardinality(String),
    change String,
    -- link, unlink, split or undo
    action LowCardinality(String),
    -- Whose ids were joined or parted, as the person was called then.
    person String,
    -- The ids that were joined to the person or taken away.
    ids Array(String),
    -- The rows of `identity_edges`: visitor, user, source.
    edges Array(Tuple(String, String, String)),
    at DateTime64(3, 'UTC'),
    made_by String,
    undoes String
)
ENGINE = {merge_tree}
ORDER BY (site, at, change)
SETTINGS default_compression_codec = 'ZSTD(1)', non_replicated_deduplication_window = 0;
