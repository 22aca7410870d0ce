package io.millrace.broker.routing;

import io.millrace.model.QueueName;
import io.millrace.model.Randomness;
import java.util.function.Predicate;

/// What exchanges choose by that is no part of the message, and what they have seen.
///
/// @param isLocal whether a queue lives on this node
record Chance(Randomness randomness, Predicate<QueueName> isLocal, SeenMessages seen) {}
