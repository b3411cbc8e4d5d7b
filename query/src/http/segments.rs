//! `/segments`: people who have something in common, and who of them has entered or left.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use orma_store::Audience;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;

use super::auth::{Access, PullAccess};
use super::export::{respond, respond_page};
use super::params::{Body, Params, PathOf, SitePath};
use crate::error::{ApiError, ErrorBody};
use crate::question::audience;
use crate::question::audience::request::{
    Members, MembersParams, SegmentChangesParams, SegmentHistoryParams, SegmentPeopleRequest,
    SegmentPreviewRequest, SegmentRequest, changes as changes_of, definition, ids, scope,
};
use crate::question::audience::response::{
    NewSegment, Segment, SegmentChanges, SegmentHistory, SegmentList, SegmentMembers, SegmentPeopleChanged,
    SegmentPreview,
};
use crate::runner::Runner;
use crate::state::AppState;
use crate::table::Table;

/// Bytes of a request with people: a hundred thousand ids.
pub const PEOPLE_BODY_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The head of an export that has the cursor for `since`.
const CURSOR_HEADER: &str = "orma-cursor";
/// The head of an export that says whether there is more now.
const MORE_HEADER: &str = "orma-more";

/// The columns of an export of segments.
const COLUMNS: [&str; 8] =
    ["segment", "name", "kind", "days", "people", "evaluated_at", "created_at", "created_by"];
/// Those of an export of changes.
const CHANGE_COLUMNS: [&str; 3] = ["person", "at", "entered"];

/// Of `/sites/{site}/segments/{segment}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SegmentPath {
    /// The site's name.
    #[param(example = "demo")]
    #[expect(dead_code, reason = "said in the document; `auth::Access` reads it")]
    pub site: String,
    /// The segment's id.
    #[param(example = "0a1b2c3d4e5f")]
    pub segment: String,
}

/// The segment of a site that has an id. It may have been made a moment ago, by another process.
async fn find(state: &AppState, site: &str, id: &str) -> Result<Audience, ApiError> {
    let known = || {
        let snapshot = state.registry.snapshot();
        snapshot.audiences.get(id).filter(|audience| audience.site == site).cloned()
    };
    if let Some(audience) = known() {
        return Ok(audience);
    }
    state.registry.refresh().await?;
    let message = format!("There is no segment `{id}`.");
    known().ok_or(ApiError::NotFound { code: "unknown_segment", message })
}

async fn told(runner: &Runner, audience: Audience) -> Result<Json<Segment>, ApiError> {
    let site = audience.site.clone();
    let mut told = audience::list(runner, &site, std::slice::from_ref(&audience)).await?;
    let message = format!("There is no segment `{}`.", audience.audience);
    told.pop().map(Json).ok_or(ApiError::NotFound { code: "unknown_segment", message })
}

