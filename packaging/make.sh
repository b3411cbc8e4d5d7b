#!/usr/bin/env bash
# make.sh PROGRAM OUT: lays the release out in OUT/orma-VERSION-x86_64-linux/ and packs it as .tar.gz with its SHA-256.
# `make dist` builds the program, the SDK and the dashboard first.
set -euo pipefail
umask 022
cd "$(dirname "$0")/.."
program=$1
out=$(realpath -m "$2")

[ "$(uname -sm)" = "Linux x86_64" ] || { echo "a release is made on Linux on x86-64: the engine's library is for it"; exit 1; }
version=$("$program" --version | cut -d' ' -f2)
name=orma-$version-x86_64-linux
root=$out/$name
engine=node_modules/@chdb/lib-linux-x64-gnu
countries=node_modules/@ip-location-db/geo-whois-asn-country-mmdb

rm -rf "$out"/orma-*-x86_64-linux*
mkdir -p "$root"/{lib,share,licences,docs,docker}
install -m 755 "$program" "$root/orma"
# Names of functions stay, for what a panic says.
strip --strip-debug "$root/orma"
install -m 644 "$engine/libchdb.so" "$root/lib/"
install -m 644 "$countries/geo-whois-asn-country.mmdb" "$root/share/"
install -m 644 "$countries/NRO_LICENSE" "$root/licences/geo-whois-asn-country.txt"
install -m 644 sdk-js/dist/web-vitals.LICENSE.txt "$root/licences/web-vitals.txt"
install -m 644 LICENSE NOTICE CHANGELOG.md packaging/orma.toml packaging/orma.service "$root/"
install -m 644 docs/*.md docs/*.png "$root/docs/"
install -m 644 docker/* "$root/docker/"
sed "s/VERSION/$version/g; s/THIS_DIRECTORY/$name/g" packaging/README.md > "$root/README.md"
npm pack --loglevel=error --workspace sdk-js --pack-destination "$root" >/dev/null

# The same files give the same archive, whoever packs them and when.
date=$(git log -1 --format=%ct)
tar --create --directory "$out" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$date" "$name" \
  | gzip --no-name > "$root.tar.gz"
(cd "$out" && sha256sum "$name.tar.gz" > "$name.tar.gz.sha256")
echo "$root.tar.gz"
