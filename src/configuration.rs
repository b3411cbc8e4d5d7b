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
    let (_, defaults) = read_file()?;
    let command = with_defaults(Cli::command(), &defaults);
    let matches = command.try_get_matches_from(arguments).map_err(ConfigurationError::Usage)?;
    Cli::from_arg_matches(&matches).map_err(ConfigurationError::Usage)
}

fn read_file() -> Result<(PathBuf, BTreeMap<String, String>), ConfigurationError> {
    let named = std::env::var_os("ORMA_CONFIG").map(PathBuf::from);
    let path = named.clone().unwrap_or_else(|| "orma.toml".into());
    let defaults = match std::fs::read_to_string(&path) {
        Ok(text) => read_defaults(&text)
            .map_err(|message| ConfigurationError::File { path: path.clone(), message })?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => BTreeMap::new(),
        Err(error) => return Err(ConfigurationError::File { path, message: error.to_string() }),
    };
    Ok((path, defaults))
}

/// An option with what it is set to, and by what.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Setting {
    /// Its name as a key of `orma.toml`.
    pub name: String,
    /// Its value; secrets are masked; empty when it is not set.
    pub value: String,
    /// `flag`, `variable ORMA_…`, `file PATH` or `default`.
    pub origin: String,
}

/// Every option of the subcommand that was called, in the order of its help.
pub fn settings(arguments: impl IntoIterator<Item = OsString>) -> Result<Vec<Setting>, ConfigurationError> {
    let (path, defaults) = read_file()?;
    let command = with_defaults(Cli::command(), &defaults);
    let matches = command.clone().try_get_matches_from(arguments).map_err(ConfigurationError::Usage)?;
    Ok(settings_of(&command, &matches, &path, &defaults))
}

fn settings_of(
    command: &clap::Command,
    matches: &clap::ArgMatches,
    file: &std::path::Path,
    defaults: &BTreeMap<String, String>,
) -> Vec<Setting> {
    let Some((name, matches)) = matches.subcommand() else { return Vec::new() };
    let Some(command) = command.find_subcommand(name) else { return Vec::new() };
    let variable_backed = command.get_arguments().filter(|argument| argument.get_env().is_some());
    let setting = |argument: &clap::Arg| {
        let id = argument.get_id().as_str();
        let raw = matches.get_raw(id).and_then(Iterator::last);
        let value = raw.map(|value| value.to_string_lossy().into_owned()).unwrap_or_default();
        let variable = argument.get_env().unwrap_or_default().to_string_lossy();
        let origin = match matches.value_source(id) {
            Some(clap::parser::ValueSource::CommandLine) => "flag".to_owned(),
            Some(clap::parser::ValueSource::EnvVariable) => format!("variable {variable}"),
            _ if defaults.contains_key(id) => format!("file {}", file.display()),
            _ => "default".to_owned(),
        };
        let value = if argument.is_hide_env_values_set() { masked(&value) } else { value };
        Setting { name: id.to_owned(), value, origin }
    };
    variable_backed.map(setting).collect()
}

/// Without what must not be read over a shoulder or in a support ticket: of an address the password, of anything else
/// all.
fn masked(secret: &str) -> String {
    let address = secret.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?)));
    match address {
        Some((scheme, (login, host))) => {
            let user = login.split_once(':').map_or(login, |(user, _)| user);
            format!("{scheme}://{user}:***@{host}")
        }
        None if secret.is_empty() || secret.contains("://") => secret.to_owned(),
        None => "***".to_owned(),
    }
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
    fn every_setting_is_told_with_its_origin_and_without_its_secrets() {
        let defaults =
            read_defaults("listen = \"127.0.0.1:9000\"\nadmin_token = \"geheim-geheim-geheim\"").unwrap();
        let command = with_defaults(Cli::command(), &defaults);
        let arguments =
            ["orma", "doctor", "--spool-bytes-max", "7", "--clickhouse-url", "http://u:p@ss@h:8123/db"];
        let matches = command.clone().try_get_matches_from(arguments).unwrap();
        let settings = settings_of(&command, &matches, std::path::Path::new("orma.toml"), &defaults);
        let find = |name: &str| {
            let setting = settings.iter().find(|setting| setting.name == name).unwrap();
            (setting.value.as_str(), setting.origin.as_str())
        };
        assert_eq!(find("listen"), ("127.0.0.1:9000", "file orma.toml"));
        assert_eq!(find("spool_bytes_max"), ("7", "flag"));
        assert_eq!(find("drain_ms_max"), ("10000", "default"));
        assert_eq!(find("admin_token"), ("***", "file orma.toml"));
        assert_eq!(find("clickhouse_url"), ("http://u:***@h:8123/db", "flag"));
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