/// The segments of a site.
#[utoipa::path(get, path = "/segments", tag = "segments", params(SitePath),
    responses(
        (status = 200, description = "The segments; also as text/csv and application/x-ndjson", body = SegmentList),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn list(
    State(state): State<AppState>,
    PullAccess(access): PullAccess,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    state.registry.refresh().await?;
    let site = access.site.site.as_str();
    let audiences: Vec<Audience> =
        state.registry.snapshot().audiences_of(site).into_iter().cloned().collect();
    let items = audience::list(&access.runner(&state), site, &audiences).await?;
    Ok(respond(&headers, &SegmentList { items }, |list| Table::of_items(&COLUMNS, &list.items)))
}

/// Makes a segment of a condition, whose members are known some seconds later and kept up to date, or a list.
#[utoipa::path(post, path = "/segments", tag = "segments", params(SitePath), request_body = SegmentRequest,
    responses(
        (status = 201, description = "The segment", body = NewSegment),
        (status = 400, description = "A field is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn create(
    State(state): State<AppState>,
    access: Access,
    Body(body): Body<SegmentRequest>,
) -> Result<(StatusCode, Json<NewSegment>), ApiError> {
    let now = state.now();
    let new = Audience {
        audience: Audience::new_id(),
        site: access.site.site.clone(),
        name: String::new(),
        condition: String::new(),
        days: 0,
        created_by: access.caller.name.clone(),
        created_at: now.0,
    };
    state.registry.refresh().await?;
    let (new, people) = definition(new, &state.registry.snapshot(), body)?;
    state.registry.put_audience(&new).await?;
    if new.is_list() {
        audience::put_people(&access.runner(&state), &new, (&people, &[]), now).await?;
    }
    Ok((StatusCode::CREATED, Json(NewSegment { segment: new.audience })))
}

/// A segment.
#[utoipa::path(get, path = "/segments/{segment}", tag = "segments", params(SegmentPath),
    responses(
        (status = 200, description = "The segment", body = Segment),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site or segment", body = ErrorBody)))]
pub async fn get(
    State(state): State<AppState>,
    access: Access,
    PathOf(SegmentPath { segment, .. }): PathOf<SegmentPath>,
) -> Result<Json<Segment>, ApiError> {
    let site = access.site.site.as_str();
    let audience = find(&state, site, &segment).await?;
    told(&access.runner(&state), audience).await
}

/// Gives a segment another name or condition. Who is no longer in it leaves it within seconds.
#[utoipa::path(put, path = "/segments/{segment}", tag = "segments", params(SegmentPath), request_body = SegmentRequest,
    responses(
        (status = 200, description = "The segment as it is now", body = Segment),
        (status = 400, description = "A field is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site or segment", body = ErrorBody)))]
pub async fn change(
    State(state): State<AppState>,
    access: Access,
    PathOf(SegmentPath { segment, .. }): PathOf<SegmentPath>,
    Body(body): Body<SegmentRequest>,
) -> Result<Json<Segment>, ApiError> {
    state.registry.refresh().await?;
    let site = access.site.site.as_str();
    let before = find(&state, site, &segment).await?;
    if before.is_list() != body.condition.is_none() || body.people.is_some() {
        let message = "A list stays a list and a condition a condition; people are added to a list and taken off it by \
                       `/people`.";
        return Err(ApiError::invalid("segment_is_rule", "condition", message));
    }
    let (audience, _) = definition(before, &state.registry.snapshot(), body)?;
    state.registry.put_audience(&audience).await?;
    told(&access.runner(&state), audience).await
}

/// Takes a segment back. Its members and changes are deleted.
#[utoipa::path(delete, path = "/segments/{segment}", tag = "segments", params(SegmentPath),
    responses(
        (status = 204, description = "Taken back"),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site or segment", body = ErrorBody),
        (status = 409, description = "The condition of another segment asks for its members", body = ErrorBody)))]
pub async fn delete(
    State(state): State<AppState>,
    access: Access,
    PathOf(SegmentPath { segment, .. }): PathOf<SegmentPath>,
) -> Result<StatusCode, ApiError> {
    state.registry.refresh().await?;
    let site = access.site.site.as_str();
    let audience = find(&state, site, &segment).await?;
    let snapshot = state.registry.snapshot();
    let asks = |other: &&&Audience| {
        let condition = audience::request::condition_of(other);
        condition.is_some_and(|condition| condition.audiences().contains(&segment.as_str()))
    };
    if let Some(other) = snapshot.audiences_of(site).iter().find(asks) {
        let message = format!("The condition of the segment `{}` asks for its members.", other.name);
        return Err(ApiError::Conflict { code: "segment_in_use", message });
    }
    state.registry.remove_audience(&audience).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// For how many people a condition holds, and some of them: to look at before a segment is made.
#[utoipa::path(post, path = "/segments/preview", tag = "segments", params(SitePath), request_body = SegmentPreviewRequest,
    responses(
        (status = 200, description = "For how many it holds", body = SegmentPreview),
        (status = 400, description = "A field is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody),
        (status = 422, description = "The question is about too much; the message says what would help", body = ErrorBody)))]
pub async fn preview(
    State(state): State<AppState>,
    access: Access,
    Body(body): Body<SegmentPreviewRequest>,
) -> Result<Response, ApiError> {
    let scope = scope(&access.site, &body.condition, body.days, state.now())?;
    let access = access.of_body(&state, &scope, &body)?;
    let respond = |runner: Runner| async move { audience::preview(&runner, &scope).await };
    let response = access.answer(&state, access.runner(&state), respond).await?;
    Ok(Json(&*response).into_response())
}

/// The members of a segment, and with `since` who has entered and who has left since an earlier answer.
#[utoipa::path(get, path = "/segments/{segment}/members", tag = "segments", params(SegmentPath, MembersParams),
    responses(
        (status = 200, description = "Members, in the order of their ids. Also as text/csv and application/x-ndjson, a line for \
            who is a member and for who has left; the cursor and whether there is more stand in the headers `orma-cursor` and \
            `orma-more`", body = SegmentMembers),
        (status = 400, description = "A parameter is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site or segment", body = ErrorBody)))]
