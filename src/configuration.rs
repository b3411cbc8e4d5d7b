//! Flag, then `ORMA_…` variable, then the file that `ORMA_…_FILE` names for a secret, then `orma.toml`, then default.
//!
//! clap knows the first two and the last; what stands in a file becomes the default of the option of the same name.
//! The configuration is `orma.toml` in the working directory, or the file that `ORMA_CONFIG` names.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use crate::cli::Cli;

/// A file of a secret that is longer is something else, in bytes.
const SECRET_BYTES_MAX: u64 = 4096;

/// Options that a file has set: name → value and file.
type Defaults = BTreeMap<String, Preset>;

/// What a file says of an option.
#[derive(Clone, Debug)]
struct Preset {
    value: String,
    file: PathBuf,
}

/// Why there is no configuration.
#[derive(Debug)]
pub enum ConfigurationError {
    /// A flag or variable cannot be, or help was asked for.
    Usage(clap::Error),
    /// The file cannot be read, or holds a key or value that cannot be.
    File { path: PathBuf, message: String },
}

impl ConfigurationError {
    /// Shows help and mistakes on the command line as clap words them.
    pub fn report(&self) -> ExitCode {
        match self {
            Self::Usage(error) => {
                let code = u8::try_from(error.exit_code()).unwrap_or(2);
                if error.print().is_err() {
                    return ExitCode::FAILURE;
                }
                ExitCode::from(code)
            }
            file @ Self::File { .. } => {
                eprintln!("orma: {file}");
                ExitCode::from(2)
            }
        }
    }
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
    let command = with_defaults(Cli::command(), &read_files()?);
    let matches = command.try_get_matches_from(arguments).map_err(ConfigurationError::Usage)?;
    Cli::from_arg_matches(&matches).map_err(ConfigurationError::Usage)
}

/// What the configuration's file and the files of secrets say.
fn read_files() -> Result<Defaults, ConfigurationError> {
    let mut defaults = read_file()?;
    defaults.extend(read_secrets(|name| std::env::var_os(name))?);
    Ok(defaults)
}

