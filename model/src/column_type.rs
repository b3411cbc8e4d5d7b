//! The types of columns: of a record, and of the table in ClickHouse.

/// How the values of a column lie in a record and in ClickHouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// `String`.
    Text,
    /// `LowCardinality(String)`: text with few distinct values.
    LowCardinality,
    /// `UInt8`.
    UInt8,
    /// `UInt16`.
    UInt16,
    /// `UInt32`.
    UInt32,
    /// `UInt64`.
    UInt64,
    /// `DateTime64(3, 'UTC')`.
    Timestamp,
    /// `UUID`.
    Uuid,
    /// `Nullable(Float32)`.
    Float,
    /// `Decimal(18, 4)`.
    Decimal,
    /// `Map(String, String)`.
    Map,
}

impl ColumnType {
    /// The name that ClickHouse knows the type by.
    pub const fn clickhouse_name(self) -> &'static str {
        match self {
            Self::Text => "String",
            Self::LowCardinality => "LowCardinality(String)",
            Self::UInt8 => "UInt8",
            Self::UInt16 => "UInt16",
            Self::UInt32 => "UInt32",
            Self::UInt64 => "UInt64",
            Self::Timestamp => "DateTime64(3, 'UTC')",
            Self::Uuid => "UUID",
            Self::Float => "Nullable(Float32)",
            Self::Decimal => "Decimal(18, 4)",
            Self::Map => "Map(String, String)",
        }
    }

    /// How long each value is, in a record and in a column; `None` where that differs.
    pub const fn fixed_bytes(self) -> Option<usize> {
        match self {
            Self::Text | Self::LowCardinality | Self::Map => None,
            Self::UInt8 => Some(1),
            Self::UInt16 => Some(2),
            Self::UInt32 | Self::Float => Some(4),
            Self::UInt64 | Self::Timestamp | Self::Decimal => Some(8),
            Self::Uuid => Some(16),
        }
    }

    /// The inverse of [`ColumnType::clickhouse_name`].
    pub fn from_clickhouse_name(name: &str) -> Option<Self> {
        const ALL: [ColumnType; 11] = [
            ColumnType::Text,
            ColumnType::LowCardinality,
            ColumnType::UInt8,
            ColumnType::UInt16,
            ColumnType::UInt32,
            ColumnType::UInt64,
            ColumnType::Timestamp,
            ColumnType::Uuid,
            ColumnType::Float,
            ColumnType::Decimal,
            ColumnType::Map,
        ];
        ALL.into_iter().find(|column_type| column_type.clickhouse_name() == name)
    }
}
