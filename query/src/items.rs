//! What the fields of an item are called, in whichever system sells it: of the contract, of Google's items, of Segment's
//! products and of shops' order lines. The first that says something counts.

/// What it is called.
pub const NAME: &[&str] = &["name", "item_name", "product_name", "title"];
/// What it is known by.
pub const ID: &[&str] = &["id", "item_id", "product_id", "sku"];
/// What it belongs to.
pub const CATEGORY: &[&str] = &["category", "item_category"];
/// What one piece costs, in the currency of the event.
pub const PRICE: &[&str] = &["price", "item_price", "unit_price"];
/// How many pieces.
pub const QUANTITY: &[&str] = &["quantity", "qty"];
/// More pieces are a mistake, and count as none.
pub const QUANTITY_MAX: u32 = 1_000_000_000;
