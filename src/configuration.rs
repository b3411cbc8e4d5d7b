//! Flag, then `ORMA_…` variable, then `orma.toml`, then default.
//!
//! clap knows the first two and the last; a key of `orma.toml` becomes the default of the option of the same name.
//! The file is `orma.toml` in the working directory, or the one that `ORMA_CONFIG` names.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches};

use crate::cli::Cli;

/// Why there is no configuration.
#[derive(Debug)]
pub enum ConfigurationError {
    /// A flag or variable cannot be, or help was asked for.
    Usage(clap::Error),
    /// The file cannot be read, or holds a key or value that cannot be.
    File { path: PathBuf, message: String },
}

impl std::fmt::Display for ConfigurationError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Usage(error) => error.fmt(formatter),
            Self::File { path, message } => write!(formatter, "{}: {message}", path.display()),
        }
    }
}

/// Reads the command line with everything behind it.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, ConfigurationError> {
    let named = std::env::var_os("ORMA_CONFIG").map(PathBuf::from);
    let path = named.clone().unwrap_or_else(|| "orma.toml".into());
    let defaults = match std::fs::read_to_string(&path) {
        Ok(text) => read_defaults(&text).map_err(|message| ConfigurationError::File { path, message })?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => BTreeMap::new(),
        Err(error) => return Err(ConfigurationError::File { path, message: error.to_string() }),
    };
    let command = with_defaults(Cli::command(), &defaults);
    let matches = command.try_get_matches_from(arguments).map_err(ConfigurationError::Usage)?;
    Cli::from_arg_matches(&matches).map_err(ConfigurationError::Usage)
}

/// The keys of the file as text, refused when no option has that name.
fn read_defaults(text: &str) -> Result<BTreeMap<String, String>, String> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.message().to_owned())?;
    let known = Cli::command();
    let mut defaults = BTreeMap::new();
    for (key, value) in table {
        if !has_option(&known, &key) {
            return Err(format!("no option is called `{key}`"));
        }
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(flag) => flag.to_string(),
            _ => return Err(format!("{key}: expected text, a whole number or true/false")),
        };
        defaults.insert(key, text);
    }
    Ok(defaults)
}

fn has_option(command: &clap::Command, key: &str) -> bool {
    command.get_arguments().any(|argument| argument.get_id() == key && argument.get_long().is_some())
        || command.get_subcommands().any(|command| has_option(command, key))
}

fn with_defaults(command: clap::Command, defaults: &BTreeMap<String, String>) -> clap::Command {
    let command = command.mut_args(|argument| match defaults.get(argument.get_id().as_str()) {
        Some(value) => argument.required(false).default_value(value.clone()),
        None => argument,
    });
    command.mut_subcommands(|command| with_defaults(command, defaults))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Command;

    fn parse_with(file: &str, arguments: &[&str]) -> Result<Cli, String> {
        let defaults = read_defaults(file)?;
        let matches = with_defaults(Cli::command(), &defaults)
            .try_get_matches_from(arguments)
            .map_err(|error| error.to_string())?;
        Cli::from_arg_matches(&matches).map_err(|error| error.to_string())
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_file_is_below_the_flag_and_above_the_default() {
        let file = "public_url = \"https://collect.example/x/\"\nlisten = \"127.0.0.1:9000\"\nspool_bytes_max = 5\nlimit_loopback = true\n";
        let cli = parse_with(file, &["orma", "up", "--spool-bytes-max", "7"]).unwrap();
        let Command::Up(options) = cli.command else { panic!("up") };
        assert_eq!(options.listen.listen.port(), 9000);
        assert_eq!(options.collector.spool_bytes_max, 7);
        assert!(options.collector.network.limit_loopback);
        assert_eq!(options.collector.public_url.as_deref(), Some("https://collect.example/x"));
        assert_eq!(options.listen.admin_listen.port(), 8081);
    }

    #[test]
    fn mistakes_in_the_file_are_named() {
        for (file, part) in [
            ("listne = 1", "`listne`"),
            ("listen = [1]", "listen:"),
            ("listen = \"here\"", "--listen"),
            ("listen", "expected"),
            ("public_url = \"collect.example\"", "--public-url"),
            ("public_url = \"https://collect.example/?a\"", "http://host"),
        ] {
            let error = parse_with(file, &["orma", "up"]).unwrap_err();
            assert!(error.contains(part), "{file}: {error}");
        }
    }
}
