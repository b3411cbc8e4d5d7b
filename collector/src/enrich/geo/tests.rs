use std::fs;

use super::*;

const CITY_RECORD: &[(&str, &str)] =
    &[("country_code", "IT"), ("state1", "Lombardy"), ("city", "Milan"), ("timezone", "Europe/Rome")];

/// The database that set-up installs.
fn country_file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../node_modules/@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb")
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn reader_of(database: Database) -> GeoReader {
    GeoReader(Arc::new(vec![Arc::new(database)]))
}

fn opened(path: &Path) -> Geo {
    let (geo, problem) = Geo::open(&[path.to_owned()]);
    assert_eq!(problem, None);
    geo
}

/// Writes `MaxMind` DB files of one record: all addresses whose first byte is 8.
mod writer {
    fn control(kind: u8, size: usize) -> Vec<u8> {
        assert!(size < 29 + 256);
        let (low, more) = if size < 29 { (size as u8, None) } else { (29, Some((size - 29) as u8)) };
        let mut bytes = if kind < 8 { vec![kind << 5 | low] } else { vec![low, kind - 7] };
        bytes.extend(more);
        bytes
    }

    pub(super) fn text(value: &str) -> Vec<u8> {
        [control(2, value.len()), value.as_bytes().to_vec()].concat()
    }

    pub(super) fn map(pairs: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let pairs_bytes = pairs.iter().flat_map(|(key, value)| [text(key), value.clone()].concat());
        control(7, pairs.len()).into_iter().chain(pairs_bytes).collect()
    }

    pub(super) fn array(values: &[Vec<u8>]) -> Vec<u8> {
        [control(11, values.len()), values.concat()].concat()
    }

    fn number(kind: u8, bytes: &[u8]) -> Vec<u8> {
        [control(kind, bytes.len()), bytes.to_vec()].concat()
    }

    pub(super) fn file(database_type: &str, record: &[u8]) -> Vec<u8> {
        const NODES: u32 = 8;
        let mut file = Vec::new();
        for node in 0..NODES {
            let next = if node + 1 == NODES { NODES + 16 } else { node + 1 };
            let pair = if 8 >> (7 - node) & 1 == 1 { [NODES, next] } else { [next, NODES] };
            for value in pair {
                file.extend_from_slice(&value.to_be_bytes()[1..]);
            }
        }
        file.extend_from_slice(&[0; 16]);
        file.extend_from_slice(record);
        file.extend_from_slice(b"\xab\xcd\xefMaxMind.com");
        file.extend(map(&[
            ("binary_format_major_version", number(5, &2_u16.to_be_bytes())),
            ("binary_format_minor_version", number(5, &0_u16.to_be_bytes())),
            ("build_epoch", number(9, &1_750_000_000_u64.to_be_bytes())),
            ("database_type", text(database_type)),
            ("description", map(&[])),
            ("ip_version", number(5, &4_u16.to_be_bytes())),
            ("languages", array(&[])),
            ("node_count", number(6, &NODES.to_be_bytes())),
            ("record_size", number(5, &24_u16.to_be_bytes())),
        ]));
        file
    }
}

fn flat_file(database_type: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let fields: Vec<_> = fields.iter().map(|(key, value)| (*key, writer::text(value))).collect();
    writer::file(database_type, &writer::map(&fields))
}

fn nested_file(database_type: &str) -> Vec<u8> {
    let named = |name| {
        writer::map(&[("names", writer::map(&[("de", writer::text("?")), ("en", writer::text(name))]))])
    };
    let country = writer::map(&[("iso_code", writer::text("IT")), ("names", writer::map(&[]))]);
    let subdivisions = writer::array(&[named("Lombardy"), named("Milan province")]);
    let record = [("city", named("Milan")), ("country", country), ("subdivisions", subdivisions)];
    writer::file(database_type, &writer::map(&record))
}

/// A small generator with a fixed start, so that a failure can be repeated.
fn next_random(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 24
}

