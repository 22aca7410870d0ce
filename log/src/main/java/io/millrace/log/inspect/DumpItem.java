package io.millrace.log.inspect;

/// One thing a dump shows; `toString` is its line for people.
public sealed interface DumpItem {
    /// @param sizeBytes of the `.log` file
    record Segment(String file, long sizeBytes) implements DumpItem {
        @Override
        public String toString() {
            return "%s (%d bytes)".formatted(file, sizeBytes);
        }
    }

    /// One batch header. Everything as stored; -1 where a producer or timestamp is absent.
    record Batch(
            long position,
            int sizeBytes,
            long baseOffset,
            long lastOffset,
            int recordCount,
            int leaderEpoch,
            String codec,
            String timestampType,
            long baseTimestamp,
            long maxTimestamp,
            long producerId,
            short producerEpoch,
            int baseSequence,
            int lastSequence,
            boolean isTransactional,
            boolean isControl,
            boolean hasDeleteHorizon,
            long crc,
            boolean isCrcValid)
            implements DumpItem {
        @Override
        public String toString() {
            StringBuilder line = new StringBuilder(160);
            line.append("  offsets %d-%d count %d position %d size %d epoch %d codec %s %s %d"
                    .formatted(
                            baseOffset,
                            lastOffset,
                            recordCount,
                            position,
                            sizeBytes,
                            leaderEpoch,
                            codec,
                            timestampType,
                            maxTimestamp));
            if (producerId >= 0) {
                line.append(" producer %d epoch %d sequences %d-%d"
                        .formatted(producerId, producerEpoch, baseSequence, lastSequence));
            }
            if (hasDeleteHorizon) {
                line.append(" deleteHorizon ").append(baseTimestamp);
            }
            line.append(isTransactional ? " transactional" : "").append(isControl ? " control" : "");
            line.append(" crc ").append(crc).append(isCrcValid ? "" : " WRONG");
            return line.toString();
        }
    }

    /// One record.
    ///
    /// @param key as text with everything unprintable escaped, shortened; empty when there is none
    /// @param keyBytes its length, -1 when there is none
    /// @param valueBytes likewise, -1 for a tombstone
    record Entry(long offset, long timestamp, int keyBytes, String key, int valueBytes, String value, int headerCount)
            implements DumpItem {
        @Override
        public String toString() {
            return "    offset %d timestamp %d key %s value %s headers %d"
                    .formatted(
                            offset,
                            timestamp,
                            keyBytes < 0 ? "null" : "'" + key + "'",
                            valueBytes < 0 ? "null" : "'" + value + "'",
                            headerCount);
        }
    }

    /// One known producer of a snapshot.
    record Producer(
            String file,
            long producerId,
            short epoch,
            int lastSequence,
            long lastOffset,
            long timestamp,
            int coordinatorEpoch,
            long txnFirstOffset)
            implements DumpItem {
        @Override
        public String toString() {
            return "%s producer %d epoch %d lastSequence %d lastOffset %d timestamp %d coordinatorEpoch %d txnFirstOffset %d"
                    .formatted(
                            file,
                            producerId,
                            epoch,
                            lastSequence,
                            lastOffset,
                            timestamp,
                            coordinatorEpoch,
                            txnFirstOffset);
        }
    }

    /// What could not be read.
    record Unreadable(String file, long position, String why) implements DumpItem {
        @Override
        public String toString() {
            return "%s at %d: %s".formatted(file, position, why);
        }
    }
}
