package io.millrace.log;

/// A record found by its time ([PartitionLog#findByTimestamp], [PartitionLog#findMaxTimestamp]).
///
/// @param offset offset of the record found, -1 when there is none
/// @param timestampMs its timestamp, -1 when there is none
/// @param leaderEpoch its batch's leader epoch, -1 when unknown
public record TimestampOffset(long offset, long timestampMs, int leaderEpoch) {
    public static final TimestampOffset NONE = new TimestampOffset(-1, -1, -1);
}
