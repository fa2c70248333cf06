#!/usr/bin/env bash
# Stops the Apache Kafka that start.sh started in DIR, and waits until it is gone.
set -euo pipefail

dir=.kafka
if (($#)); then
  [[ $# == 2 && $1 == --dir ]] || { echo "Usage: deploy/kafka/stop.sh [--dir DIR]" >&2 && exit 2; }
  dir=$2
fi
[[ -f $dir/pid ]] || { echo "stop.sh: no broker was started in $dir" >&2 && exit 1; }
pid=$(<"$dir/pid")
# A pid may have been given to another process since: only one that runs from this folder's settings is ours.
if grep -qz "^$(cd "$dir" && pwd)/server.properties$" "/proc/$pid/cmdline" 2>/dev/null; then
  kill "$pid"
  while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
fi
rm -f "$dir/pid"
