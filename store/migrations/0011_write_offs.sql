-- What an operator has given up of the differences that the accounts showed, by site and hour of receipt. It is no longer a
-- gap, as far as it is still missing at the same place, and stays in the accounts as what it is.
--   unshipped  answered, and neither a duplicate nor shipped nor in a spool
--   unstored   shipped, and not in the store
--   surplus    rows that no collector has counted
CREATE TABLE write_offs {on_cluster}
(
    site LowCardinality(String),
    hour DateTime('UTC'),
    written_at DateTime64(3, 'UTC'),
    unshipped UInt64,
    unstored UInt64,
    surplus UInt64,
    note String
)
ENGINE = {replacing_merge_tree}
ORDER BY (site, hour, written_at);
