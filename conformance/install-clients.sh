#!/bin/sh
# Installs the clients that conformance tests run and that no Maven repository has: Debian's kcat, librdkafka's headers,
# python3-kafka, pika, Celery, oslo.messaging, php-amqplib and bunny, and kafkajs and amqplib from npm into conformance/target.
# Does nothing quickly when all is there.
#
# Exit code 0: everything is there. 1: something could not be installed, and what, on standard error; the tests that
# need it are then skipped with that reason.
set -u
here=$(cd "$(dirname "$0")" && pwd)
status=0

debian=""
command -v kcat >/dev/null 2>&1 || debian="$debian kcat"
[ -f /usr/include/librdkafka/rdkafka.h ] || debian="$debian librdkafka-dev"
command -v cc >/dev/null 2>&1 || debian="$debian gcc libc6-dev"
[ -x /usr/bin/python3 ] || debian="$debian python3"
# A Python of the user's own may come first in PATH; Debian's packages belong to Debian's.
for module in kafka lz4 snappy zstandard; do
    /usr/bin/python3 -c "import $module" 2>/dev/null || debian="$debian python3-$module"
done
for module in pika celery oslo_messaging; do
    [ -d /usr/lib/python3/dist-packages/$module ] || debian="$debian python3-$(echo $module | tr _ .)"
done
command -v php >/dev/null 2>&1 || debian="$debian php-cli"
[ -d /usr/share/php/PhpAmqpLib ] || debian="$debian php-amqplib"
[ -d /usr/share/doc/ruby-bunny ] || debian="$debian ruby-bunny"
command -v npm >/dev/null 2>&1 || debian="$debian nodejs npm"

if [ -n "$debian" ]; then
    if [ "$(id -u)" != 0 ]; then
        echo "missing Debian packages:$debian (not root, so not installed)" >&2
        status=1
    elif ! (apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $debian) \
            >"${TMPDIR:-/tmp}/millrace-install-clients.$$" 2>&1; then
        echo "apt-get could not install:$debian" >&2
        tail -n 3 "${TMPDIR:-/tmp}/millrace-install-clients.$$" >&2
        status=1
    fi
    rm -f "${TMPDIR:-/tmp}/millrace-install-clients.$$"
fi

for package in kafkajs amqplib; do
    folder="$here/target/peers/$package"
    if ! cmp -s "$here/peers/$package/package-lock.json" "$folder/installed.json"; then
        mkdir -p "$folder"
        cp "$here/peers/$package/package.json" "$here/peers/$package/package-lock.json" "$folder/"
        if (cd "$folder" && npm ci --no-audit --no-fund --ignore-scripts --loglevel=error) >"$folder/npm.log" 2>&1; then
            cp "$here/peers/$package/package-lock.json" "$folder/installed.json"
        else
            echo "npm could not install $package:" >&2
            tail -n 3 "$folder/npm.log" >&2
            status=1
        fi
    fi
done
exit $status
