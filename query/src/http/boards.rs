//! `/boards`: reports side by side.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use orma_store::SavedKind;
use serde::Deserialize;
use utoipa::IntoParams;

use super::auth::Access;
use super::params::{Body, PathOf, SitePath};
use super::reports::{put, saved};
use crate::error::{ApiError, ErrorBody};
use crate::saved::board::{Board, BoardList, BoardRequest, definition, told};
use crate::state::AppState;

/// Of `/sites/{site}/boards/{board}`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct BoardPath {
    /// The site's name.
    #[param(example = "demo")]
    #[expect(dead_code, reason = "said in the document; `auth::Access` reads it")]
    pub site: String,
    /// The board's id.
    #[param(example = "0a1b2c3d4e5f")]
    pub board: String,
}

/// The boards of a site.
#[utoipa::path(get, path = "/boards", tag = "reports", params(SitePath),
    responses(
        (status = 200, description = "The boards", body = BoardList),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn list(State(state): State<AppState>, access: Access) -> Result<Json<BoardList>, ApiError> {
    state.registry.refresh().await?;
    let snapshot = state.registry.snapshot();
    let boards = snapshot.saved_of(&access.site.site, SavedKind::Board);
    Ok(Json(BoardList { items: boards.into_iter().map(|board| told(board, &snapshot)).collect() }))
}

/// Makes a board.
#[utoipa::path(post, path = "/boards", tag = "reports", params(SitePath), request_body = BoardRequest,
    responses(
        (status = 201, description = "The board", body = Board),
        (status = 400, description = "A field is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site", body = ErrorBody)))]
pub async fn create(
    State(state): State<AppState>,
    access: Access,
    Body(body): Body<BoardRequest>,
) -> Result<(StatusCode, Json<Board>), ApiError> {
    state.registry.refresh().await?;
    let snapshot = state.registry.snapshot();
    let by = (access.caller.name.as_str(), state.now());
    let board = definition(None, &access.site.site, &snapshot, body, by)?;
    put(&state, &board).await?;
    Ok((StatusCode::CREATED, Json(told(&board, &snapshot))))
}

/// A board.
#[utoipa::path(get, path = "/boards/{board}", tag = "reports", params(BoardPath),
    responses(
        (status = 200, description = "The board", body = Board),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site or board", body = ErrorBody)))]
pub async fn get(
    State(state): State<AppState>,
    access: Access,
    PathOf(BoardPath { board, .. }): PathOf<BoardPath>,
) -> Result<Json<Board>, ApiError> {
    let board = saved(&state, &access.site.site, SavedKind::Board, &board).await?;
    Ok(Json(told(&board, &state.registry.snapshot())))
}

/// Gives a board another name, other reports or another order.
#[utoipa::path(put, path = "/boards/{board}", tag = "reports", params(BoardPath), request_body = BoardRequest,
    responses(
        (status = 200, description = "The board as it is now", body = Board),
        (status = 400, description = "A field is unknown or cannot be used", body = ErrorBody),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site or board", body = ErrorBody),
        (status = 409, description = "Somebody has changed it meanwhile", body = ErrorBody)))]
pub async fn change(
    State(state): State<AppState>,
    access: Access,
    PathOf(BoardPath { board, .. }): PathOf<BoardPath>,
    Body(body): Body<BoardRequest>,
) -> Result<Json<Board>, ApiError> {
    let site = &access.site.site;
    let before = saved(&state, site, SavedKind::Board, &board).await?;
    let snapshot = state.registry.snapshot();
    let by = (access.caller.name.as_str(), state.now());
    let board = definition(Some(&before), site, &snapshot, body, by)?;
    put(&state, &board).await?;
    Ok(Json(told(&board, &snapshot)))
}

/// Takes a board back. Its reports stay.
#[utoipa::path(delete, path = "/boards/{board}", tag = "reports", params(BoardPath),
    responses(
        (status = 204, description = "Taken back"),
        (status = 401, description = "No token or session", body = ErrorBody),
        (status = 403, description = "The token is not for this", body = ErrorBody),
        (status = 404, description = "No such site or board", body = ErrorBody)))]
pub async fn delete(
    State(state): State<AppState>,
    access: Access,
    PathOf(BoardPath { board, .. }): PathOf<BoardPath>,
) -> Result<StatusCode, ApiError> {
    let board = saved(&state, &access.site.site, SavedKind::Board, &board).await?;
    state.registry.remove_saved(&board).await?;
    Ok(StatusCode::NO_CONTENT)
}
