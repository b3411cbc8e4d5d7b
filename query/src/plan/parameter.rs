//! The parameters that several questions take and that are no plan by themselves.

use crate::error::ApiError;

/// A page's size.
///
/// # Errors
/// Not a number from 1 to `max`.
pub fn parse_limit(text: Option<&str>, default: usize, max: usize) -> Result<usize, ApiError> {
    let Some(text) = text else { return Ok(default) };
    match text.parse() {
        Ok(limit) if (1..=max).contains(&limit) => Ok(limit),
        _ => Err(ApiError::invalid(
            "invalid_limit",
            "limit",
            format!("`limit` must be a number from 1 to {max}, not `{text}`."),
        )),
    }
}

/// Whether bots and machines are asked for.
///
/// # Errors
/// Something else is.
pub fn parse_include(text: Option<&str>) -> Result<bool, ApiError> {
    let mut with_bots = false;
    for name in text.unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty()) {
        match name {
            "bots" | "machines" => with_bots = true,
            _ => {
                let message = format!("`include` takes `bots` and `machines`, not `{name}`.");
                return Err(ApiError::invalid("invalid_include", "include", message));
            }
        }
    }
    Ok(with_bots)
}

/// Whether the period before is asked for too.
///
/// # Errors
/// Something else is.
pub fn parse_compare(text: Option<&str>) -> Result<bool, ApiError> {
    match text {
        None | Some("") => Ok(false),
        Some("previous") => Ok(true),
        Some(other) => {
            let message = format!("`compare` takes `previous`, not `{other}`.");
            Err(ApiError::invalid("invalid_compare", "compare", message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_numbers_within_their_bounds() {
        assert_eq!(parse_limit(None, 50, 1000).unwrap(), 50);
        assert_eq!(parse_limit(Some("1000"), 50, 1000).unwrap(), 1000);
        for wrong in ["0", "1001", "-1", "ten", ""] {
            assert!(parse_limit(Some(wrong), 50, 1000).is_err(), "{wrong}");
        }
    }
}