fn read_file() -> Result<Defaults, ConfigurationError> {
    let named = std::env::var_os("ORMA_CONFIG").map(PathBuf::from);
    let path = named.clone().unwrap_or_else(|| "orma.toml".into());
    match std::fs::read_to_string(&path) {
        Ok(text) => read_defaults(&text, &path).map_err(|message| ConfigurationError::File { path, message }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => Ok(Defaults::new()),
        Err(error) => Err(ConfigurationError::File { path, message: error.to_string() }),
    }
}

/// The secrets whose files are named by `ORMA_…_FILE`, as container runtimes and systemd hand them over: an option is a
/// secret when its value is not shown in help.
fn read_secrets(variable: impl Fn(&str) -> Option<OsString>) -> Result<Defaults, ConfigurationError> {
    let mut options = BTreeMap::new();
    collect_secrets(&Cli::command(), &mut options);
    let mut secrets = Defaults::new();
    for (id, name) in options {
        let file_variable = format!("{name}_FILE");
        let Some(file) = variable(&file_variable).filter(|file| !file.is_empty()).map(PathBuf::from) else {
            continue;
        };
        let refused = |why: String| ConfigurationError::File {
            path: file.clone(),
            message: format!("{file_variable}: {why}"),
        };
        if variable(&name).is_some() {
            return Err(refused(format!("{name} is set as well; which of them holds?")));
        }
        let value = read_secret(&file).map_err(refused)?;
        secrets.insert(id, Preset { value, file });
    }
    Ok(secrets)
}

fn collect_secrets(command: &clap::Command, options: &mut BTreeMap<String, String>) {
    let secrets = command.get_arguments().filter(|argument| argument.is_hide_env_values_set());
    for argument in secrets {
        let Some(name) = argument.get_env() else { continue };
        options.insert(argument.get_id().to_string(), name.to_string_lossy().into_owned());
    }
    for command in command.get_subcommands() {
        collect_secrets(command, options);
    }
}

/// A line of text; editors and `echo` end it, which is no part of it.
fn read_secret(path: &Path) -> Result<String, String> {
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    let mut text = String::new();
    file.take(SECRET_BYTES_MAX + 1).read_to_string(&mut text).map_err(|error| error.to_string())?;
    if text.len() as u64 > SECRET_BYTES_MAX {
        return Err(format!("longer than the {SECRET_BYTES_MAX} bytes that a secret may have"));
    }
    let secret = text.trim_end_matches(['\r', '\n']);
    match secret.chars().find(|character| character.is_control()) {
        Some('\n') => Err("more than one line".to_owned()),
        Some(_) => Err("a control character is no part of a secret".to_owned()),
        None if secret.is_empty() => Err("the file is empty".to_owned()),
        None => Ok(secret.to_owned()),
    }
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
    let defaults = read_files()?;
    let command = with_defaults(Cli::command(), &defaults);
    let matches = command.clone().try_get_matches_from(arguments).map_err(ConfigurationError::Usage)?;
    Ok(settings_of(&command, &matches, &defaults))
}

fn settings_of(command: &clap::Command, matches: &clap::ArgMatches, defaults: &Defaults) -> Vec<Setting> {
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
            _ => match defaults.get(id) {
                Some(Preset { file, .. }) => format!("file {}", file.display()),
                None => "default".to_owned(),
            },
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
fn read_defaults(text: &str, file: &Path) -> Result<Defaults, String> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.message().to_owned())?;
    let known = Cli::command();
    let mut defaults = Defaults::new();
    for (key, value) in table {
        if !has_option(&known, &key) {
            return Err(format!("no option is called `{key}`"));
        }
        let value = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(flag) => flag.to_string(),
            _ => return Err(format!("{key}: expected text, a whole number or true/false")),
        };
        defaults.insert(key, Preset { value, file: file.to_owned() });
    }
    Ok(defaults)
}

fn has_option(command: &clap::Command, key: &str) -> bool {
    command.get_arguments().any(|argument| argument.get_id() == key && argument.get_long().is_some())
        || command.get_subcommands().any(|command| has_option(command, key))
}

