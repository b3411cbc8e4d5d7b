//! A record read back, for people: the inverse of [`EventRow::write_record`](crate::EventRow::write_record), as JSON.

use jiff::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::column_type::ColumnType;
use crate::record::{RecordReader, read_varint, take_i64, take_text};

/// The values of a record under their columns' names; `None` when the record is cut, too long or damaged.
///
/// Moments are RFC 3339 in UTC, decimals text with four places, ids text; an unset moment (0) and an absent number are
/// null.
pub fn record_to_json<'a>(
    columns: impl IntoIterator<Item = (&'a str, ColumnType)>,
    record: &[u8],
) -> Option<Map<String, Value>> {
    let columns: Vec<(&str, ColumnType)> = columns.into_iter().collect();
    let mut values: Map<String, Value> =
        columns.iter().map(|(name, column_type)| ((*name).to_owned(), unsaid(*column_type))).collect();
    let mut reader = RecordReader::new(record, columns.len())?;
    while let Some(column) = reader.next_column() {
        let (name, column_type) = columns[column];
        let value = to_json(column_type, reader.value(column_type)?)?;
        values.insert(name.to_owned(), value);
    }
    reader.is_at_end().then_some(values)
}

/// What a column says that says nothing.
fn unsaid(column_type: ColumnType) -> Value {
    match column_type {
        ColumnType::Text | ColumnType::LowCardinality => "".into(),
        ColumnType::UInt8 | ColumnType::UInt16 | ColumnType::UInt32 | ColumnType::UInt64 => 0.into(),
        ColumnType::Timestamp | ColumnType::Float => Value::Null,
        ColumnType::Uuid => Uuid::nil().to_string().into(),
        ColumnType::Decimal => decimal(0).into(),
        ColumnType::Map => Map::new().into(),
    }
}

fn to_json(column_type: ColumnType, mut value: &[u8]) -> Option<Value> {
    Some(match column_type {
        ColumnType::Text | ColumnType::LowCardinality => std::str::from_utf8(value).ok()?.into(),
        ColumnType::UInt8 => u8::from_le_bytes(value.try_into().ok()?).into(),
        ColumnType::UInt16 => u16::from_le_bytes(value.try_into().ok()?).into(),
        ColumnType::UInt32 => u32::from_le_bytes(value.try_into().ok()?).into(),
        ColumnType::UInt64 => u64::from_le_bytes(value.try_into().ok()?).into(),
        ColumnType::Timestamp => moment(take_i64(&mut value)?),
        ColumnType::Uuid => Uuid::from_slice(value).ok()?.to_string().into(),
        ColumnType::Float => f64::from(f32::from_le_bytes(value.try_into().ok()?)).into(),
        ColumnType::Decimal => decimal(take_i64(&mut value)?).into(),
        ColumnType::Map => {
            let mut pairs = Map::new();
            for _ in 0..read_varint(&mut value)? {
                let key = take_text(&mut value)?;
                pairs.insert(key, take_text(&mut value)?.into());
            }
            pairs.into()
        }
    })
}

fn moment(ms: i64) -> Value {
    match Timestamp::from_millisecond(ms) {
        _ if ms == 0 => Value::Null,
        Ok(moment) => format!("{moment:.3}").into(),
        // Outside the calendar: shown as the number that it is.
        Err(_) => ms.into(),
    }
}

fn decimal(ten_thousandths: i64) -> String {
    let sign = if ten_thousandths < 0 { "-" } else { "" };
    let digits = ten_thousandths.unsigned_abs();
    format!("{sign}{}.{:04}", digits / 10_000, digits % 10_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EventRow;
    use crate::event_row::COLUMNS;
    use serde_json::json;

    fn read(record: &[u8]) -> Option<Map<String, Value>> {
        record_to_json(COLUMNS.iter().map(|column| (column.name, column.column_type)), record)
    }

    #[test]
    fn a_row_is_read_back_as_it_was_written() {
        let row = EventRow {
            site: "demo".into(),
            event_id: Uuid::from_u128(7),
            ts: 1_795_255_200_512,
            screen_width: 390,
            duration_ms: 70_000,
            scroll_pct: 50,
            value: Some(1.5),
            revenue: -129_000,
            props: vec![("colore".into(), "rosso".into())],
            ..EventRow::default()
        };
        let mut record = Vec::new();
        row.write_record(&mut record);
        let values = read(&record).unwrap();
        assert_eq!(values.len(), COLUMNS.len());
        for (name, value) in [
            ("site", json!("demo")),
            ("event_id", json!("00000000-0000-0000-0000-000000000007")),
            ("ts", json!("2026-11-21T10:00:00.512Z")),
            ("client_ts", Value::Null),
            ("screen_width", json!(390)),
            ("duration_ms", json!(70_000)),
            ("scroll_pct", json!(50)),
            ("value", json!(1.5)),
            ("revenue", json!("-12.9000")),
            ("props", json!({"colore": "rosso"})),
        ] {
            assert_eq!(values[name], value, "{name}");
        }
        for length in 0..record.len() {
            assert!(read(&record[..length]).is_none(), "cut at {length}");
        }
        record.push(0);
        assert!(read(&record).is_none(), "too long");
    }
}
