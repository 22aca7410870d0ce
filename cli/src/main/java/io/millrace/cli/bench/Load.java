package io.millrace.cli.bench;

/// What is asked of the broker.
///
/// @param recordBytes size of each value; its first 8 bytes carry the time of sending
/// @param recordsPerSecond of all producers together; 0 for as fast as they can
/// @param warmUpNs what happens before is not counted
/// @param runNs what is counted
record Load(
        String topic, int producers, int consumers, int recordBytes, long recordsPerSecond, long warmUpNs, long runNs) {
    static final int RECORD_BYTES_MIN = 8;
}
