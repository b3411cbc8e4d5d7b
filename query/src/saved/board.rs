//! Boards: reports side by side.

use orma_store::registry::Snapshot;
use orma_store::{Saved, SavedKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{find, saved_anew};
use crate::error::ApiError;
use crate::timestamp::Timestamp;

/// Cards of a board: each is a question when it is opened.
const CARDS_MAX: usize = 24;

/// How wide a card is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CardSize {
    /// Two stand side by side where there is room.
    #[default]
    Half,
    /// The whole width.
    Full,
}

/// A report on a board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CardRequest {
    /// Its id.
    #[schema(example = "0a1b2c3d4e5f", max_length = 64)]
    pub report: String,
    /// How wide it is. Default `half`.
    #[serde(default)]
    pub size: CardSize,
}

/// A board as it is made or replaced.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BoardRequest {
    /// What it is called; no two boards of a site are called alike.
    #[schema(example = "Monday", min_length = 1, max_length = 200)]
    pub name: String,
    /// Its reports, in their order; none is there twice.
    #[serde(default)]
    #[schema(max_items = 24)]
    pub cards: Vec<CardRequest>,
    /// The version that is replaced; a new board has none.
    #[schema(minimum = 1, maximum = 4_294_967_294_u32)]
    pub version: Option<u32>,
}

/// A card of a board.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BoardCard {
    /// The report's id.
    pub report: String,
    /// What it is called; null: it is no longer there.
    pub name: Option<String>,
    /// How wide it is.
    pub size: CardSize,
}

/// A board.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the name of the field is the API's")]
pub struct Board {
    /// Its id.
    #[schema(example = "0a1b2c3d4e5f")]
    pub board: String,
    /// What it is called.
    pub name: String,
    /// Its reports, in their order.
    pub cards: Vec<BoardCard>,
    /// 1 when it was made, one more with each change.
    pub version: u32,
    /// Who made it: what the token was made for.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// Who changed it last.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
}

/// The boards of a site.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BoardList {
    /// By name.
    pub items: Vec<Board>,
}

/// The cards of a saved board; those of one that another version of orma wrote may be unknown.
pub fn cards(saved: &Saved) -> Vec<CardRequest> {
    serde_json::from_str(&saved.content).unwrap_or_default()
}

/// The board that is told.
pub fn told(saved: &Saved, snapshot: &Snapshot) -> Board {
    let card = |CardRequest { report, size }: CardRequest| BoardCard {
        name: find(snapshot, &saved.site, SavedKind::Report, &report).map(|report| report.name.clone()),
        report,
        size,
    };
    Board {
        board: saved.id.clone(),
        name: saved.name.clone(),
        cards: cards(saved).into_iter().map(card).collect(),
        version: saved.version,
        created_by: saved.created_by.clone(),
        created_at: Timestamp(saved.created_at),
        changed_by: saved.changed_by.clone(),
        changed_at: Timestamp(saved.changed_at),
    }
}

/// What is saved of a request.
///
/// # Errors
/// A field cannot be used.
pub fn definition(
    before: Option<&Saved>,
    site: &str,
    snapshot: &Snapshot,
    request: BoardRequest,
    by: (&str, Timestamp),
) -> Result<Saved, ApiError> {
    let BoardRequest { name, cards, version } = request;
    if cards.len() > CARDS_MAX {
        let message = format!("A board has at most {CARDS_MAX} reports.");
        return Err(ApiError::invalid("too_many_cards", "cards", message));
    }
    for (place, card) in cards.iter().enumerate() {
        let field = format!("cards[{place}].report");
        if find(snapshot, site, SavedKind::Report, &card.report).is_none() {
            let message = format!("There is no report `{}`.", card.report);
            return Err(ApiError::invalid("unknown_report", field, message));
        }
        if cards[..place].iter().any(|other| other.report == card.report) {
            let message = "A report stands on a board once.";
            return Err(ApiError::invalid("repeated_report", field, message));
        }
    }
    let json = serde_json::to_string(&cards).expect("plain fields");
    saved_anew((SavedKind::Board, site), before, (name, json, version), by)
}
