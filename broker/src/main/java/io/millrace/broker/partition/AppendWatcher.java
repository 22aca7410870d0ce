package io.millrace.broker.partition;

import io.millrace.log.batch.AppendResult;
import java.util.function.Consumer;

/// Waits for the answer to an append, and has a use for the batches before they are safe. Whoever passes one to
/// [Partitions#append] from the loop that owns the partition is told; from another loop it is an ordinary reply.
public interface AppendWatcher extends Consumer<AppendReply> {
    /// The batches have their offsets in the log of the only replica there is, so nobody else can lead without them.
    /// They are not on disk: a crash may lose them, and an answer other than
    /// [NONE][io.millrace.model.ErrorKind#NONE] says that they are not, or may not be, what the log will hold there.
    /// Called before the answer, in the order of the log; not at all where there are more replicas.
    void onPlaced(AppendResult placed);
}
