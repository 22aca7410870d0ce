package io.millrace.cluster.replica;

/// The place of a read in a partition's queue of waiting reads.
public interface ReadTicket {
    /// Gives the place up; harmless when the read was woken. Called by the partition's owner.
    void cancel();
}
