//! What a statement may be, judged by how the store itself has parsed it.
//!
//! This is the second fence: what the store's user may read and change is bounded by the store (`orma_store::reader`). It is
//! here that what the store lets everybody see of itself is refused (its version, host, settings, the tables that describe it),
//! and that `SETTINGS` in a subquery, which the store does not hold against `readonly`, change nothing.

use crate::error::ApiError;

/// Why a statement is not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is no `SELECT`.
    Statement,
    /// It has a clause that is not for analysts.
    Clause(&'static str),
    /// It has something that is neither known to be harmless.
    Part(String),
    /// It names a table of another database.
    Table(String),
    /// It reads something that is no table.
    TableFunction(String),
    /// It calls a function that says something of the server.
    Function(String),
    /// It is too long to be looked at.
    TooLong,
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let message = match &refusal {
            Refusal::Statement => {
                "Only one SELECT, WITH … SELECT or DESCRIBE can be carried out here.".to_owned()
            }
            Refusal::Clause("FORMAT") => {
                "Leave FORMAT out of the statement: the form is said by `format`, or by Accept.".to_owned()
            }
            Refusal::Clause(clause) => format!("{clause} cannot be used here."),
            Refusal::Part(part) => format!("`{part}` cannot be used here."),
            Refusal::Table(table) => {
                format!("There is no table `{table}` here: the views are `events`, `visits` and `people`.")
            }
            Refusal::TableFunction(name) => format!(
                "`{name}` cannot be read from; of table functions there are `{}`.",
                TABLE_FUNCTIONS.join("`, `")
            ),
            Refusal::Function(name) => format!("The function `{name}` cannot be used here."),
            Refusal::TooLong => "The statement is too long.".to_owned(),
        };
        Self::invalid("sql_not_allowed", "query", message)
    }
}

/// What a statement consists of.
const PARTS: [&str; 36] = [
    "SelectWithUnionQuery",
    "SelectIntersectExceptQuery",
    "SelectQuery",
    "DescribeQuery",
    "ExpressionList",
    "Function",
    "Literal",
    "Identifier",
    "Asterisk",
    "QualifiedAsterisk",
    "ColumnsRegexpMatcher",
    "ColumnsListMatcher",
    "QualifiedColumnsRegexpMatcher",
    "QualifiedColumnsListMatcher",
    "ColumnsTransformerList",
    "ColumnsExceptTransformer",
    "ColumnsReplaceTransformer",
    "ColumnsReplaceTransformer::Replacement",
    "Subquery",
    "WithElement",
    "TablesInSelectQuery",
    "TablesInSelectQueryElement",
    "TableExpression",
    "TableIdentifier",
    "TableJoin",
    "ArrayJoin",
    "OrderByElement",
    "FillModifier",
    "InterpolateElement",
    "WindowDefinition",
    "WindowListElement",
    "SampleRatio",
    "DataType",
    "NameTypePair",
    "Tuple",
    "LimitBy",
];

/// Table functions that make rows of nothing.
const TABLE_FUNCTIONS: [&str; 5] = ["numbers", "zeros", "generate_series", "generateseries", "values"];

/// Databases that describe the server: most of their tables are for everybody.
const OF_SERVER: [&str; 2] = ["system.", "information_schema."];

/// Functions, in small letters, that look at the server, at other tables, or at nothing but the clock.
const FUNCTIONS: [&str; 68] = [
    "authenticateduser",
    "authuser",
    "buildid",
    "catboostevaluate",
    "connection_id",
    "connectionid",
    "current_database",
    "current_query_id",
    "current_schemas",
    "current_user",
    "currentdatabase",
    "currentprofiles",
    "currentqueryid",
    "currentroles",
    "currentschemas",
    "currentuser",
    "database",
    "defaultprofiles",
    "defaultroles",
    "demangle",
    "displayname",
    "enabledprofiles",
    "enabledroles",
    "errorcodetoname",
    "evalmlmethod",
    "file",
    "fqdn",
    "fullhostname",
    "fuzzquery",
    "generateserialid",
    "getclienthttpheader",
    "getmacro",
    "getmaxtablenamelengthfordatabase",
    "getmergetreesetting",
    "getoskernelversion",
    "getserverport",
    "getserversetting",
    "getsetting",
    "getsettingordefault",
    "globalvariable",
    "hascolumnintable",
    "hasthreadfuzzer",
    "hostname",
    "initial_query_id",
    "initial_query_start_time",
    "initialqueryid",
    "initialquerystarttime",
    "ismergetreepartcoveredby",
    "joinget",
    "joingetornull",
    "logtrace",
    "mergetreepartinfo",
    "partitionid",
    "query_id",
    "queryid",
    "revision",
    "schema",
    "servertimezone",
    "serveruuid",
    "session_user",
    "showcertificate",
    "sleep",
    "sleepeachrow",
    "tcpport",
    "tid",
    "uptime",
    "user",
    "version",
];

/// The same by their beginnings.
const FUNCTION_FAMILIES: [&str; 15] = [
    "__",
    "addressto",
    "ai",
    "dict",
    "filesystem",
    "hascolumn",
    "lemmatize",
    "naivebayes",
    "region",
    "shard",
    "stem",
    "synonyms",
    "timeseries",
    "transaction",
    "zookeeper",
];

