package io.millrace.kafka.session;

import io.millrace.broker.quota.Quotas;
import io.millrace.model.Clock;

/// What all sessions of one loop share besides the APIs.
///
/// @param inFlightMax how many requests may wait for their response to leave before [KafkaSession#wantsMore()] says no
public record Surroundings(RequestMetrics metrics, Clock clock, Quotas quotas, int inFlightMax) {}
