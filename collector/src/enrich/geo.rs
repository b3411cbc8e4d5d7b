//! Country, region and city of an address, from a `MaxMind` DB file that may be absent, old or damaged.
//!
//! The file is read to memory, so that one which is replaced or cut in place while it is in use does no harm.
//! Two layouts of record exist: `MaxMind`'s own nested one (`country.iso_code`, `city.names.en`; also that of
//! DB-IP's downloads) and a flat one (`country_code`, `state1`, `city`). A file that is read with the wrong one
//! gives no error, only nothing, and the file's own `database_type` is free text; so the layout is the one that
//! gives a country for well-known addresses, and a file for which none does is not used.
//!
//! City databases come as two files, one for each family of addresses: several files are asked in their order, and
//! the first that knows the country of an address has the say.
//!
//! What was found is remembered by prefix, /24 or /48, where the file knows no smaller network around the address
//! (`prefixes.rs`).

mod prefixes;

use std::fs::File;
use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use arc_swap::ArcSwap;
use bytes::Bytes;
use maxminddb::{LookupResult, Reader};
use prefixes::{PlaceSpans, Prefixes};
use serde::Deserialize;

/// A larger file is refused: it is held in memory. Bytes.
pub const GEO_FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Names of regions and cities longer than this are taken for damage. Bytes.
const PLACE_NAME_BYTES_MAX: usize = 128;

/// Addresses whose country is known to every complete database, and one (81.2.69.142) that `MaxMind`'s small test
/// databases know. One answer is enough, because a file may hold only one of the two address families.
const PROBES: [IpAddr; 5] = [
    IpAddr::V4(Ipv4Addr::new(8, 8, 8, 8)),
    IpAddr::V4(Ipv4Addr::new(79, 0, 0, 1)),
    IpAddr::V4(Ipv4Addr::new(81, 2, 69, 142)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0x4860, 0x4860, 0, 0, 0, 0, 0x8888)),
    IpAddr::V6(Ipv6Addr::new(0x2a00, 0x1450, 0x4002, 0, 0, 0, 0, 0)),
];

/// Where an address is. What is not known is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place<'a> {
    /// ISO 3166-1 alpha-2, upper case.
    pub country: &'a str,
    /// First-level subdivision, in English.
    pub region: &'a str,
    /// City, in English.
    pub city: &'a str,
}

/// Why there are no countries, or why those of an older file are still used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GeoProblem {
    /// No file is configured.
    #[error("no geographic database is configured: countries stay empty")]
    NotConfigured,
    /// The file cannot be read, or is too large.
    #[error("the geographic database {path} cannot be read: {cause}")]
    Unreadable {
        /// The configured path.
        path: PathBuf,
        /// What the system said.
        cause: String,
    },
    /// The file is not a `MaxMind` DB file, or is cut.
    #[error("the geographic database {path} is damaged: {cause}")]
    Damaged {
        /// The configured path.
        path: PathBuf,
        /// What the reader said.
        cause: String,
    },
    /// The file can be read, but gives no country for any well-known address.
    #[error(
        "the geographic database {path} of type {database_type:?} gives no country for well-known addresses"
    )]
    NoCountry {
        /// The configured path.
        path: PathBuf,
        /// The file's own name of its type.
        database_type: String,
    },
}

/// What is known about the database in use, for a status page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeoStatus {
    /// When the data was built. Seconds since the epoch.
    pub build_epoch: u64,
    /// The file's own name of its type.
    pub database_type: String,
    /// The file.
    pub path: PathBuf,
}

/// What [`Geo::reload_if_changed`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reload {
    /// The file is the one that was last looked at.
    Unchanged,
    /// A new file is in use.
    Replaced,
    /// The file changed and cannot be used; the one before stays in use.
    Failed(GeoProblem),
}

/// The geographic databases, shared by all threads.
pub struct Geo {
    files: Mutex<Vec<GeoFile>>,
    databases: ArcSwap<Vec<Arc<Database>>>,
}

/// One configured file and what came of it.
struct GeoFile {
    path: PathBuf,
    stamp: Option<Stamp>,
    problem: Option<GeoProblem>,
    database: Option<Arc<Database>>,
}

/// What tells one version of the file from the next.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    len: u64,
}

/// The databases of one moment. Hold them for a request, not longer: they keep a replaced file's memory alive.
pub struct GeoReader(Arc<Vec<Arc<Database>>>);

struct Database {
    /// The same bytes as the reader's.
    bytes: Bytes,
    reader: Reader<Bytes>,
    layout: Layout,
    prefixes: Prefixes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    Flat,
    Nested,
}