/// Looks up many addresses; what is found must be well-formed, whatever the file holds.
fn look_around(reader: &GeoReader, seed: u64) {
    let mut state = seed;
    for _ in 0..200 {
        let bits = next_random(&mut state);
        let v4 = IpAddr::V4(Ipv4Addr::from_bits(bits as u32));
        let v6 = IpAddr::V6(Ipv6Addr::from_bits(0x2a << 120 | u128::from(bits) << 80));
        for ip in PROBES.into_iter().chain([v4, v6]) {
            let place = reader.lookup(ip);
            assert!(place.country.is_empty() || place.country.len() == 2);
        }
    }
}

/// Uses the bytes as a database, if they are taken for one.
fn survive(bytes: Vec<u8>, seed: u64) -> bool {
    let Ok(database) = Database::new(bytes, Path::new("test.mmdb")) else { return false };
    look_around(&reader_of(database), seed);
    true
}

#[test]
fn the_installed_database_knows_countries() {
    let geo = opened(&country_file());
    let reader = geo.reader();
    for (address, country) in [
        ("79.0.0.1", "IT"),
        ("151.1.1.1", "IT"),
        ("8.8.8.8", "US"),
        ("::ffff:79.0.0.1", "IT"),
        ("2a00:1450:4002::", "IE"),
    ] {
        assert_eq!(reader.lookup(ip(address)), Place { country, region: "", city: "" }, "{address}");
    }
    let [status] = &*geo.status() else { panic!("one database") };
    assert_eq!(status.path, country_file());
    assert!(status.build_epoch > 1_700_000_000 && status.database_type.starts_with("country"));
    assert_eq!(geo.problem(), None);
}

#[test]
fn addresses_of_no_country_give_nothing() {
    let geo = opened(&country_file());
    let reader = geo.reader();
    for address in [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.1.1",
        "100.64.0.1",
        "0.0.0.0",
        "192.0.2.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.1.2.3",
        "fe80::1",
        "fd00::1",
        "ff02::1",
        "2001:db8::1",
    ] {
        assert!(!is_public(ip(address).to_canonical()), "{address}");
        assert_eq!(reader.lookup(ip(address)), Place::default(), "{address}");
    }
    for address in ["100.63.255.255", "100.128.0.1", "172.32.0.1", "8.8.8.8", "2001:4860:4860::8888"] {
        assert!(is_public(ip(address)), "{address}");
    }
}

#[test]
fn both_layouts_are_read_whatever_the_file_calls_itself() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("geo.mmdb");
    let milan = Place { country: "IT", region: "Lombardy", city: "Milan" };
    for (bytes, layout) in [
        (flat_file("city ipv4", CITY_RECORD), Layout::Flat),
        (flat_file("GeoLite2-City", CITY_RECORD), Layout::Flat),
        (nested_file("GeoIP2-City"), Layout::Nested),
        (nested_file("DBIP-City-Lite"), Layout::Nested),
        (nested_file("Bottega's own"), Layout::Nested),
    ] {
        fs::write(&path, bytes).unwrap();
        let geo = opened(&path);
        assert_eq!(geo.databases.load()[0].layout, layout);
        assert_eq!(geo.reader().lookup(ip("8.8.8.8")), milan);
        assert_eq!(geo.reader().lookup(ip("9.9.9.9")), Place::default());
        assert_eq!(geo.reader().lookup(ip("2001:4860:4860::8888")), Place::default());
    }
}

#[test]
fn values_that_cannot_be_right_are_dropped() {
    let long = "x".repeat(200);
    let bytes = flat_file("city", &[("country_code", "US"), ("state1", "a\nb"), ("city", &long)]);
    let database = Database::new(bytes, Path::new("test.mmdb")).unwrap();
    let place = Place { country: "US", region: "", city: "" };
    assert_eq!(reader_of(database).lookup(ip("8.8.8.8")), place);
}

