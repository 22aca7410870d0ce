package io.millrace.cluster.replica;

import io.millrace.model.ErrorKind;

/// What a follower has to do after its leader answered.
public sealed interface FollowStep {
    /// It may ask for what comes next.
    record UpToDate() implements FollowStep {}

    /// Batches were appended: they are to be flushed before it asks again.
    record Appended() implements FollowStep {}

    /// Its log parts from the leader's here: everything from this offset on is to be thrown away.
    record CutTo(long offset) implements FollowStep {}

    /// Its log is damaged: the batch with this offset, and everything behind, is to be thrown away, with whatever is
    /// not sound before it in its segment. No leader asks for that; the replica itself does, once nobody counts on it.
    record Repair(long offset) implements FollowStep {}

    /// Its log was refused by its disk and does not come back, because what was durable is damaged in the segment that
    /// begins at this offset: what is sound of it stays, the rest is to be thrown away. As [Repair], nobody asks for
    /// that.
    record Salvage(long trustedOffset) implements FollowStep {}

    /// Nothing of its log is of use: it is to begin anew, empty, at this offset.
    record RestartAt(long offset) implements FollowStep {}

    /// The answer was of no use; it asks again later.
    record Refused(ErrorKind error, String why) implements FollowStep {}
}
