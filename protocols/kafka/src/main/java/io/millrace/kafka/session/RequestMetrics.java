package io.millrace.kafka.session;

import org.apache.kafka.common.protocol.ApiKeys;

/// The port that counts requests. Called on the loop of the connection, so it must be cheap.
public interface RequestMetrics {
    /// Counts nothing.
    RequestMetrics NONE = (key, version, requestBytes, responseBytes, elapsedNs) -> {};

    /// One request is answered.
    ///
    /// @param requestBytes size of the frame without its size prefix
    /// @param responseBytes size of the response with its size prefix, 0 when there is none
    /// @param elapsedNs from the arrival of the frame to the hand-over of the response
    void onRequest(ApiKeys key, short version, long requestBytes, long responseBytes, long elapsedNs);
}
