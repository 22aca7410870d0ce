package io.millrace.broker.group;

import java.nio.ByteBuffer;
import java.util.List;

/// The port between records and bytes of the offsets topic.
public interface GroupRecordCodec {
    /// Encodes records into one or more whole record batches, in order.
    ///
    /// @param batchBytesMax a batch is closed before it grows past this; a single record may exceed it
    ByteBuffer encode(List<GroupRecord> records, long wallMs, int batchBytesMax);

    /// Decodes whole batches. What cannot be understood is skipped, never thrown.
    ///
    /// @param fromOffset records below this are not handed out
    /// @return one past the last offset of the last batch, or `fromOffset` when there was none
    long decode(ByteBuffer batches, long fromOffset, Entries entries);

    /// Receives what was decoded, in log order.
    interface Entries {
        void record(GroupRecord record);

        /// A record that counts only when its producer's transaction commits.
        void pending(long producerId, GroupRecord record);

        void transactionEnded(long producerId, boolean committed);

        /// Something this version does not know, such as records of other group types.
        void skipped(String what);
    }
}
