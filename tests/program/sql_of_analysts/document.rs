//! The questions that docs/sql.md answers, read out of the document.
