#!/usr/bin/env bash
# test.sh ARCHIVE [ROOT]: unpacks a release into an empty directory and uses it without anything of this machine's: no
# variable, no PATH. With ROOT, the file system of a bare Debian, all of it happens inside (as root).
set -euo pipefail
archive=$(realpath "$1")
root=${2:-}
chroot=$(command -v chroot)
token=token-of-the-release-test

work=$(mktemp -d "${root:-${TMPDIR:-/tmp}}/orma-release.XXXXXX")
pid=
finish() {
  status=$?
  [ -z "$pid" ] || kill -9 "$pid" 2>/dev/null || true
  [ $status = 0 ] || cat "$work/log" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
fail() { echo "FAILED: $*"; exit 1; }

(cd "$(dirname "$archive")" && sha256sum --check --quiet "$(basename "$archive").sha256")
tar -xzf "$archive" -C "$work"
release=$(echo "$work"/orma-*)
inside=${release#"$root"}
data=$work/data
mkdir "$work/elsewhere"
if [ -n "$root" ]; then mkdir -p "$root/proc" "$root/dev"; [ -e "$root/proc/self" ] || fail "mount /proc and /dev in $root"; fi

# Runs a command of the release.
orma() {
  if [ -n "$root" ]; then
    env -i "$chroot" "$root" "$inside/orma" "$@" --data-dir "${data#"$root"}"
  else
    (cd "$work/elsewhere" && exec env -i "$release/orma" "$@" --data-dir "$data")
  fi
}

start() {
  rm -f "$data/running.json"
  if [ -n "$root" ]; then
    env -i ORMA_ADMIN_TOKEN_FILE="${work#"$root"}/token" "$chroot" "$root" "$inside/orma" up --without-demo \
      --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 --data-dir "${data#"$root"}" >"$work/log" 2>&1 &
  else
    (cd "$work/elsewhere" && exec env -i ORMA_ADMIN_TOKEN_FILE="$work/token" "$release/orma" up --without-demo \
      --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 --data-dir "$data") >"$work/log" 2>&1 &
  fi
  pid=$!
  for _ in $(seq 600); do
    [ ! -s "$data/running.json" ] || break
    kill -0 "$pid" 2>/dev/null || fail "orma up ended at once"
    sleep 0.1
  done
  listen=$(sed -E 's/.*"listen":"([^"]+)".*/\1/' "$data/running.json")
}

stop() {
  kill -TERM "$pid"
  wait "$pid" || fail "orma up ended with $?"
  pid=
}

views() { # views N: waits until the API answers N page views
  for _ in $(seq 600); do
    answer=$(curl -sf -H "Authorization: Bearer $token" \
      "http://$listen/api/v1/sites/shop/stats?metrics=page_views") || answer=
    case $answer in *"\"page_views\":$1"[,}]*) return ;; esac
    sleep 0.1
  done
  fail "expected $1 page views: $answer"
}

for file in LICENSE NOTICE README.md orma.service orma.toml docs/deployment.md docker/Dockerfile; do
  [ -s "$release/$file" ] || fail "$file is missing"
done
[ "$(ls "$release"/orma-sdk-js-*.tgz | wc -l)" = 1 ] || fail "the SDK's package is missing"
case $(tar -tzf "$release"/orma-sdk-js-*.tgz) in
  *package/dist/index.js*) ;;
  *) fail "the SDK's package is empty" ;;
esac
printf '%s\n' "$token" > "$work/token"

start
orma health
key=$(orma site add shop --timezone Europe/Rome 2>/dev/null)
[ -n "$(curl -sf "http://$listen/orma.js")" ] || fail "no /orma.js"
case $(curl -sf "http://$listen/") in *'<html'*) ;; *) fail "no dashboard" ;; esac
curl -sf --data "{\"site\":\"$key\",\"visitor\":\"v1\",\"events\":[{\"kind\":\"page_view\",\"url\":\"https://shop.example/\"}]}" \
  "http://$listen/v1/events" >/dev/null || fail "the event was not taken"
views 1
case $(curl -sf -H "Authorization: Bearer $token" "http://$listen/api/v1/about") in
  *geo-whois-asn-country.mmdb*) ;;
  *) fail "no country database" ;;
esac
engine=$(cat "/proc/$pid"/task/*/children | tr ' ' '\n' | grep . | head -1)
grep -qF "$release/lib/libchdb.so" "/proc/$engine/maps" || fail "the engine is not the release's"
stop
if orma health >/dev/null 2>&1; then fail "a stopped orma is said to be well"; fi
start
views 1
stop

if command -v systemd-analyze >/dev/null; then
  # Where the unit will find its program.
  sed "s#/opt/orma/orma#$release/orma#" "$release/orma.service" > "$work/orma.service"
  said=$(systemd-analyze verify "$work/orma.service" 2>&1 | grep -F "$work/orma.service" || true)
  [ -z "$said" ] || fail "$said"
  systemd-analyze security --offline=true --threshold=20 "$work/orma.service" >"$work/log" || fail "the unit is too open"
  tail -1 "$work/log"
fi
echo "the release runs by itself"
