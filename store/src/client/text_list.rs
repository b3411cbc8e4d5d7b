//! Long lists of texts and numbers in a statement.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::param::Param;

/// Stands between the texts: no text of an event holds it.
const SEPARATOR: char = '\0';

/// A list of texts or numbers, however long, bound piece by piece and put together by ClickHouse.
#[derive(Clone, Debug, PartialEq)]
pub struct TextList {
    /// The list as an `Array(String)`, never empty: no text is one empty text. Of numbers an `Array(UInt64)`.
    pub array: String,
    /// What is bound.
    pub params: Vec<(String, Param)>,
}

impl TextList {
    /// Bytes of one bound value. ClickHouse refuses 128 KiB, and quoting may double what is sent.
    pub const VALUE_BYTES_MAX: usize = 48 * 1024;

    /// A list under a name that no other value of the statement begins with.
    pub fn new<S: AsRef<str>>(name: &str, texts: impl IntoIterator<Item = S>) -> Self {
        let mut joined = String::new();
        for (index, text) in texts.into_iter().enumerate() {
            if index > 0 {
                joined.push(SEPARATOR);
            }
            joined.push_str(text.as_ref());
        }
        let (text, params) = Self::in_pieces(name, &joined);
        Self { array: format!("splitByChar(char(0), {text})"), params }
    }

    /// The same for numbers, as an `Array(UInt64)`, which may be empty. They travel as what they are in memory: ClickHouse takes
    /// twice as long to read them as decimals.
    pub fn numbers(name: &str, numbers: impl IntoIterator<Item = u64>) -> Self {
        let bytes: Vec<u8> = numbers.into_iter().flat_map(u64::to_le_bytes).collect();
        let (text, params) = Self::in_pieces(name, &STANDARD.encode(bytes));
        Self { array: format!("reinterpret(base64Decode({text}), 'Array(UInt64)')"), params }
    }

    /// A text of which ClickHouse puts the pieces together, and what is bound.
    fn in_pieces(name: &str, text: &str) -> (String, Vec<(String, Param)>) {
        let mut rest = text;
        let mut pieces = Vec::new();
        let mut params = Vec::new();
        while !rest.is_empty() || params.is_empty() {
            let (piece, after) = rest.split_at(rest.floor_char_boundary(Self::VALUE_BYTES_MAX));
            let piece_name = format!("{name}_{}", pieces.len());
            pieces.push(format!("{{{piece_name}:String}}"));
            params.push((piece_name, Param::from(piece)));
            rest = after;
        }
        // Not a constant, which each step of the planner would carry along.
        (format!("materialize(concat({}, ''))", pieces.join(", ")), params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_travels_in_pieces_that_a_value_holds() {
        let texts: Vec<String> = (0..2_000).map(|number| format!("{}{number}", "è".repeat(40))).collect();
        let list = TextList::new("ids", &texts);
        assert!(
            list.array
                .starts_with("splitByChar(char(0), materialize(concat({ids_0:String}, {ids_1:String}, ")
        );
        let text = |(_, param): &(String, Param)| match param {
            Param::Text(text) => text.clone(),
            other => panic!("{other:?}"),
        };
        let pieces: Vec<String> = list.params.iter().map(text).collect();
        assert!(pieces.len() == 4 && pieces.iter().all(|piece| piece.len() <= TextList::VALUE_BYTES_MAX));
        assert_eq!(pieces.concat().split(SEPARATOR).collect::<Vec<_>>(), texts);
        assert_eq!(TextList::new("no", Vec::<String>::new()).params, [("no_0".to_owned(), Param::from(""))]);
    }

    #[test]
    fn numbers_travel_as_their_bytes() {
        let numbers: Vec<u64> = (0..10_000).map(|number| u64::MAX - number).collect();
        let list = TextList::numbers("ids", numbers.iter().copied());
        let piece = |(_, param): &(String, Param)| match param {
            Param::Text(text) => text.clone(),
            other => panic!("{other:?}"),
        };
        let pieces: Vec<String> = list.params.iter().map(piece).collect();
        assert!(pieces.len() == 3 && pieces.iter().all(|piece| piece.len() <= TextList::VALUE_BYTES_MAX));
        let bytes = STANDARD.decode(pieces.concat()).unwrap();
        let told = bytes.chunks_exact(8).map(|number| u64::from_le_bytes(number.try_into().unwrap()));
        assert_eq!(told.collect::<Vec<_>>(), numbers);
        assert!(list.array.ends_with(", 'Array(UInt64)')"), "{}", list.array);
    }
}
