package io.millrace.broker.topology;

import io.millrace.model.Arguments;

/// A policy or an operator policy of a virtual host.
///
/// @param pattern a regular expression that names match somewhere
/// @param priority of several that match, the one with the highest is in force
/// @param definition `message-ttl`, `max-length`, `dead-letter-exchange`, `alternate-exchange`, ...
public record PolicyView(String name, String pattern, PolicyTarget target, int priority, Arguments definition) {}
