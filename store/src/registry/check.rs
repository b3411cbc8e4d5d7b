//! Which names can be.

use super::error::RegistryError;

/// Bytes of a name for people.
const LABEL_BYTES_MAX: usize = 200;

/// A name that stands in addresses and pages.
///
/// # Errors
/// It has other characters, or is too long.
pub(super) fn name(field: &'static str, name: &str) -> Result<(), RegistryError> {
    const NAME_BYTES_MAX: usize = 64;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if name.is_empty() || name.len() > NAME_BYTES_MAX || !name.bytes().all(allowed) {
        return invalid(
            field,
            format!("must be 1 to {NAME_BYTES_MAX} letters, digits, `-`, `_` or `.`, not `{name}`"),
        );
    }
    Ok(())
}

/// A name for people: of a site or a token. May be empty.
///
/// # Errors
/// It is too long, or would break a line of a list.
pub(super) fn label(field: &'static str, text: &str) -> Result<(), RegistryError> {
    if text.len() > LABEL_BYTES_MAX || text.chars().any(char::is_control) {
        return invalid(
            field,
            format!("must have at most {LABEL_BYTES_MAX} bytes, without line breaks or control characters"),
        );
    }
    Ok(())
}

/// A value that cannot be.
pub(super) fn invalid<T>(field: &'static str, message: String) -> Result<T, RegistryError> {
    Err(RegistryError::Invalid { field, message })
}