#[derive(Deserialize)]
struct FlatRecord<'a> {
    country_code: Option<&'a str>,
    state1: Option<&'a str>,
    city: Option<&'a str>,
}

#[derive(Deserialize)]
struct NestedRecord<'a> {
    #[serde(borrow)]
    country: Option<NestedCountry<'a>>,
    #[serde(borrow)]
    subdivisions: Option<Vec<Named<'a>>>,
    #[serde(borrow)]
    city: Option<Named<'a>>,
}

#[derive(Deserialize)]
struct NestedCountry<'a> {
    iso_code: Option<&'a str>,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    names: Option<Names<'a>>,
}

#[derive(Deserialize)]
struct Names<'a> {
    en: Option<&'a str>,
}

impl<'a> Named<'a> {
    fn english(self) -> Option<&'a str> {
        self.names.and_then(|names| names.en)
    }
}

impl Geo {
    /// Opens the databases at `paths`. Without a usable file all look-ups give empty places, and the problem says
    /// why; a file that appears later is taken up by [`Geo::reload_if_changed`].
    pub fn open(paths: &[PathBuf]) -> (Self, Option<GeoProblem>) {
        let file =
            |path: &PathBuf| GeoFile { path: path.clone(), stamp: None, problem: None, database: None };
        let mut files: Vec<GeoFile> = paths.iter().map(file).collect();
        files.iter_mut().for_each(GeoFile::load);
        let geo = Self { databases: ArcSwap::new(databases(&files)), files: Mutex::new(files) };
        let problem = geo.problem();
        (geo, problem)
    }

    /// Loads the files again whose length or time of modification changed since they were last looked at. Blocks
    /// on the disk. Look-ups go on meanwhile with what was loaded before, and go on with it when a new file cannot
    /// be used. Each failure is told once.
    pub fn reload_if_changed(&self) -> Reload {
        let mut files = self.files();
        let mut reload = Reload::Unchanged;
        for file in files.iter_mut().filter(|file| file.changed()) {
            file.load();
            match (&reload, &file.problem) {
                (Reload::Failed(_), _) => {}
                (_, Some(problem)) => reload = Reload::Failed(problem.clone()),
                (_, None) => reload = Reload::Replaced,
            }
        }
        if reload != Reload::Unchanged {
            self.databases.store(databases(&files));
        }
        reload
    }

    /// The databases of this moment.
    pub fn reader(&self) -> GeoReader {
        GeoReader(self.databases.load_full())
    }

    /// What is known about the databases in use; empty without one.
    pub fn status(&self) -> Vec<GeoStatus> {
        let files = self.files();
        let of = |file: &GeoFile| {
            let metadata = file.database.as_ref()?.reader.metadata();
            let database_type = metadata.database_type.clone();
            Some(GeoStatus { build_epoch: metadata.build_epoch, database_type, path: file.path.clone() })
        };
        files.iter().filter_map(of).collect()
    }

    /// Why the last attempt to load a file failed, of the first that did, or `None` when none did.
    pub fn problem(&self) -> Option<GeoProblem> {
        let files = self.files();
        if files.is_empty() {
            return Some(GeoProblem::NotConfigured);
        }
        files.iter().find_map(|file| file.problem.clone())
    }

    fn files(&self) -> MutexGuard<'_, Vec<GeoFile>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn databases(files: &[GeoFile]) -> Arc<Vec<Arc<Database>>> {
    Arc::new(files.iter().filter_map(|file| file.database.clone()).collect())
}

impl GeoFile {
    fn changed(&self) -> bool {
        std::fs::metadata(&self.path).ok().map(|metadata| Stamp::of(&metadata)) != self.stamp
    }

    /// Takes the file as it is now. One that cannot be used leaves the database as it was.
    fn load(&mut self) {
        let (stamp, loaded) = load(&self.path);
        self.stamp = stamp;
        self.problem = match loaded {
            Ok(database) => {
                self.database = Some(Arc::new(database));
                None
            }
            Err(problem) => Some(problem),
        };
    }
}

impl GeoReader {
    /// Where `ip` is. Empty for private and other addresses that belong to no country.
    pub fn lookup(&self, ip: IpAddr) -> Place<'_> {
        let ip = ip.to_canonical();
        if !is_public(ip) {
            return Place::default();
        }
        let mut places = self.0.iter().filter_map(|database| database.remembered(ip));
        places.find(|place| !place.country.is_empty()).unwrap_or_default()
    }
}

impl Stamp {
    fn of(metadata: &std::fs::Metadata) -> Self {
        Self { modified: metadata.modified().ok(), len: metadata.len() }
    }
}

