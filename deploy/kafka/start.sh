#!/usr/bin/env bash
# Starts one Apache Kafka on 127.0.0.1 for development, and prints its address once it answers.
# Jars are fetched once by Maven into libs/; the data stays in DIR until you delete it.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: deploy/kafka/start.sh [--port P] [--dir DIR] [--config FILE] [--add-scram CREDENTIAL] [--foreground] [--fetch-only]
  --port P         port of clients, and P+1 that of the controller (9092)
  --dir DIR        data, settings, log and pid (.kafka)
  --config FILE    further broker settings, which win over ours
  --add-scram C    a SCRAM user made with the storage: SCRAM-SHA-512=[name=app,password=…]
  --foreground     become the broker instead of starting one: its log goes to stderr, and it ends with the caller
  --fetch-only     fetch the jars and start nothing
KAFKA_JVM_OPTIONS replaces the Java options (-Xmx1g).
Stop it with deploy/kafka/stop.sh [--dir DIR].
TEXT
}

fail() {
  echo "start.sh: $1" >&2
  exit "${2:-1}"
}

need() {
  command -v "$1" >/dev/null || fail "$1 is missing: apt-get install --no-install-recommends $2"
}

# Writes the loaded classes of a broker to a file that later ones map instead of reading jars: half the time of a start.
# It only saves time, so nobody hears of it where it fails.
archive_classes() {
  local tmp broker ready='' port=$((20000 + RANDOM % 10000))
  tmp=$(mktemp -d)
  settings "$port" "$tmp" >"$tmp/server.properties"
  java "${common[@]}" kafka.tools.StorageTool format "${format[@]}" -c "$tmp/server.properties"
  java "${common[@]}" "-XX:ArchiveClassesAtExit=$tmp/classes" kafka.Kafka "$tmp/server.properties" &
  broker=$!
  for ((tries = 0; tries < 1200; tries++)); do
    answers "$port" && ready=yes && break
    kill -0 "$broker" || break
    sleep 0.1
  done
  kill "$broker" && wait "$broker"
  [[ -z $ready || ! -f $tmp/classes ]] || mv "$tmp/classes" "$classes"
  rm -rf "$tmp"
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# The settings of a broker with this port and folder.
settings() {
  sed -e "s|@PORT@|$1|g" -e "s|@CONTROLLER_PORT@|$(($1 + 1))|g" -e "s|@DATA@|$2/data|g" \
    "$here/server.properties" ${config:+"$config"}
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
port=9092 dir=.kafka config='' foreground='' fetch_only=''
# In one word: an identifier may begin with a dash.
format=("--cluster-id=$(head -c 16 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=')")
while (($#)); do
  case $1 in
    --foreground) foreground=yes && shift && continue ;;
    --fetch-only) fetch_only=yes && shift && continue ;;
    -h | --help) usage && exit ;;
  esac
  (($# > 1)) || { usage >&2 && exit 2; }
  case $1 in
    --port) port=$2 ;;
    --dir) dir=$2 ;;
    --config) config=$2 ;;
    --add-scram) format+=(--add-scram "$2") ;;
    *) usage >&2 && exit 2 ;;
  esac
  shift 2
done
[[ $port =~ ^[0-9]+$ ]] && ((port > 0 && port < 65535)) || fail "--port $port: give a number from 1 to 65534" 2

need java openjdk-17-jre-headless
exec 9>"$here/.fetching" && flock 9 # two test runs may come here at once
if [[ ! -f $here/libs/.complete ]] || [[ $here/pom.xml -nt $here/libs/.complete ]]; then
  need mvn maven
  echo "fetching Apache Kafka's jars (once)" >&2
  rm -rf "$here/libs"
  mvn -q -B -Dstyle.color=never -f "$here/pom.xml" dependency:copy-dependencies -DoutputDirectory="$here/libs" >&2 ||
    fail "Maven could not fetch the jars: it needs a repository that it can reach (settings.xml)"
  touch "$here/libs/.complete"
fi
common=(-Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$here/libs/*")
classes=$here/libs/.classes
if [[ ! -f $classes && ! -f $here/libs/.classes-tried ]]; then
  touch "$here/libs/.classes-tried" # tried once: a Java that cannot do it would cost each start some seconds
  (config='' archive_classes 9>&-) >/dev/null 2>&1 || true
fi
[[ ! -f $classes ]] || common=("-XX:SharedArchiveFile=$classes" '-Xlog:cds*=off' "${common[@]}")
exec 9>&-
[[ -z $fetch_only ]] || exit 0

! answers "$port" || fail "port $port is taken: stop what listens there, or choose another with --port"

mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
settings "$port" "$dir" >"$dir/server.properties"
read -ra jvm <<<"${KAFKA_JVM_OPTIONS:--Xmx1g}"
jvm+=("${common[@]}")
if [[ ! -f $dir/data/meta.properties ]]; then
  java "${jvm[@]}" kafka.tools.StorageTool format "${format[@]}" -c "$dir/server.properties" >"$dir/format.log" 2>&1 ||
    fail "the storage in $dir could not be formatted: see $dir/format.log"
fi

broker=(java "${jvm[@]}" kafka.Kafka "$dir/server.properties")
[[ -z $foreground ]] || exec "${broker[@]}"

nohup "${broker[@]}" >"$dir/broker.log" 2>&1 </dev/null &
echo $! >"$dir/pid"
for ((tries = 0; tries < 600; tries++)); do
  answers "$port" && echo "kafka://127.0.0.1:$port" && exit
  kill -0 "$(<"$dir/pid")" 2>/dev/null || fail "the broker ended: see $dir/broker.log"
  sleep 0.1
done
fail "the broker does not answer on port $port: see $dir/broker.log"
