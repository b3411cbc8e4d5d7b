-- The secrets that sign the addresses in newsletters. Kept as they are, because whoever checks a signature must know
-- the secret; what they give away is the power to make clicks up, not to read.
CREATE TABLE newsletter_keys {on_cluster}
(
    key_id String,
    site String,
    secret String,
    revoked Bool,
    created_at DateTime64(3, 'UTC'),
    updated_at DateTime64(3, 'UTC')
)
ENGINE = {replacing_merge_tree:updated_at}
ORDER BY key_id;