pub async fn members(
    State(state): State<AppState>,
    PullAccess(access): PullAccess,
    headers: HeaderMap,
    PathOf(SegmentPath { segment, .. }): PathOf<SegmentPath>,
    Params(params): Params<MembersParams>,
) -> Result<Response, ApiError> {
    let audience = find(&state, &access.site.site, &segment).await?;
    let request = Members::parse(&params, state.now())?;
    let members = audience::members(&access.runner(&state), &audience, &request).await?;
    let mut response = respond(&headers, &members, |members| table(members, &request.traits));
    let more = HeaderValue::from_static(if members.more { "true" } else { "false" });
    response.headers_mut().insert(MORE_HEADER, more);
    if let Ok(cursor) = HeaderValue::from_str(&members.cursor) {
        response.headers_mut().insert(CURSOR_HEADER, cursor);
    }
    Ok(response)
}

/// A row for each member and for each who has left.
fn table(members: &SegmentMembers, traits: &[String]) -> Table {
    let member = |member: &audience::response::Member| {
        let row = [json!(member.person), json!(true), json!(member.entered_at)];
        let traits =
            traits.iter().map(|name| member.traits.get(name).map_or(Value::Null, |value| json!(value)));
        row.into_iter().chain(traits).collect()
    };
    let left = |left: &audience::response::MemberLeft| {
        let row = [json!(left.person), json!(false), json!(left.left_at)];
        row.into_iter().chain(traits.iter().map(|_| Value::Null)).collect()
    };
    let named = ["person", "is_member", "at"].map(ToOwned::to_owned);
    Table {
        columns: named.into_iter().chain(traits.iter().cloned()).collect(),
        rows: members.members.iter().map(member).chain(members.left.iter().map(left)).collect(),
    }
}

/// How many members a segment had, and how many entered and left, over time.
#[utoipa::path(get, path = "/segments/{segment}/history", tag = "segments", params(SegmentPath, SegmentHistoryParams),
    responses(
        (status = 200, description = "By hours up to three days, otherwise by days", body = SegmentHistory),
        (status = 400, description = "A parameter is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site or segment", body = ErrorBody)))]
pub async fn history(
    State(state): State<AppState>,
    access: Access,
    PathOf(SegmentPath { segment, .. }): PathOf<SegmentPath>,
    Params(params): Params<SegmentHistoryParams>,
) -> Result<Json<SegmentHistory>, ApiError> {
    let audience = find(&state, &access.site.site, &segment).await?;
    let edges = (params.from.as_deref(), params.to.as_deref());
    audience::history(&access.runner(&state), &audience, &access.site, edges, state.now()).await.map(Json)
}

/// Who entered and left a segment, the latest first.
#[utoipa::path(get, path = "/segments/{segment}/changes", tag = "segments", params(SegmentPath, SegmentChangesParams),
    responses(
        (status = 200, description = "A page of changes; also as text/csv and application/x-ndjson, then with a `Link` to the next page", body = SegmentChanges),
        (status = 400, description = "A parameter is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site or segment", body = ErrorBody)))]
pub async fn changes(
    State(state): State<AppState>,
    access: Access,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    PathOf(SegmentPath { segment, .. }): PathOf<SegmentPath>,
    Params(params): Params<SegmentChangesParams>,
) -> Result<Response, ApiError> {
    let audience = find(&state, &access.site.site, &segment).await?;
    let page = changes_of(&params)?;
    let response = audience::changes(&access.runner(&state), &audience, page).await?;
    Ok(respond_page(&headers, query.as_deref(), &response, |response| {
        (Table::of_items(&CHANGE_COLUMNS, &response.items), response.next_cursor.as_deref())
    }))
}

/// Adds people to a list and takes others off it. Who is named in both is a member.
#[utoipa::path(post, path = "/segments/{segment}/people", tag = "segments", params(SegmentPath), request_body = SegmentPeopleRequest,
    responses(
        (status = 200, description = "How many it changed", body = SegmentPeopleChanged),
        (status = 400, description = "A field is unknown or cannot be used, or it is no list", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site or segment", body = ErrorBody)))]
pub async fn people(
    State(state): State<AppState>,
    access: Access,
    PathOf(SegmentPath { segment, .. }): PathOf<SegmentPath>,
    Body(body): Body<SegmentPeopleRequest>,
) -> Result<Json<SegmentPeopleChanged>, ApiError> {
    let audience = find(&state, &access.site.site, &segment).await?;
    if !audience.is_list() {
        let message = "The members of a segment with a condition are those for whom it holds.";
        return Err(ApiError::invalid("segment_is_rule", "segment", message));
    }
    let (add, remove) = (ids(body.add, "add")?, ids(body.remove, "remove")?);
    let runner = access.runner(&state);
    audience::put_people(&runner, &audience, (&add, &remove), state.now()).await.map(Json)
}
