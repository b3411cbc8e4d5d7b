//! `GET /live`: server-sent events: who is on now, what happens.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;

use super::auth::Access;
use super::params::SitePath;
use crate::error::ErrorBody;
use crate::question::live::Message;
use crate::question::live::response::LiveResync;
use crate::state::AppState;

/// A comment line keeps proxies from closing a quiet stream.
const KEEP_ALIVE_SECONDS: u64 = 15;

/// Who is on now, what happens: server-sent events `recent`, `snapshot`, `activity` and `resync`.
#[utoipa::path(get, path = "/live", tag = "live", params(SitePath),
    responses(
        (status = 200, description = "`event: recent` carries a LiveRecent, `event: snapshot` a LiveSnapshot, `event: activity` a LiveActivity, `event: resync` a LiveResync", content_type = "text/event-stream", body = String),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn get(
    State(state): State<AppState>,
    access: Access,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let subscription = state.live.subscribe(&state.runner, &access.site.site);
    let stream =
        futures_util::stream::unfold((state, access, subscription), |(state, access, mut sub)| async {
            let message = sub.next().await?;
            // A stream must not outlive the token that opened it.
            access.caller.still_valid(&state).then_some(())?;
            Some((Ok(event(&message)), (state, access, sub)))
        });
    let keep_alive = KeepAlive::new().interval(Duration::from_secs(KEEP_ALIVE_SECONDS)).text("keep-alive");
    Sse::new(stream).keep_alive(keep_alive)
}

fn event(message: &Message) -> Event {
    match message {
        Message::Snapshot(json) => Event::default().event("snapshot").data(json),
        Message::Recent(json) => Event::default().event("recent").data(json),
        Message::Activity(json) => Event::default().event("activity").data(json),
        Message::Resync { skipped } => {
            let body = LiveResync { skipped: *skipped };
            Event::default().event("resync").data(serde_json::to_string(&body).expect("plain fields"))
        }
    }
}