#[test]
fn a_file_that_cannot_be_used_is_a_problem_and_not_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let empty = directory.path().join("empty.mmdb");
    fs::write(&empty, "").unwrap();
    let text = directory.path().join("text.mmdb");
    fs::write(&text, "<html>404</html>").unwrap();
    let no_country = directory.path().join("none.mmdb");
    fs::write(&no_country, flat_file("asn", &[("asn", "AS3269")])).unwrap();
    let damage = directory.path().join("damage.mmdb");
    fs::write(&damage, flat_file("country", &[("country_code", "??")])).unwrap();

    let kind = |path: Option<&Path>| {
        let (geo, problem) = Geo::open(&path.into_iter().map(Path::to_owned).collect::<Vec<_>>());
        assert_eq!(geo.reader().lookup(ip("8.8.8.8")), Place::default());
        assert_eq!(geo.status(), []);
        assert_eq!(geo.problem(), problem);
        assert_eq!(geo.reload_if_changed(), Reload::Unchanged);
        problem.expect("a problem")
    };
    assert_eq!(kind(None), GeoProblem::NotConfigured);
    assert!(matches!(kind(Some(&directory.path().join("absent.mmdb"))), GeoProblem::Unreadable { .. }));
    assert!(matches!(kind(Some(directory.path())), GeoProblem::Unreadable { .. }));
    assert!(matches!(kind(Some(&empty)), GeoProblem::Damaged { .. }));
    assert!(matches!(kind(Some(&text)), GeoProblem::Damaged { .. }));
    assert!(matches!(kind(Some(&no_country)), GeoProblem::NoCountry { .. }));
    assert!(matches!(kind(Some(&damage)), GeoProblem::NoCountry { .. }));
    let message = kind(Some(&empty)).to_string();
    assert!(message.contains("empty.mmdb"), "{message}");
}

#[test]
fn a_changed_file_is_taken_up_and_a_broken_one_is_not() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("geo.mmdb");
    let (geo, problem) = Geo::open(std::slice::from_ref(&path));
    assert!(problem.is_some());
    let country = || geo.reader().lookup(ip("8.8.8.8")).country.to_owned();

    fs::write(&path, flat_file("country", &[("country_code", "US")])).unwrap();
    assert_eq!(geo.reload_if_changed(), Reload::Replaced);
    assert_eq!((country().as_str(), geo.problem()), ("US", None));
    assert_eq!(geo.reload_if_changed(), Reload::Unchanged);

    let before = geo.reader();
    let next = directory.path().join("next.mmdb");
    fs::write(&next, flat_file("country ipv4", &[("country_code", "IT")])).unwrap();
    fs::rename(&next, &path).unwrap();
    assert_eq!(geo.reload_if_changed(), Reload::Replaced);
    assert_eq!(country(), "IT");
    assert_eq!(before.lookup(ip("8.8.8.8")).country, "US");

    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(40).unwrap();
    assert!(matches!(geo.reload_if_changed(), Reload::Failed(GeoProblem::Damaged { .. })));
    assert_eq!(geo.reload_if_changed(), Reload::Unchanged);
    assert!(geo.problem().is_some());
    assert_eq!(country(), "IT");

    fs::remove_file(&path).unwrap();
    assert!(matches!(geo.reload_if_changed(), Reload::Failed(GeoProblem::Unreadable { .. })));
    assert_eq!(geo.reload_if_changed(), Reload::Unchanged);
    assert_eq!(country(), "IT");
}

#[test]
fn a_cut_file_is_refused_at_every_length() {
    let bytes = fs::read(country_file()).unwrap();
    let mut lengths: Vec<usize> = (0..64).map(|step| bytes.len() / 64 * step).collect();
    lengths.extend((1..=16).map(|missing| bytes.len() - missing));
    lengths.extend((5..13).map(|power| bytes.len() - (1 << power)));
    for length in lengths {
        assert!(!survive(bytes[..length].to_vec(), 1), "{length} of {} bytes", bytes.len());
    }
    let small = nested_file("GeoIP2-City");
    for length in 0..small.len() {
        survive(small[..length].to_vec(), 1);
    }
}

