//! An export: rows that are written while they are read, so that it may be larger than memory.

pub mod request;
mod sql;

use std::collections::HashMap;
use std::io;

use axum::body::Bytes;
use futures_util::{Stream, StreamExt, stream};
use orma_store::StoreError;
use serde_json::Value;

use crate::runner::{Needs, Rows, Runner};
use crate::scope::Scope;
use crate::table::{BYTE_ORDER_MARK, Export, write_cells};

/// How long an export may take. Seconds.
pub const EXPORT_SECONDS_MAX: u64 = 3_600;

/// Turns pieces of lines of JSON into an export.
struct Writer {
    export: Export,
    columns: Vec<&'static str>,
    /// The beginning of a line whose end has not come.
    begun: Vec<u8>,
}

impl Writer {
    fn head(&self) -> String {
        let mut head = String::new();
        if self.export == Export::Csv {
            head.push(BYTE_ORDER_MARK);
            write_cells(self.columns.iter().map(|name| Value::from(*name)), &mut head);
        }
        head
    }

    /// The whole lines that a piece ends.
    fn write(&mut self, piece: &[u8]) -> Result<Bytes, serde_json::Error> {
        let Some(end) = piece.iter().rposition(|&byte| byte == b'\n') else {
            self.begun.extend_from_slice(piece);
            return Ok(Bytes::new());
        };
        let (ended, begun) = piece.split_at(end + 1);
        let mut lines = std::mem::replace(&mut self.begun, begun.to_vec());
        lines.extend_from_slice(ended);
        if self.export == Export::Ndjson {
            return Ok(lines.into());
        }
        let mut out = String::with_capacity(lines.len());
        for line in lines.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
            let mut row: HashMap<String, Value> = serde_json::from_slice(line)?;
            let cells = self.columns.iter().map(|name| match row.remove(*name).unwrap_or(Value::Null) {
                Value::Object(props) if props.is_empty() => Value::Null,
                Value::Object(props) => Value::String(Value::Object(props).to_string()),
                value => value,
            });
            write_cells(cells, &mut out);
        }
        Ok(out.into())
    }
}

/// The events of a scope as an export. What goes wrong later than the first row ends the body early, so that a client
/// sees that it has not got everything.
///
/// # Errors
/// The store's, until the first row has come.
pub async fn rows(
    runner: &Runner,
    scope: &Scope,
    export: Export,
) -> Result<impl Stream<Item = io::Result<Bytes>> + use<>, StoreError> {
    runner.bring_visits_up_to_date(Needs::Visits).await;
    let mut rows = runner.stream(&sql::events(scope), EXPORT_SECONDS_MAX).await?;
    let mut writer = Writer { export, columns: sql::columns().collect(), begun: Vec::new() };
    let mut first = writer.head().into_bytes();
    let piece = rows.next().await?;
    let is_over = piece.is_none();
    first.extend_from_slice(&written(&mut writer, &piece.unwrap_or_default())?);
    let rest = stream::try_unfold((rows, writer, is_over), |(mut rows, mut writer, is_over)| async move {
        if is_over {
            return Ok(None);
        }
        let next = next_of(&mut rows, &mut writer).await.map_err(|error| {
            tracing::warn!(%error, "an export has ended early");
            io::Error::other("the export has ended early")
        })?;
        Ok::<_, io::Error>(next.map(|bytes| (bytes, (rows, writer, false))))
    });
    let first = stream::iter([Ok(Bytes::from(first))]);
    Ok(first.chain(rest))
}

async fn next_of(rows: &mut Rows, writer: &mut Writer) -> Result<Option<Bytes>, StoreError> {
    rows.next().await?.map(|piece| written(writer, &piece)).transpose()
}

fn written(writer: &mut Writer, piece: &[u8]) -> Result<Bytes, StoreError> {
    writer.write(piece).map_err(|error| StoreError::Answer(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str =
        "{\"id\":1,\"name\":\"=1;2\",\"props\":{\"a\":\"è\"}}\n{\"id\":2,\"name\":null,\"props\":{}}\n";

    #[test]
    fn lines_that_come_in_pieces_are_whole_again() {
        let csv = "\u{feff}id,name,props\r\n1,\"'=1;2\",\"{\"\"a\"\":\"\"è\"\"}\"\r\n2,,\r\n";
        for (export, whole) in [(Export::Csv, csv), (Export::Ndjson, LINES)] {
            for at in 0..=LINES.len() {
                let (one, other) = LINES.as_bytes().split_at(at);
                let mut writer = Writer { export, columns: vec!["id", "name", "props"], begun: Vec::new() };
                let mut out = writer.head().into_bytes();
                out.extend_from_slice(&writer.write(one).unwrap());
                out.extend_from_slice(&writer.write(other).unwrap());
                assert_eq!(String::from_utf8(out).unwrap(), whole, "cut at {at}");
            }
        }
    }
}
