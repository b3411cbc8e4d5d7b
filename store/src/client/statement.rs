//! Statements and their answers: one row of JSON a line, or Native blocks to be inserted.

use std::time::Duration;

use bytes::Bytes;
use clickhouse::native::Block;
use clickhouse::native::decode::Decode;
use clickhouse::query::Query;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Store;
use super::answer_stream::{AnswerStream, PIECE_SECONDS_MAX};
use super::error::StoreError;
use super::param::Param;
use super::work::Work;

/// An insert that is not taken or not answered for this long is given up by the client.
const INSERT_MS_MAX: u64 = 60_000;

impl Store {
    /// Does something in a place of its kind of work, within the time limit.
    async fn in_place<T>(&self, work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        let places = match self.work {
            Work::Registry => &self.inner.registry,
            Work::Upkeep => &self.inner.upkeep,
            Work::Questions | Work::Sql => &self.inner.questions,
        };
        let done = async {
            let _permit = places.acquire().await.expect("the semaphore is never closed");
            work.await
        };
        tokio::time::timeout(self.time_limit, done).await.unwrap_or(Err(StoreError::TimedOut))
    }

    /// Carries out a statement that answers nothing.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn execute(&self, sql: &str, params: &[(&str, Param)]) -> Result<(), StoreError> {
        let mut query = self.client().query_raw(sql);
        for (name, value) in params {
            query = query.param(name, value);
        }
        self.in_place(async { Ok(query.execute().await?) }).await
    }

    /// The answer to a question, one JSON object a row (`FORMAT JSONEachRow`), for lists of bounded size.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn select<T: DeserializeOwned>(
        &self,
        sql: &str,
        params: &[(&str, Param)],
    ) -> Result<Vec<T>, StoreError> {
        // So that the server does not go on when the client has given up.
        let seconds = self.time_limit.as_secs().max(1).to_string();
        // What is asked here is small: more threads would only wait for each other.
        self.select_with(sql, params, &[("max_execution_time", seconds.as_str()), ("max_threads", "1")]).await
    }

    /// [`Store::select`] with ClickHouse settings of its own (a query id, a time limit).
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn select_with<T: DeserializeOwned>(
        &self,
        sql: &str,
        params: &[(&str, Param)],
        settings: &[(&str, &str)],
    ) -> Result<Vec<T>, StoreError> {
        rows_of(&self.answer(sql, params, settings, AnswerFormat::Rows).await?)
    }

    /// [`Store::select_with`] as it comes from ClickHouse.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn answer(
        &self,
        sql: &str,
        params: &[(&str, Param)],
        settings: &[(&str, &str)],
        format: AnswerFormat,
    ) -> Result<Bytes, StoreError> {
        let query = self.question(sql, params, settings);
        self.in_place(async {
            let mut cursor = query.fetch_bytes(format.name())?;
            Ok(cursor.collect().await?)
        })
        .await
    }

    /// The answer to a question of the program's own, in `RowBinary`: for many rows, of which JSON costs several times the
    /// CPU.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn select_binary<T: clickhouse::RowOwned + clickhouse::RowRead>(
        &self,
        sql: &str,
        params: &[(&str, Param)],
    ) -> Result<Vec<T>, StoreError> {
        let query = self.question(sql, params, &[("max_threads", "1")]);
        self.in_place(async { Ok(query.fetch_all::<T>().await?) }).await
    }

    /// [`Store::select_binary`] for an answer of any size: its rows one after the other, as they come.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn each_binary<T: clickhouse::RowOwned + clickhouse::RowRead>(
        &self,
        sql: &str,
        params: &[(&str, Param)],
        mut take: impl FnMut(T),
    ) -> Result<(), StoreError> {
        let query = self.question(sql, params, &[("max_threads", "1")]);
        self.in_place(async {
            let mut rows = query.fetch::<T>()?;
            while let Some(row) = rows.next().await? {
                take(row);
            }
            Ok(())
        })
        .await
    }

    /// [`Store::each_binary`] in columns, block by block (`Native`; [`column`] has the values): what is written a row at a time
    /// costs the server more, and texts of a dictionary come once a block.
    ///
    /// # Errors
    /// See [`StoreError`], and what `take` fails with.
    pub async fn each_block(
        &self,
        sql: &str,
        params: &[(&str, Param)],
        take: impl FnMut(&Block) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.each_block_with(sql, params, &[("max_threads", "1")], take).await
    }

    /// [`Store::each_block`] with ClickHouse settings of its own (a query id, a time limit).
    ///
    /// # Errors
    /// As there.
    pub async fn each_block_with(
        &self,
        sql: &str,
        params: &[(&str, Param)],
        settings: &[(&str, &str)],
        mut take: impl FnMut(&Block) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let query = self.question(sql, params, settings);
        self.in_place(async {
            let mut blocks = query.fetch_native()?;
            while let Some(block) = blocks.next().await? {
                take(&block)?;
            }
            Ok(())
        })
        .await
    }

    /// The answer to a question of any size as it comes, one JSON object a line (`JSONEachRow`), as [`Store::select_with`]
    /// asks it. It takes no place here, for it may last as long as its reader pleases: who asks bounds how many there are.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn select_stream(
        &self,
        sql: &str,
        params: &[(&str, Param)],
        settings: &[(&str, &str)],
    ) -> Result<AnswerStream, StoreError> {
        let cursor = self.question(sql, params, settings).fetch_bytes("JSONEachRow")?;
        Ok(AnswerStream::new(cursor, Duration::from_secs(PIECE_SECONDS_MAX)))
    }

    /// The answer to somebody's own SQL as it comes, in a format of ClickHouse's. Only the settings that are given go with it:
    /// the [reader](crate::reader) may change no other. Each piece of it may take as long as the whole statement may.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn read_sql(
        &self,
        sql: &str,
        params: &[(&str, &Value)],
        settings: &[(&str, &str)],
        format: &str,
        piece_time_max: Duration,
    ) -> Result<AnswerStream, StoreError> {
        let mut query = self.client().query_raw(sql);
        for (name, value) in params {
            query = query.param(name, value);
        }
        for (name, value) in settings {
            query = query.with_setting(*name, *value);
        }
        Ok(AnswerStream::new(query.fetch_bytes(format)?, piece_time_max))
    }

    fn question(&self, sql: &str, params: &[(&str, Param)], settings: &[(&str, &str)]) -> Query {
        let mut query = self
            .client()
            .query_raw(sql)
            .with_setting("output_format_json_quote_64bit_integers", "0")
            .with_setting("output_format_json_quote_decimals", "1")
            .with_setting("date_time_output_format", "iso")
            // Columns of events that are packed are asked for by the name of the part, through `*` too.
            .with_setting("asterisk_include_alias_columns", "1");
        for (name, value) in params {
            query = query.param(name, value);
        }
        for (name, value) in settings {
            query = query.with_setting(*name, *value);
        }
        query
    }

    /// Inserts one Native block. When it returns `Ok`, all tables that the block belongs in have it.
    ///
    /// No deduplication token goes with it. ClickHouse notes a token before it commits the part, and answers a repeat
    /// with success whether or not the part has ever come to be: an engine that dies in between would lose the block.
    ///
    /// # Errors
    /// See [`StoreError`]; after an error that [is transient](StoreError::is_transient) any of the tables may or may not
    /// have the block, and it must be sent again.
    pub async fn insert_native(
        &self,
        table: &str,
        columns: &[&str],
        block: &[Bytes],
    ) -> Result<(), StoreError> {
        let columns = columns.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        self.insert_statement(&format!("INSERT INTO {table} ({columns}) FORMAT Native"), block).await
    }

    /// [`Store::insert_native`] for a statement that ends with `FORMAT Native`.
    ///
    /// # Errors
    /// As there.
    pub async fn insert_statement(&self, statement: &str, block: &[Bytes]) -> Result<(), StoreError> {
        let _permit = self.inner.inserts.acquire().await.expect("the semaphore is never closed");
        let mut insert = self
            .client()
            .insert_formatted_with(statement)
            .with_timeouts(
                Some(Duration::from_millis(INSERT_MS_MAX)),
                Some(Duration::from_millis(INSERT_MS_MAX)),
            )
            // Batched here already; the server's own batching would delay and split the block.
            .with_setting("async_insert", "0")
            .with_setting("insert_deduplicate", "0")
            .with_setting("deduplicate_blocks_in_dependent_materialized_views", "0")
            // Rows of one block that belong together are merged with those of others, by the merges and by FINAL: to
            // do it at the insert too costs half of the insert again.
            .with_setting("optimize_on_insert", "0")
            .with_setting("max_partitions_per_insert_block", "0");
        for piece in block {
            insert.send(piece.clone()).await?;
        }
        Ok(insert.end().await?)
    }
}