#[test]
fn a_file_with_zeros_in_it_is_survived() {
    let bytes = fs::read(country_file()).unwrap();
    let step = bytes.len() / 24;
    for start in (0..bytes.len()).step_by(step) {
        let end = bytes.len().min(start + step);
        let mut damaged = bytes.clone();
        damaged[start..end].fill(0);
        survive(damaged, start as u64);
    }
    // The tree is whole and the data is zero: the self-test must see that nothing is known.
    let reader = Reader::from_source(bytes.as_slice()).unwrap();
    let data = (reader.metadata().node_count as usize) * (reader.metadata().record_size as usize) / 4 + 16;
    let metadata = bytes.windows(14).rposition(|window| window == b"\xab\xcd\xefMaxMind.com").unwrap();
    let mut no_data = bytes.clone();
    no_data[data..metadata].fill(0);
    assert!(matches!(Database::new(no_data, Path::new("x")), Err(GeoProblem::NoCountry { .. })));
    assert!(!survive(vec![0; bytes.len()], 3));
}

#[test]
fn a_file_with_flipped_bytes_is_survived() {
    let bytes = fs::read(country_file()).unwrap();
    let tail = bytes.len() - 4_096;
    let mut state = 42;
    let mut taken = 0;
    for round in 0..48 {
        let mut damaged = bytes.clone();
        // By turns everywhere, in the top of the tree, and in the data and metadata at the end.
        let (start, span, flips) = match round % 3 {
            0 => (0, bytes.len(), 20_000),
            1 => (0, 4_096, 40),
            _ => (tail, bytes.len() - tail, 12),
        };
        for _ in 0..flips {
            let at = start + next_random(&mut state) as usize % span;
            damaged[at] = next_random(&mut state) as u8;
        }
        taken += usize::from(survive(damaged, round));
    }
    assert!(taken > 0, "no damaged file got as far as a look-up");
    for (seed, small) in [flat_file("city ipv4", CITY_RECORD), nested_file("GeoIP2-City")].iter().enumerate()
    {
        for at in 0..small.len() {
            for mask in [0x01, 0x20, 0x80, 0xff] {
                let mut damaged = small.clone();
                damaged[at] ^= mask;
                survive(damaged, seed as u64);
            }
        }
    }
}

fn maxmind(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/maxmind").join(name)
}

/// Of `MaxMind`'s own test files, whose contents their source names.
#[test]
fn maxminds_own_files_are_read() {
    for (file, address, country, region, city) in [
        ("GeoIP2-City-Test.mmdb", "81.2.69.142", "GB", "England", "London"),
        ("GeoIP2-City-Test.mmdb", "2.125.160.216", "GB", "England", "Boxford"),
        ("GeoIP2-City-Test.mmdb", "89.160.20.112", "SE", "Östergötland County", "Linköping"),
        ("GeoIP2-City-Test.mmdb", "::ffff:81.2.69.142", "GB", "England", "London"),
        ("GeoIP2-City-Test.mmdb", "2a02:d1c0::1", "IT", "", ""),
        ("GeoIP2-City-Test.mmdb", "9.9.9.9", "", "", ""),
        ("GeoIP2-Country-Test.mmdb", "81.2.69.142", "GB", "", ""),
        ("GeoIP2-Country-Test.mmdb", "2a02:d1c0::1", "IT", "", ""),
    ] {
        let geo = opened(&maxmind(file));
        assert_eq!(geo.reader().lookup(ip(address)), Place { country, region, city }, "{file} {address}");
    }
    let (geo, problem) = Geo::open(&[maxmind("GeoLite2-ASN-Test.mmdb")]);
    assert!(matches!(problem, Some(GeoProblem::NoCountry { .. })), "{problem:?}");
    assert_eq!(geo.reader().lookup(ip("81.2.69.142")), Place::default());
}

/// Of `MaxMind`'s files that once made a reader loop, overflow or crash.
#[test]
fn files_made_to_break_readers_are_survived() {
    let mut files = 0;
    for entry in fs::read_dir(maxmind("bad")).unwrap() {
        let path = entry.unwrap().path();
        let (geo, problem) = Geo::open(std::slice::from_ref(&path));
        look_around(&geo.reader(), 7);
        assert!(problem.is_some(), "{} has no country to give", path.display());
        files += 1;
    }
    assert!(files > 20, "{files} files");
}

