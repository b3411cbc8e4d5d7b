//! What went wrong, in words that an analyst can use: the store's own, without what they say of the store.

use orma_store::StoreError;

use crate::error::{ApiError, Excess};
use crate::limits::SqlLimits;

/// Letters of the store's words.
const MESSAGE_CHARS_MAX: usize = 2_000;

/// READONLY, ACCESS_DENIED, FUNCTION_NOT_ALLOWED, SETTING_CONSTRAINT_VIOLATION: something else than reading was tried.
const NOT_ALLOWED: [u32; 4] = [164, 446, 452, 497];
const TOO_MANY_SIMULTANEOUS_QUERIES: u32 = 202;
/// Codes that say that something is wrong with the store, whatever was asked: their words name files and addresses.
const OF_THE_STORE: [u32; 24] = [
    49, 74, 75, 76, 77, 79, 99, 107, 173, 192, 193, 226, 228, 231, 232, 236, 246, 271, 499, 516, 1000, 1001,
    1002, 1003,
];

/// A refusal of the store.
pub fn of(error: StoreError, limits: &SqlLimits) -> ApiError {
    // It was given up: the store has its limit of time from here, and a call that does not hear of it goes on.
    let excess = if matches!(error, StoreError::TimedOut) { Some(Excess::Time) } else { Excess::of(&error) };
    match (excess, &error) {
        (Some(excess), _) => ApiError::SqlTooBig { message: too_big(excess, limits) },
        (_, StoreError::Refused { code, .. }) if NOT_ALLOWED.contains(code) => {
            let message = "The statement does something that is not allowed: only the views `events`, `visits` and \
                           `people` can be read, and nothing can be changed, settings included.";
            ApiError::invalid("sql_not_allowed", "query", message)
        }
        // Those of other processes, and those that were given up, have a place in the store, too.
        (_, StoreError::Refused { code: TOO_MANY_SIMULTANEOUS_QUERIES, .. }) => {
            ApiError::Store(StoreError::Busy)
        }
        (_, StoreError::Refused { code, .. }) if OF_THE_STORE.contains(code) => {
            let message = format!("The store could not carry out the statement (ClickHouse's code {code}).");
            ApiError::invalid("invalid_sql", "query", message)
        }
        (_, StoreError::Refused { message, .. }) if !error.is_transient() => {
            ApiError::invalid("invalid_sql", "query", cleaned(message))
        }
        // What the client library could not send.
        (_, StoreError::Answer(message)) if message.contains("params") => {
            ApiError::invalid("invalid_params", "params", "The parameters cannot be sent to the store.")
        }
        _ => ApiError::Store(error),
    }
}

fn too_big(excess: Excess, limits: &SqlLimits) -> String {
    let SqlLimits { seconds_max, memory_bytes_max, rows_max, bytes_max, .. } = limits;
    match excess {
        Excess::Time => format!(
            "The statement would take more than {seconds_max} seconds. What helps: fewer days (a condition on `day`), \
             and no join without a condition."
        ),
        Excess::Memory => format!(
            "The statement would take more than {memory_bytes_max} bytes of memory. What helps: fewer days, fewer groups, \
             the smaller side of a join on the right."
        ),
        Excess::Rows => format!(
            "The answer would have more than {rows_max} rows or {bytes_max} bytes. What helps: LIMIT, a condition, or \
             asking for it in parts."
        ),
    }
}

/// The store's words without its name, its version, its databases, and what it was doing where.
fn cleaned(message: &str) -> String {
    let mut text = message.trim();
    if let Some((_, words)) = text.split_once("DB::Exception: ") {
        text = words;
    }
    // `(SYNTAX_ERROR) (version 26.7.2.1)`
    if let Some(at) = text.rfind(" (version ") {
        text = &text[..at];
    }
    if let Some(at) = text.rfind(" (").filter(|at| is_code_name(&text[at + 2..])) {
        text = &text[..at];
    }
    for what in ["Stack trace", ": While ", ": while ", ": (while ", ": In scope ", "In scope "] {
        text = text.split(what).next().unwrap_or_default();
    }
    // The scope is the statement again, or that of a view; what may be meant stands behind it.
    let scoped = text.split_once(" in scope ").map(|(before, scope)| {
        let hint = scope.rfind("Maybe you meant").map_or("", |at| &scope[at..]);
        format!("{before}. {hint}")
    });
    let text = scoped.as_deref().unwrap_or(text).trim().trim_end_matches(". ").to_owned();
    without_databases(&text).chars().take(MESSAGE_CHARS_MAX).collect()
}

