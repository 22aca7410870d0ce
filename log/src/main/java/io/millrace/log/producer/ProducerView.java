package io.millrace.log.producer;

/// What a log knows of one producer, for those who look in from outside.
///
/// @param lastTimestampMs time of the producer's last batch
/// @param currentTxnStartOffset first offset of the open transaction, -1 without one
public record ProducerView(
        long producerId,
        short epoch,
        int lastSequence,
        long lastTimestampMs,
        int coordinatorEpoch,
        long currentTxnStartOffset) {
    public static ProducerView of(ProducerState state) {
        return new ProducerView(
                state.producerId(),
                state.epoch(),
                state.lastSequence(),
                state.lastTimestamp(),
                state.coordinatorEpoch(),
                state.txnFirstOffset());
    }
}
