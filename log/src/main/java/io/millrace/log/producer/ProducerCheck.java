package io.millrace.log.producer;

import io.millrace.model.ErrorKind;

/// What [ProducerStates#check] says about a batch that wants to be appended.
public sealed interface ProducerCheck {
    ProducerCheck ACCEPTED = new Accepted();

    /// The batch is next in its producer's sequence, or has no producer id at all.
    record Accepted() implements ProducerCheck {}

    /// The batch is in the log already; the producer missed the answer.
    ///
    /// @param timestamp the stored batch's largest timestamp
    record Duplicate(long firstOffset, long lastOffset, long timestamp) implements ProducerCheck {}

    /// The batch must not be appended.
    record Refused(ErrorKind error, String message) implements ProducerCheck {}
}
