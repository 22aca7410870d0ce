package io.millrace.broker.partition;

/// What an append waits for before it is answered.
public enum Acks {
    /// Nothing: there is no answer (`acks=0`).
    NONE,
    /// The leader has written it (`acks=1`).
    LEADER,
    /// The high watermark has passed it (`acks=all`, publisher confirms, PUBACK).
    ALL
}
