//! Closed lists of words.

/// Declares an enum whose every value is a word, as it is stored, sent and shown.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
        pub enum $name {
            $($(#[$value_doc])* #[serde(rename = $text)] $value,)+
        }

        impl $name {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$value,)+];

            /// The word.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$value => $text,)+
                }
            }

            /// What the word means; `None` when it is not one of them.
            pub fn find(word: &str) -> Option<Self> {
                match word {
                    $($text => Some(Self::$value),)+
                    _ => None,
                }
            }
        }
    };
}

pub(crate) use words;
