package io.millrace.broker.topology;

import io.millrace.model.Arguments;

/// What policies say about one queue or exchange, merged: of a policy and an operator policy the smaller limit counts.
///
/// @param name the user policy in force, empty when there is none
/// @param operatorName the operator policy in force, empty when there is none
/// @param definition both together under the policies' own keys (`message-ttl`, `max-length`, `dead-letter-exchange`,
/// ...)
public record EffectivePolicy(String name, String operatorName, Arguments definition) {
    public static final EffectivePolicy NONE = new EffectivePolicy("", "", Arguments.NONE);
}
