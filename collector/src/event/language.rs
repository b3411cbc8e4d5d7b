//! The language of a browser or device, in its one spelling: a tag of BCP 47 in the usual case.

use std::borrow::Cow;

/// Subtags have at most so many letters and digits.
const SUBTAG_BYTES_MAX: usize = 8;

/// The tag of what a client calls its language: `it_IT` and `it-it` are `it-IT`, a locale of POSIX loses its encoding, and
/// of a list such as the header `Accept-Language` the first counts, which is the one that is wanted most. Empty when there
/// is none.
pub fn canonical(text: Cow<'_, str>) -> Cow<'_, str> {
    if is_canonical(&text) {
        return text;
    }
    let first = text.split([',', ';']).next().unwrap_or_default();
    // `it_IT.UTF-8@euro`.
    let tag = first.split(['.', '@']).next().unwrap_or_default().trim();
    let subtags: Vec<&str> = tag.split(['-', '_']).collect();
    let is_tag = subtags[0].len() >= 2
        && subtags[0].bytes().all(|byte| byte.is_ascii_alphabetic())
        && subtags.iter().all(|subtag| is_subtag(subtag));
    if !is_tag {
        return Cow::Borrowed("");
    }
    let spelled = subtags.iter().enumerate().map(|(place, subtag)| in_case(place, subtag));
    Cow::Owned(spelled.collect::<Vec<_>>().join("-"))
}

/// Nearly all that browsers say: `it`, `it-IT`.
fn is_canonical(text: &str) -> bool {
    let is_lower = |text: &[u8]| text.iter().all(u8::is_ascii_lowercase);
    match text.as_bytes() {
        language @ [_, _] => is_lower(language),
        [language @ .., b'-', first, second] if matches!(language.len(), 2 | 3) => {
            is_lower(language) && first.is_ascii_uppercase() && second.is_ascii_uppercase()
        }
        _ => false,
    }
}

fn is_subtag(subtag: &str) -> bool {
    (1..=SUBTAG_BYTES_MAX).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The language small, a script with a capital, a region in capitals (RFC 5646 section 2.1.1).
fn in_case(place: usize, subtag: &str) -> String {
    let lower = subtag.to_ascii_lowercase();
    match subtag.len() {
        2 if place > 0 => lower.to_ascii_uppercase(),
        4 if place > 0 && subtag.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            format!("{}{}", lower[..1].to_ascii_uppercase(), &lower[1..])
        }
        _ => lower,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_language_becomes_one() {
        for (text, expected) in [
            ("it", "it"),
            ("it-IT", "it-IT"),
            ("it_IT", "it-IT"),
            ("IT-it", "it-IT"),
            (" it-it ", "it-IT"),
            ("it_IT.UTF-8", "it-IT"),
            ("de_DE@euro", "de-DE"),
            ("es-ES,es;q=0.9,en;q=0.8", "es-ES"),
            ("en;q=0.8", "en"),
            ("zh-hans-cn", "zh-Hans-CN"),
            ("ZH_HANT", "zh-Hant"),
            ("fil-PH", "fil-PH"),
            ("es-419", "es-419"),
            ("de-1996", "de-1996"),
            ("sl-rozaj", "sl-rozaj"),
            ("C", ""),
            ("C.UTF-8", ""),
            ("*", ""),
            ("", ""),
            ("italiano (Italia)", ""),
            ("123", ""),
            ("it--IT", ""),
            ("caffè", ""),
        ] {
            assert_eq!(canonical(text.into()), expected, "{text}");
            assert_eq!(canonical(canonical(text.into())), expected, "{text}");
        }
        assert!(matches!(canonical("it-IT".into()), Cow::Borrowed("it-IT")));
    }
}
