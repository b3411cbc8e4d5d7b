//! Events: what is read of their records without making rows of them.

use orma_model::event_row::ColumnType;
use orma_model::record::RecordReader;

/// The site and time of reception of an event's record; `None` when it is damaged before it has said them.
pub fn site_and_reception<'a>(record: &'a [u8], columns: &[(String, ColumnType)]) -> Option<(&'a str, i64)> {
    let (mut site, mut received_at) = (None, None);
    let mut reader = RecordReader::new(record, columns.len())?;
    while site.is_none() || received_at.is_none() {
        let Some(column) = reader.next_column() else { break };
        let (name, column_type) = &columns[column];
        let value = reader.value(*column_type)?;
        match name.as_str() {
            "site" => site = Some(std::str::from_utf8(value).ok()?),
            "received_at" => received_at = Some(i64::from_le_bytes(value.try_into().ok()?)),
            _ => {}
        }
    }
    Some((site.unwrap_or_default(), received_at.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use orma_model::EventRow;
    use orma_model::event_row::COLUMNS;
    use orma_model::record::RecordWriter;

    #[test]
    fn site_and_reception_are_found_whatever_the_order_of_columns() {
        let row = EventRow { site: "demo".into(), received_at: 42, title: "x".into(), ..EventRow::default() };
        let mut record = Vec::new();
        row.write_record(&mut record);
        let columns: Vec<(String, ColumnType)> =
            COLUMNS.iter().map(|column| (column.name.to_owned(), column.column_type)).collect();
        assert_eq!(site_and_reception(&record, &columns), Some(("demo", 42)));
        assert_eq!(site_and_reception(&record[..10], &columns), None);
        let swapped = [
            ("tags".to_owned(), ColumnType::Map),
            ("score".to_owned(), ColumnType::Float),
            ("received_at".to_owned(), ColumnType::Timestamp),
            ("site".to_owned(), ColumnType::Text),
        ];
        let mut record = Vec::new();
        let mut writer = RecordWriter::new(swapped.len(), &mut record);
        writer.push(&vec![("k".into(), "v".into())]);
        writer.push(&Some(0.5));
        writer.push(&7i64);
        writer.push(&"s");
        writer.finish();
        assert_eq!(site_and_reception(&record, &swapped), Some(("s", 7)));
    }
}
