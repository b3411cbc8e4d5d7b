//! An answer that is handed on while it comes.
//!
//! Its beginning is held back: what is no longer than that comes as a whole or not at all, and what goes wrong with it is
//! told as an error. Of what is longer, what goes wrong later ends the answer early.

use std::io;
use std::time::Duration;

use axum::body::Bytes;
use futures_util::stream::{self, Stream};
use orma_store::StoreError;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::runner::Rows;

/// How much of an answer is held back. Bytes.
const BEGINNING_BYTES_MAX: usize = 1 << 20;
/// Pieces that wait for their reader.
const PIECES_MAX: usize = 4;
/// How long the rest of an answer may take to be read: who reads no faster must not keep a place. Seconds.
const REST_SECONDS_MAX: u64 = 120;
/// ClickHouse's code.
const TOO_MANY_BYTES: u32 = 307;

/// An answer whose beginning has come.
#[derive(Debug)]
pub struct Answer {
    beginning: Vec<Bytes>,
    /// What more may come. Bytes: the store counts a value that is the same in all rows once.
    bytes_left: u64,
    /// What is still to come, if anything is.
    rest: Option<Rows>,
}

impl Answer {
    /// Waits for the beginning.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn begin(mut rows: Rows, bytes_max: u64) -> Result<Self, StoreError> {
        let mut beginning = Vec::new();
        let (mut bytes, mut bytes_left) = (0, bytes_max);
        while bytes < BEGINNING_BYTES_MAX {
            let Some(piece) = rows.next().await? else {
                return Ok(Self { beginning, bytes_left, rest: None });
            };
            bytes += piece.len();
            bytes_left = bytes_left.checked_sub(piece.len() as u64).ok_or_else(too_long)?;
            beginning.push(piece);
        }
        Ok(Self { beginning, bytes_left, rest: Some(rows) })
    }

    /// All of it, as far as it comes.
    pub fn into_stream(self) -> impl Stream<Item = io::Result<Bytes>> + use<> {
        let (sender, mut receiver) = mpsc::channel(PIECES_MAX);
        tokio::spawn(hand_on(self, sender));
        // It may be asked again after its end.
        stream::poll_fn(move |context| receiver.poll_recv(context))
    }

    /// The whole, when all of it has come.
    pub fn whole(&self) -> Option<Bytes> {
        self.rest.is_none().then(|| self.beginning.concat().into())
    }
}

/// As the store says it of an answer that has too many bytes.
fn too_long() -> StoreError {
    StoreError::Refused { code: TOO_MANY_BYTES, message: "the answer is too long".into() }
}

/// Ends when all is handed on, when nobody reads any more, or when that takes too long.
async fn hand_on(answer: Answer, sender: mpsc::Sender<io::Result<Bytes>>) {
    let deadline = Instant::now() + Duration::from_secs(REST_SECONDS_MAX);
    let all = async {
        for piece in answer.beginning {
            if sender.send(Ok(piece)).await.is_err() {
                return;
            }
        }
        let Some(mut rows) = answer.rest else { return };
        let mut bytes_left = answer.bytes_left;
        loop {
            let piece = tokio::select! {
                piece = rows.next() => piece,
                () = sender.closed() => return,
            };
            let piece = match piece {
                Ok(Some(piece)) => {
                    let left = bytes_left.checked_sub(piece.len() as u64).ok_or_else(too_long);
                    left.map(|left| {
                        bytes_left = left;
                        Some(piece)
                    })
                }
                other => other,
            };
            let piece = match piece {
                Ok(None) => return,
                Ok(Some(piece)) => Ok(piece),
                Err(error) => {
                    tracing::debug!(code = error.code(), "an answer to SQL has ended early");
                    Err(io::Error::other("the answer has ended early"))
                }
            };
            let is_over = piece.is_err();
            if sender.send(piece).await.is_err() || is_over {
                return;
            }
        }
    };
    if tokio::time::timeout_at(deadline, all).await.is_err() {
        // Its reader, if there still is one, must not take what came for all of it.
        drop(sender.try_send(Err(io::Error::other("the answer was not read in time"))));
    }
}
