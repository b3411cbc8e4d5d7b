-- Work in the background that one process at a time does, of those that share the store (the crate `jobs` has the rule).
-- Rows are only added: a claim is written again when it is renewed, and once more when it is withdrawn.
CREATE TABLE job_claims {on_cluster}
(
    job LowCardinality(String),
    -- How often the work has changed hands; of the claims of a term the smallest has it.
    term UInt64,
    claim UUID,
    withdrawn Bool,
    claimed_at DateTime64(3, 'UTC')
)
ENGINE = {replacing_merge_tree:claimed_at}
ORDER BY (job, term, claim);

-- How far each work got. The highest position counts: it begins with the term, so that whoever has lost the work and does
-- not know it yet moves nothing.
CREATE TABLE job_marks {on_cluster}
(
    job LowCardinality(String),
    position UInt64,
    mark String,
    written_at DateTime64(3, 'UTC')
)
ENGINE = {replacing_merge_tree:position}
ORDER BY job;