#[test]
fn two_files_share_the_families_of_addresses() {
    let directory = tempfile::tempdir().unwrap();
    let (v4, v6) = (directory.path().join("v4.mmdb"), maxmind("GeoIP2-Country-Test.mmdb"));
    fs::write(&v4, flat_file("city ipv4", CITY_RECORD)).unwrap();
    for paths in [[v4.clone(), v6.clone()], [v6.clone(), v4.clone()]] {
        let (geo, problem) = Geo::open(&paths);
        assert_eq!((problem, geo.status().len()), (None, 2));
        assert_eq!(geo.reader().lookup(ip("8.8.8.8")).city, "Milan");
        assert_eq!(geo.reader().lookup(ip("2a02:d1c0::1")).country, "IT");
        assert_eq!(geo.reader().lookup(ip("9.9.9.9")), Place::default());
    }
    // One that cannot be used does not take the other with it, before and after it is mended.
    let absent = directory.path().join("absent.mmdb");
    let (geo, problem) = Geo::open(&[v4, absent.clone()]);
    assert!(matches!(problem, Some(GeoProblem::Unreadable { .. })));
    assert_eq!(geo.reader().lookup(ip("8.8.8.8")).country, "IT");
    assert_eq!(geo.reader().lookup(ip("2a02:d1c0::1")).country, "");
    fs::copy(&v6, &absent).unwrap();
    assert_eq!(geo.reload_if_changed(), Reload::Replaced);
    assert_eq!(geo.reader().lookup(ip("2a02:d1c0::1")).country, "IT");
    assert_eq!((geo.problem(), geo.reload_if_changed()), (None, Reload::Unchanged));
}

/// Some files divide a /24 or a /48.
#[test]
fn what_is_remembered_of_a_prefix_is_right_for_each_of_its_addresses() {
    let geo = opened(&country_file());
    let (reader, fresh) = (geo.reader(), geo.databases.load_full());
    let mut state = 9;
    let mut small_networks = 0;
    for _ in 0..4_000 {
        let bits = next_random(&mut state);
        let v4 = Ipv4Addr::from_bits(bits as u32 & 0xdfff_ff00);
        let v6 = Ipv6Addr::from_bits(0x2a << 120 | u128::from(bits) << 76);
        for host in [1, 70, 130, 200, 1, 130] {
            let v4 = IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() | host));
            let v6 = IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() | u128::from(host) << 70));
            for ip in [v4, v6].into_iter().filter(|ip| is_public(*ip)) {
                let found = fresh[0].lookup(ip, fresh[0].layout).unwrap_or_default();
                assert_eq!(reader.lookup(ip), found, "{ip}");
                let network = fresh[0].reader.lookup(ip).unwrap().network().unwrap();
                small_networks += usize::from(network.prefix() > if ip.is_ipv4() { 24 } else { 48 });
            }
        }
    }
    // The official city file gives its test addresses networks of their own.
    let geo = opened(&maxmind("GeoIP2-City-Test.mmdb"));
    let (reader, fresh) = (geo.reader(), geo.databases.load_full());
    for host in (0..=255).chain(0..=255) {
        for base in
            [Ipv4Addr::new(2, 125, 160, 0), Ipv4Addr::new(81, 2, 69, 0), Ipv4Addr::new(89, 160, 20, 0)]
        {
            let ip = IpAddr::V4(Ipv4Addr::from_bits(base.to_bits() | host));
            assert_eq!(reader.lookup(ip), fresh[0].lookup(ip, fresh[0].layout).unwrap_or_default(), "{ip}");
            small_networks +=
                usize::from(fresh[0].reader.lookup(ip).unwrap().network().unwrap().prefix() > 24);
        }
    }
    assert!(small_networks > 100, "no prefix was divided: {small_networks}");
}
