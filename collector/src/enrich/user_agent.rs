//! How much of a user agent is looked at.

/// A user agent is looked at no further than this. Longer ones are rare, and none has news after so much.
/// Bytes.
pub const USER_AGENT_BYTES_MAX: usize = 1_024;

/// At most [`USER_AGENT_BYTES_MAX`] bytes of a user agent.
pub(super) fn truncate(user_agent: &str) -> &str {
    &user_agent[..user_agent.floor_char_boundary(USER_AGENT_BYTES_MAX)]
}