/// The values of a column of a block.
///
/// # Errors
/// [`StoreError::Answer`]: there is none of this name, or of another type.
pub fn column<'a, T: Decode<'a>>(block: &'a Block, name: &str) -> Result<Vec<T>, StoreError> {
    let missing = || StoreError::Answer(format!("it has no column {name}"));
    Ok(block.column_by_name(name).ok_or_else(missing)?.iter::<T>()?.collect::<Result<_, _>>()?)
}

/// How an [answer](Store::answer) is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerFormat {
    /// One JSON object a row, for [`rows_of`].
    Rows,
    /// One JSON object with the rows and the row over everything, for [`rows_and_total_of`]: the statement is one
    /// `WITH TOTALS`.
    RowsAndTotal,
}

impl AnswerFormat {
    /// ClickHouse's name of it.
    const fn name(self) -> &'static str {
        match self {
            Self::Rows => "JSONEachRow",
            Self::RowsAndTotal => "JSON",
        }
    }
}

/// The rows of an answer in [`AnswerFormat::Rows`].
///
/// # Errors
/// [`StoreError::Answer`]: they are not what was asked for.
pub fn rows_of<T: DeserializeOwned>(answer: &[u8]) -> Result<Vec<T>, StoreError> {
    serde_json::Deserializer::from_slice(answer)
        .into_iter()
        .collect::<Result<Vec<T>, _>>()
        .map_err(|error| StoreError::Answer(error.to_string()))
}

/// The rows of an answer in [`AnswerFormat::RowsAndTotal`], and the row over everything.
///
/// # Errors
/// [`StoreError::Answer`]: they are not what was asked for.
pub fn rows_and_total_of<T: DeserializeOwned>(answer: &[u8]) -> Result<(Vec<T>, T), StoreError> {
    #[derive(Deserialize)]
    struct Answer<T> {
        data: Vec<T>,
        totals: T,
    }
    let Answer { data, totals } =
        serde_json::from_slice(answer).map_err(|error| StoreError::Answer(error.to_string()))?;
    Ok((data, totals))
}