fn with_defaults(command: clap::Command, defaults: &Defaults) -> clap::Command {
    let command = command.mut_args(|argument| match defaults.get(argument.get_id().as_str()) {
        Some(Preset { value, .. }) => argument.required(false).default_value(value.clone()),
        None => argument,
    });
    command.mut_subcommands(|command| with_defaults(command, defaults))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Command;

    fn parse_with(file: &str, arguments: &[&str]) -> Result<Cli, String> {
        parse_over(&read_defaults(file, Path::new("orma.toml"))?, arguments)
    }

    fn parse_over(defaults: &Defaults, arguments: &[&str]) -> Result<Cli, String> {
        let matches = with_defaults(Cli::command(), defaults)
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
        let file = "listen = \"127.0.0.1:9000\"\nadmin_token = \"geheim-geheim-geheim\"";
        let defaults = read_defaults(file, Path::new("orma.toml")).unwrap();
        let command = with_defaults(Cli::command(), &defaults);
        let arguments =
            ["orma", "doctor", "--spool-bytes-max", "7", "--clickhouse-url", "http://u:p@ss@h:8123/db"];
        let matches = command.clone().try_get_matches_from(arguments).unwrap();
        let settings = settings_of(&command, &matches, &defaults);
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

    /// What the files say when these variables are set.
    fn secrets(variables: &[(&str, &Path)]) -> Result<Defaults, String> {
        let variable = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_os_str().to_owned())
        };
        read_secrets(variable).map_err(|error| error.to_string())
    }

    #[test]
    fn every_secret_may_stand_in_a_file() {
        let dir = tempfile::tempdir().unwrap();
        let (token, url) = (dir.path().join("token"), dir.path().join("url"));
        std::fs::write(&token, "geheim-geheim-geheim\n").unwrap();
        std::fs::write(&url, "http://u:p@h:8123/db\r\n").unwrap();
        let files = [("ORMA_ADMIN_TOKEN_FILE", token.as_path()), ("ORMA_CLICKHOUSE_URL_FILE", url.as_path())];
        let defaults = secrets(&files).unwrap();
        let Command::Up(up) =
            parse_over(&defaults, &["orma", "up", "--clickhouse-cluster", "main"]).unwrap().command
        else {
            panic!("up")
        };
        assert_eq!(up.admin_token.as_deref(), Some("geheim-geheim-geheim"));
        assert_eq!(up.store.clickhouse_url.as_deref(), Some("http://u:p@h:8123/db"));
        assert_eq!(up.store.cluster().unwrap(), Some("main"));
        let Command::Collect(collect) = parse_over(&defaults, &["orma", "collect"]).unwrap().command else {
            panic!("collect")
        };
        assert_eq!(collect.clickhouse_url, "http://u:p@h:8123/db");

        let arguments = ["orma", "doctor", "--admin-token", "another-another"];
        let command = with_defaults(Cli::command(), &defaults);
        let matches = command.clone().try_get_matches_from(arguments).unwrap();
        let settings = settings_of(&command, &matches, &defaults);
        let find = |name: &str| settings.iter().find(|setting| setting.name == name).unwrap();
        assert_eq!(find("clickhouse_url").value, "http://u:***@h:8123/db");
        assert_eq!(find("clickhouse_url").origin, format!("file {}", url.display()));
        assert_eq!(
            (find("admin_token").value.as_str(), find("admin_token").origin.as_str()),
            ("***", "flag")
        );
    }

    #[test]
    fn a_secret_that_cannot_be_taken_is_named_and_not_shown() {
        let dir = tempfile::tempdir().unwrap();
        let written = |name: &str, bytes: &[u8]| {
            let path = dir.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let too_long = vec![b'x'; SECRET_BYTES_MAX as usize + 1];
        for (file, part) in [
            (written("empty", b"\n"), "is empty"),
            (written("two", b"geheim-one\ngeheim-two\n"), "more than one line"),
            (written("control", b"geheim\0geheim"), "control character"),
            (written("binary", b"geheim\xff"), "UTF-8"),
            (written("long", &too_long), "4096 bytes"),
            (dir.path().join("missing"), "No such file"),
            (dir.path().to_owned(), "directory"),
        ] {
            let error = secrets(&[("ORMA_ADMIN_TOKEN_FILE", &file)]).unwrap_err();
            assert!(error.contains(part) && error.contains("ORMA_ADMIN_TOKEN_FILE"), "{error}");
            assert!(error.contains(&*file.to_string_lossy()) && !error.contains("geheim"), "{error}");
        }
        let good = written("good", b"geheim-geheim-geheim");
        let both = [("ORMA_ADMIN_TOKEN_FILE", good.as_path()), ("ORMA_ADMIN_TOKEN", Path::new("another"))];
        assert!(secrets(&both).unwrap_err().contains("ORMA_ADMIN_TOKEN is set as well"));
        assert!(secrets(&[("ORMA_ADMIN_TOKEN_FILE", Path::new(""))]).unwrap().is_empty());
        assert!(secrets(&[("ORMA_LISTEN_FILE", &good)]).unwrap().is_empty(), "no secret, so no file");
    }

    #[test]
    fn a_cluster_without_its_server_is_refused() {
        let Command::Migrate(options) =
            parse_with("", &["orma", "migrate", "--clickhouse-cluster", "main"]).unwrap().command
        else {
            panic!("migrate")
        };
        assert!(options.cluster().unwrap_err().to_string().contains("--clickhouse-url"));
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
