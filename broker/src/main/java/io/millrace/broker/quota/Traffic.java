package io.millrace.broker.quota;

/// What a quota limits.
public enum Traffic {
    /// What clients send to be stored (`producer_byte_rate`).
    PRODUCE,
    /// What clients are sent of what is stored (`consumer_byte_rate`).
    FETCH
}
