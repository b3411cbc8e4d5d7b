CREATE TABLE sites {on_cluster}
(
    site String,
    name String,
    timezone String,
    currency String,
    -- Origins that may send; none means any.
    origins Array(String),
    created_at DateTime64(3, 'UTC'),
    updated_at DateTime64(3, 'UTC')
)
ENGINE = {replacing_merge_tree:updated_at}
ORDER BY site;

CREATE TABLE write_keys {on_cluster}
(
    key String,
    site String,
    revoked Bool,
    updated_at DateTime64(3, 'UTC')
)
ENGINE = {replacing_merge_tree:updated_at}
ORDER BY key;

-- Tokens are kept as their SHA-256: they are random, so a slow hash would add nothing.
CREATE TABLE tokens {on_cluster}
(
    token_id String,
    hash String,
    role LowCardinality(String),
    -- Empty: all sites.
    site String,
    name String,
    revoked Bool,
    created_at DateTime64(3, 'UTC'),
    updated_at DateTime64(3, 'UTC')
)
ENGINE = {replacing_merge_tree:updated_at}
ORDER BY token_id;
