//! The items that an event is about: read from the JSON text that was sent, whatever the system behind the site calls their
//! fields.
//!
//! A line of items is a tuple of texts and exact numbers: product, id, category, quantity, amount.

use orma_model::kinds::{Items, KindCondition};

use super::{Sql, clause};
use crate::items::{CATEGORY, ID, NAME, PRICE, QUANTITY, QUANTITY_MAX};
use crate::plan::filter::Field;
use crate::plan::{Dimension, Filter};

/// Events that are about products.
pub const IS_ABOUT_ITEMS: KindCondition = KindCondition::any_of(|kind| kind.items != Items::No);

/// Events that sell products, or take them back.
pub const SELLS_ITEMS: KindCondition = KindCondition::any_of(|kind| kind.items == Items::Sold);

/// Events that may name their one product themselves.
const SHOWS_ITEMS: KindCondition = KindCondition::any_of(|kind| kind.items == Items::Shown);

/// Characters of a name, an id or a category.
const TEXT_LENGTH_MAX: u32 = 200;
/// What is beyond is no price but a mistake, and counts nothing: a sum of it would not fit.
const PRICE_MAX: u64 = 100_000_000_000_000;

/// The elements of a line.
const QUANTITY_OF_LINE: usize = 4;
const AMOUNT_OF_LINE: usize = 5;

/// The lines of an event, as `selected_events` has them ready. Segment's events about one product have its fields and no list.
pub fn lines() -> String {
    let single = format!("{SHOWS_ITEMS} AND (props['product_id'] != '' OR props['sku'] != '')");
    let listed = "JSONExtractArrayRaw(props['items'])";
    let items = format!("if(props['items'] = '' AND {single}, [toJSONString(props)], {listed})");
    let price = number(PRICE, 8, "0", PRICE_MAX);
    let quantity = number(QUANTITY, 4, "1", QUANTITY_MAX.into());
    format!(
        "arrayMap(line -> (if(line.1 = '', line.2, line.1), line.2, line.3, line.5, \
         toDecimal128(round(line.4 * line.5, 4), 4)), \
         arrayMap(fields -> ({}, {}, {}, {price}, {quantity}), \
         arrayMap(item -> CAST(JSONExtractKeysAndValuesRaw(item), 'Map(String, String)'), {items})))",
        text(NAME),
        text(ID),
        text(CATEGORY)
    )
}

/// The first of these fields that is a text or a number, on one line.
fn text(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("fields['{name}']")).collect();
    format!(
        "substringUTF8(arrayFirst(text -> text != '', \
         arrayMap(raw -> trimBoth(replaceRegexpAll(multiIf(startsWith(raw, '\"'), JSONExtractString(raw), \
         match(raw, '^-?[0-9]'), raw, ''), '[[:cntrl:]]', ' ')), [{}])), 1, {TEXT_LENGTH_MAX})",
        names.join(", ")
    )
}

/// The same as an exact number; `otherwise` when there is none.
fn number(names: &[&str], scale: u8, otherwise: &str, most: u64) -> String {
    let number =
        format!("ifNull(toDecimal128OrNull({}, {scale}), toDecimal128({otherwise}, {scale}))", text(names));
    format!("arrayMap(number -> if(abs(number) > {most}, toDecimal128(0, {scale}), number), [{number}])[1]")
}

/// What of a line a dimension is.
fn of_line(dimension: Dimension) -> &'static str {
    match dimension.column() {
        "product" => "line.1",
        "product_id" => "line.2",
        "product_category" => "line.3",
        other => unreachable!("{other} is no property of items"),
    }
}

/// A filter as a condition on one line.
pub fn condition(sql: &mut Sql, filter: &Filter) -> String {
    match &filter.field {
        Field::Dimension(dimension) => clause::compared(sql, of_line(*dimension), filter),
        Field::Prop(_) => unreachable!("a property of events"),
    }
}

/// Of a line, the values of some dimensions.
fn key(dimensions: &[Dimension]) -> String {
    let values: Vec<&str> = dimensions.iter().map(|dimension| of_line(*dimension)).collect();
    if values.is_empty() { "tuple(0)".into() } else { format!("tuple({})", values.join(", ")) }
}

/// Where rows stand for events and items.
pub fn value_of_key(index: usize) -> String {
    format!("tupleElement(item_key, {})", index + 1)
}

/// Selected events as rows of them and their items: one for each event and each value of the dimensions (`item_key`), with the
/// lines that have it and for which all conditions hold (`item_lines`). An event without such an item has no row.
pub fn expanded(events: &str, dimensions: &[Dimension], conditions: &[String]) -> String {
    let key = key(dimensions);
    let mut lines = "lines".to_owned();
    for condition in conditions {
        lines = format!("arrayFilter(line -> {condition}, {lines})");
    }
    format!(
        "(SELECT * EXCEPT (fitting_lines), arrayFilter(line -> {key} = item_key, fitting_lines) AS item_lines \
         FROM (SELECT *, arrayJoin(arrayDistinct(arrayMap(line -> {key}, fitting_lines))) AS item_key \
         FROM (SELECT *, {lines} AS fitting_lines FROM {events})))"
    )
}

/// Selected events with all of their lines.
pub fn with_lines(events: &str) -> String {
    format!("(SELECT *, lines AS item_lines FROM {events})")
}

/// What the lines of a row come to.
pub fn amount() -> String {
    sum_of_lines(AMOUNT_OF_LINE)
}

/// How many pieces the lines of a row are.
pub fn quantity() -> String {
    sum_of_lines(QUANTITY_OF_LINE)
}

/// What is in the lines of a refund is taken off, whatever its sign.
fn sum_of_lines(element: usize) -> String {
    format!("arraySum(line -> if(kind = 'refund', -abs(line.{element}), line.{element}), item_lines)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_that_are_ready_are_these() {
        let migration = include_str!("../../../store/migrations/0017_selected_events.sql");
        let selected = KindCondition::any_of(|kind| kind.items != Items::No || kind.name == "vital");
        let rows = format!("WHERE {selected} OR revenue != 0");
        for (said, times) in [(lines(), 2), (rows, 2)] {
            assert_eq!(migration.matches(&said).count(), times, "{said}");
        }
    }
}
