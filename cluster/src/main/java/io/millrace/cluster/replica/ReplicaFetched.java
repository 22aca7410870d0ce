package io.millrace.cluster.replica;

import io.millrace.model.Lease;
import java.util.List;

/// What came of a [ReplicaFetch].
public sealed interface ReplicaFetched {
    /// The node answered.
    ///
    /// @param sessionId the session that goes on, 0 for none
    /// @param parts what is news: partitions without any are left out
    /// @param lease the hold on the memory behind the parts' records; retained by whoever keeps them beyond the call
    record Answer(int sessionId, List<LeaderPart> parts, Lease lease) implements ReplicaFetched {}

    /// The node knows nothing of the session: everything is to be named again.
    record SessionLost() implements ReplicaFetched {}

    /// There is no answer, or none that can be read.
    record Failed(String why) implements ReplicaFetched {}
}
