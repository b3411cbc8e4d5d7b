//! Markdown tables on standard output.

/// Prints a heading, a line that says what is shown, and a table. The first column is text, the others numbers.
pub fn print(title: &str, explanation: &str, header: &[&str], rows: &[Vec<String>]) {
    println!("\n### {title}\n\n{explanation}\n\n{}", table(header, rows));
}

fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([header[column].chars().count(), 3]).max().unwrap_or(3)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let padded = cells.zip(&widths).enumerate().map(|(column, (cell, &width))| match column {
            0 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        format!("| {} |", padded.collect::<Vec<_>>().join(" | "))
    };
    let rule: Vec<String> = widths
        .iter()
        .enumerate()
        .map(
            |(column, width)| {
                if column == 0 { "-".repeat(*width) } else { format!("{}:", "-".repeat(width - 1)) }
            },
        )
        .collect();
    let mut lines = vec![line(&mut header.iter().copied()), line(&mut rule.iter().map(String::as_str))];
    lines.extend(rows.iter().map(|row| line(&mut row.iter().map(String::as_str))));
    lines.join("\n")
}

/// A number with three significant digits, as far as the point allows.
pub fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// Bytes as MiB.
pub fn mebibytes(bytes: u64) -> String {
    format!("{:.0} MiB", bytes as f64 / (1024.0 * 1024.0))
}

/// The middle of the values; the upper one of two.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_numbers_rounded() {
        let rows = [vec!["a".to_owned(), number(1.234)], vec!["bcdé".to_owned(), number(1234.5)]];
        let expected = "| x    |    n |\n| ---- | ---: |\n| a    | 1.23 |\n| bcdé | 1234 |";
        assert_eq!(table(&["x", "n"], &rows), expected);
        assert_eq!(median(vec![9.0, 1.0, 5.0]).to_bits(), 5.0f64.to_bits());
    }
}
