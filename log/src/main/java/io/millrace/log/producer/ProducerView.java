package io.millrace.log.producer;

/// What a log knows of one producer, for those who look in from outside.
///
/// @param firstSequence from which on, up to the last one, none is missing as far as is known
/// @param lastTimestampMs time of the producer's last batch
/// @param currentTxnStartOffset first offset of the open transaction, -1 without one
public record ProducerView(
        long producerId,
        short epoch,
        int firstSequence,
        int lastSequence,
        long lastTimestampMs,
        int coordinatorEpoch,
        long currentTxnStartOffset) {
    public static ProducerView of(ProducerState state) {
        return new ProducerView(
                state.producerId(),
                state.epoch(),
                state.firstSequence(),
                state.lastSequence(),
                state.lastTimestamp(),
                state.coordinatorEpoch(),
                state.txnFirstOffset());
    }
}