/// Judges a statement by its nodes: one a line, each a space further in than the one that holds it.
///
/// # Errors
/// It is not for analysts.
pub fn statement<'a>(nodes: impl Iterator<Item = &'a str>) -> Result<(), Refusal> {
    // The kinds of the nodes that hold the next one.
    let mut holders: Vec<&str> = Vec::new();
    for line in nodes {
        let text = line.trim_start_matches(' ');
        let depth = line.len() - text.len();
        let (kind, rest) = text.split_once(' ').unwrap_or((text, ""));
        let name = rest.split(" (").next().unwrap_or_default();
        // Names that hold a line break make lines of their own, which hold nothing.
        holders.truncate(depth);
        match depth {
            0 if holders.is_empty() && !matches!(kind, "SelectWithUnionQuery" | "DescribeQuery") => {
                return Err(Refusal::Statement);
            }
            1 => of_root(kind)?,
            _ => {}
        }
        if kind == "Set" {
            return Err(Refusal::Clause("SETTINGS"));
        }
        if kind == "ColumnsApplyTransformer" {
            return Err(Refusal::Clause("APPLY"));
        }
        if !PARTS.contains(&kind) {
            return Err(Refusal::Part(kind.to_owned()));
        }
        part(kind, name, holders.last().copied())?;
        holders.push(kind);
    }
    if holders.is_empty() { Err(Refusal::Statement) } else { Ok(()) }
}

/// What stands beside the statement itself.
fn of_root(kind: &str) -> Result<(), Refusal> {
    match kind {
        "ExpressionList" | "TableExpression" => Ok(()),
        "Identifier" => Err(Refusal::Clause("FORMAT")),
        "Literal" => Err(Refusal::Clause("INTO OUTFILE")),
        "Set" => Err(Refusal::Clause("SETTINGS")),
        _ => Err(Refusal::Part(kind.to_owned())),
    }
}

fn part(kind: &str, name: &str, holder: Option<&str>) -> Result<(), Refusal> {
    let small = name.to_ascii_lowercase();
    let is_of_server = || OF_SERVER.iter().any(|database| small.starts_with(database));
    match kind {
        "TableIdentifier" if name.contains('.') => Err(Refusal::Table(name.to_owned())),
        "Identifier" if is_of_server() => Err(Refusal::Table(name.to_owned())),
        "Function" if holder == Some("TableExpression") && !TABLE_FUNCTIONS.contains(&small.as_str()) => {
            Err(Refusal::TableFunction(name.to_owned()))
        }
        "Function"
            if FUNCTIONS.contains(&small.as_str())
                || (FUNCTION_FAMILIES.iter().any(|family| small.starts_with(family))) =>
        {
            Err(Refusal::Function(name.to_owned()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(text: &str) -> Result<(), Refusal> {
        statement(text.lines().filter(|line| !line.is_empty()))
    }

    #[test]
    fn a_statement_is_judged_by_its_parts() {
        let select = "SelectWithUnionQuery (children 1)\n ExpressionList (children 1)\n  SelectQuery (children 1)\n   ExpressionList (children 1)\n";
        let with = |rest: &str| judge(&format!("{select}{rest}"));
        assert_eq!(with("    Function count (alias n) (children 1)\n"), Ok(()));
        assert_eq!(
            judge("DescribeQuery (children 1)\n TableExpression (children 1)\n  TableIdentifier events"),
            Ok(())
        );
        for (rest, refusal) in [
            ("    Function hostName (children 1)", Refusal::Function("hostName".into())),
            ("    Function dictGetUInt8 (alias x) (children 1)", Refusal::Function("dictGetUInt8".into())),
            ("    Identifier System.processes", Refusal::Table("System.processes".into())),
            ("    Set", Refusal::Clause("SETTINGS")),
            ("    ColumnsApplyTransformer", Refusal::Clause("APPLY")),
            ("    TableIdentifier orma.tokens", Refusal::Table("orma.tokens".into())),
            (
                "    TableExpression (children 1)\n     Function url (children 1)",
                Refusal::TableFunction("url".into()),
            ),
            ("    InsertQuery", Refusal::Part("InsertQuery".into())),
            (" Identifier CSV", Refusal::Clause("FORMAT")),
            (" Literal 'x'", Refusal::Clause("INTO OUTFILE")),
            ("    Function a\n Function b", Refusal::Part("Function".into())),
        ] {
            assert_eq!(with(rest), Err(refusal), "{rest}");
        }
        for text in ["", "InsertQuery   (children 2)", "Set", "ShowTables", "Explain EXPLAIN (children 1)"] {
            assert_eq!(judge(text), Err(Refusal::Statement), "{text}");
        }
    }

    #[test]
    fn names_of_functions_are_in_small_letters_and_in_order() {
        let is_sorted =
            |names: &[&str]| names.is_sorted() && names.iter().all(|name| *name == name.to_ascii_lowercase());
        assert!(is_sorted(&FUNCTIONS) && is_sorted(&FUNCTION_FAMILIES));
    }
}
