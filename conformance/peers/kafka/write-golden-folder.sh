#!/bin/sh
# Writes conformance/src/test/resources/golden/kafka-4.4.0 anew with a real Kafka 4.4.0: a topic's partition folder after
# a clean stop. Offsets and timestamps are always the same; topic and producer ids are not. Commit what it wrote.
set -eu
cd "$(dirname "$0")/../../.."
exec mvn -q -B -pl conformance -am verify -Dit.test=GoldenFolderWriter \
    -Dfailsafe.failIfNoSpecifiedTests=false -Dmillrace.conformance.broker=kafka