/// Reads the file and proves it. The stamp is that of the opened file, not of the one that may since have taken
/// its place.
fn load(path: &Path) -> (Option<Stamp>, Result<Database, GeoProblem>) {
    let unreadable = |cause: String| GeoProblem::Unreadable { path: path.to_owned(), cause };
    let opened = File::open(path).and_then(|file| file.metadata().map(|metadata| (file, metadata)));
    let (file, metadata) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            let seen = std::fs::metadata(path).ok().map(|metadata| Stamp::of(&metadata));
            return (seen, Err(unreadable(error.to_string())));
        }
    };
    let stamp = Some(Stamp::of(&metadata));
    if !metadata.is_file() {
        return (stamp, Err(unreadable("it is not a regular file".into())));
    }
    if metadata.len() > GEO_FILE_BYTES_MAX {
        let cause = format!("it has {} bytes, more than {GEO_FILE_BYTES_MAX}", metadata.len());
        return (stamp, Err(unreadable(cause)));
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize);
    match file.take(GEO_FILE_BYTES_MAX).read_to_end(&mut bytes) {
        Ok(_) => (stamp, Database::new(bytes, path)),
        Err(error) => (stamp, Err(unreadable(error.to_string()))),
    }
}

impl Database {
    fn new(bytes: Vec<u8>, path: &Path) -> Result<Self, GeoProblem> {
        let bytes = Bytes::from(bytes);
        let reader = Reader::from_source(bytes.clone())
            .map_err(|error| GeoProblem::Damaged { path: path.to_owned(), cause: error.to_string() })?;
        let mut database = Self { bytes, reader, layout: Layout::Flat, prefixes: Prefixes::new() };
        match [Layout::Flat, Layout::Nested].into_iter().find(|&layout| database.knows_a_probe(layout)) {
            Some(layout) => {
                database.layout = layout;
                Ok(database)
            }
            None => Err(GeoProblem::NoCountry {
                path: path.to_owned(),
                database_type: database.reader.metadata().database_type.clone(),
            }),
        }
    }

    fn knows_a_probe(&self, layout: Layout) -> bool {
        PROBES.iter().any(|&ip| self.lookup(ip, layout).is_some_and(|place| !place.country.is_empty()))
    }

    /// As [`Database::lookup`], from memory where the answer is the same for the whole prefix.
    fn remembered(&self, ip: IpAddr) -> Option<Place<'_>> {
        if let Some(spans) = self.prefixes.get(ip) {
            return Some(spans.place(&self.bytes));
        }
        let found = self.reader.lookup(ip).ok()?;
        let place = Self::decode(&found, self.layout).unwrap_or_default();
        if let Ok(network) = found.network() {
            self.prefixes.remember(ip, network.prefix(), PlaceSpans::of(place, &self.bytes));
        }
        Some(place)
    }

    /// `None` when the file has nothing for the address, or nothing that can be read.
    fn lookup(&self, ip: IpAddr, layout: Layout) -> Option<Place<'_>> {
        Self::decode(&self.reader.lookup(ip).ok()?, layout)
    }

    fn decode<'a>(found: &LookupResult<'a, Bytes>, layout: Layout) -> Option<Place<'a>> {
        let (country, region, city) = match layout {
            Layout::Flat => {
                let record: FlatRecord<'_> = found.decode().ok()??;
                (record.country_code, record.state1, record.city)
            }
            Layout::Nested => {
                let record: NestedRecord<'_> = found.decode().ok()??;
                (
                    record.country.and_then(|country| country.iso_code),
                    record.subdivisions.and_then(|all| all.into_iter().next()).and_then(Named::english),
                    record.city.and_then(Named::english),
                )
            }
        };
        Some(Place { country: country_code(country), region: place_name(region), city: place_name(city) })
    }
}

/// Anything but two capital letters is damage.
fn country_code(code: Option<&str>) -> &str {
    code.filter(|code| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase()))
        .unwrap_or_default()
}

fn place_name(name: Option<&str>) -> &str {
    name.filter(|name| name.len() <= PLACE_NAME_BYTES_MAX && !name.contains(char::is_control))
        .unwrap_or_default()
}

/// Whether the address can belong to a country: not one of the blocks that RFC 6890 keeps for other uses.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [first, second, ..] = ip.octets();
            let shared = first == 100 && (64..128).contains(&second);
            !(ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_documentation()
                || ip.is_multicast()
                || first == 0
                || first >= 240
                || shared)
        }
        IpAddr::V6(ip) => {
            let documentation = ip.segments()[..2] == [0x2001, 0xdb8];
            !(ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_unique_local()
                || ip.is_unicast_link_local()
                || ip.is_multicast()
                || documentation)
        }
    }
}

#[cfg(test)]
mod tests;
