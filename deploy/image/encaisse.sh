#!/bin/sh
# `serve` runs the service of ENCAISSE_SERVICE; anything else is a command of `encaisse`, such as `upgrade`.
set -eu
cd /app
if [ "${1:-serve}" = serve ]; then
  entry="dist/apps/${ENCAISSE_SERVICE:-all-in-one}/src/main.js"
  if [ ! -f "$entry" ]; then
    echo "encaisse: ENCAISSE_SERVICE ${ENCAISSE_SERVICE} is no service of this image" >&2
    exit 1
  fi
  exec node --enable-source-maps "$entry"
fi
exec node --enable-source-maps dist/apps/encaisse/src/main.js "$@"