fn is_code_name(text: &str) -> bool {
    let name = text.trim_end().strip_suffix(')').unwrap_or("?");
    name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// `name_sql.events` is `events`.
fn without_databases(text: &str) -> String {
    let mut words = Vec::new();
    for word in text.split(' ') {
        match word.split_once("_sql.") {
            Some((before, view))
                if before.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_`'".contains(&byte)) =>
            {
                let quote = before.chars().next().filter(|first| "`'".contains(*first));
                words.push(format!("{}{view}", quote.map(String::from).unwrap_or_default()));
            }
            _ => words.push(word.to_owned()),
        }
    }
    words.join(" ")
}

/// The same error of a statement that stood so many letters further in.
pub fn moved_back(error: StoreError, by: usize) -> StoreError {
    let StoreError::Refused { code, message } = error else { return error };
    let message = less(&message, "failed at position ", by);
    // Only what stands in the first line was moved.
    let message =
        if message.contains("(line 1, col ") { less(&message, "(line 1, col ", by) } else { message };
    StoreError::Refused { code, message }
}

/// The number behind some words, less so many.
fn less(text: &str, words: &str, by: usize) -> String {
    let Some((before, after)) = text.split_once(words) else { return text.to_owned() };
    let end = after.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(after.len());
    let Ok(number) = after[..end].parse::<usize>() else { return text.to_owned() };
    format!("{before}{words}{}{}", number.saturating_sub(by).max(1), &after[end..])
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;

    use super::*;

    #[test]
    fn the_store_s_words_keep_what_is_wrong_and_lose_what_is_the_store_s() {
        for (message, words) in [
            (
                "Code: 62. DB::Exception: Syntax error: failed at position 8 (FRM): FRM events. Expected one of: token. (SYNTAX_ERROR) (version 26.7.2.1)",
                "Syntax error: failed at position 8 (FRM): FRM events. Expected one of: token.",
            ),
            (
                "Code: 47. DB::Exception: Unknown expression identifier `pth` in scope SELECT pth FROM events. Maybe you meant: ['path']. (UNKNOWN_IDENTIFIER) (version 26.7.2.1)",
                "Unknown expression identifier `pth`. Maybe you meant: ['path'].",
            ),
            (
                "Code: 60. DB::Exception: Unknown table expression identifier 'orma_sql.evnts' in scope SELECT 1 FROM evnts. (UNKNOWN_TABLE) (version 26.7.2.1)",
                "Unknown table expression identifier 'evnts'.",
            ),
            (
                "Code: 6. DB::Exception: Cannot parse string 'x' as UInt8: While processing toUInt8(__table1.site = 'demo'). (CANNOT_PARSE_TEXT) (version 26.7.2.1)",
                "Cannot parse string 'x' as UInt8",
            ),
        ] {
            assert_eq!(cleaned(message).trim(), words);
        }
    }

    #[test]
    fn what_went_wrong_is_told_by_whose_doing_it_was() {
        let refused =
            |code: u32| StoreError::Refused { code, message: "DB::Exception: words. (NAME)".into() };
        let status = |error: StoreError| of(error, &SqlLimits::default()).into_response().status().as_u16();
        for (error, expected) in [
            (refused(62), 400),
            (refused(497), 400),
            (refused(159), 422),
            (refused(241), 422),
            (refused(396), 422),
            // It was given up after its time: the statement's own call heard of no limit.
            (StoreError::TimedOut, 422),
            (refused(202), 503),
            (StoreError::Unreachable("http://10.0.0.1".into()), 503),
        ] {
            let told = error.to_string();
            assert_eq!(status(error), expected, "{told}");
        }
    }

    #[test]
    fn positions_are_those_of_the_statement_as_it_was_sent() {
        let moved =
            |message: &str| match moved_back(StoreError::Refused { code: 62, message: message.into() }, 12) {
                StoreError::Refused { message, .. } => message,
                other => panic!("{other}"),
            };
        assert_eq!(moved("failed at position 20 (x)"), "failed at position 8 (x)");
        assert_eq!(
            moved("failed at position 20 (x) (line 1, col 20): x"),
            "failed at position 8 (x) (line 1, col 8): x"
        );
        assert_eq!(
            moved("failed at position 40 (x) (line 2, col 5): x"),
            "failed at position 28 (x) (line 2, col 5): x"
        );
        assert_eq!(moved("no position"), "no position");
    }
}
