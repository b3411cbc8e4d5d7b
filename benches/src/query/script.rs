//! Files of SQL: statements with `;` between, placeholders in braces, and questions with a name before each.

/// A question of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// What stands after `-- name:`.
    pub name: String,
    pub sql: String,
}

/// The statements of a file, without comments. No text in them holds a `;`.
pub fn statements(file: &str, values: &[(&str, String)]) -> Vec<String> {
    split(&without_comments(file, |_| true), values)
}

/// The questions of a file.
pub fn named(file: &str, values: &[(&str, String)]) -> Vec<Named> {
    let text = without_comments(file, |line| !line.trim_start().starts_with("-- name:"));
    let questions = split(&text, values).into_iter().filter_map(|statement| {
        let (name, sql) = statement.strip_prefix("-- name:")?.split_once('\n')?;
        Some(Named { name: name.trim().to_owned(), sql: sql.trim().to_owned() })
    });
    questions.collect()
}

fn without_comments(file: &str, drops: impl Fn(&str) -> bool) -> String {
    let lines = file.lines().filter(|line| !(line.trim_start().starts_with("--") && drops(line)));
    lines.collect::<Vec<_>>().join("\n")
}

fn split(text: &str, values: &[(&str, String)]) -> Vec<String> {
    let statements = text.split(';').map(str::trim).filter(|statement| !statement.is_empty());
    let filled = statements.map(|statement| {
        values
            .iter()
            .fold(statement.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    });
    filled.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_without_its_comments_and_with_its_values() {
        let file = "-- about\nSELECT {A};\n  -- more; of it\nSELECT '{B}',\n {A}; \n";
        let values = [("A", "1".to_owned()), ("B", "x".to_owned())];
        assert_eq!(statements(file, &values), ["SELECT 1", "SELECT 'x',\n 1"]);
        let questions =
            named("-- head\n-- name: one\n-- (why; so)\nSELECT {A};\n-- name: two\nSELECT 2;", &values);
        let expected = [("one", "SELECT 1"), ("two", "SELECT 2")];
        assert_eq!(
            questions.iter().map(|it| (it.name.as_str(), it.sql.as_str())).collect::<Vec<_>>(),
            expected
        );
    }
}
