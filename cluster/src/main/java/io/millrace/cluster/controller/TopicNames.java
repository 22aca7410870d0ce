package io.millrace.cluster.controller;

import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.model.ErrorKind;
import java.util.Optional;
import java.util.Set;

/// Which names a topic may have.
final class TopicNames {
    private static final int LENGTH_MAX = 249;

    /// Topics the broker keeps for itself, whoever creates them.
    private static final Set<String> INTERNAL =
            Set.of("__consumer_offsets", "__transaction_state", "__share_group_state");

    private TopicNames() {}

    static boolean isInternal(String name) {
        return INTERNAL.contains(name);
    }

    /// Why no new topic may be called `name`, if so.
    static Optional<Outcome> refuse(String name, MetadataImage image) {
        Optional<String> syntax = refuseSyntax(name);
        if (syntax.isPresent()) {
            return refusal(ErrorKind.INVALID_TOPIC, "Topic name is invalid: " + syntax.get());
        }
        if (image.topic(name).isPresent()) {
            return refusal(ErrorKind.TOPIC_ALREADY_EXISTS, "Topic '" + name + "' already exists.");
        }
        return image.topicCollidingWith(name)
                .flatMap(other -> refusal(
                        ErrorKind.INVALID_TOPIC, "Topic '" + name + "' collides with existing topic: " + other));
    }

    private static Optional<Outcome> refusal(ErrorKind error, String message) {
        return Optional.of(Outcome.refused(error, message));
    }

    private static Optional<String> refuseSyntax(String name) {
        if (name.isEmpty()) {
            return Optional.of("the empty string is not allowed");
        }
        if (name.equals(".") || name.equals("..")) {
            return Optional.of("'" + name + "' is not allowed");
        }
        if (name.length() > LENGTH_MAX) {
            return Optional.of("the length of '" + name + "' is longer than the max allowed length " + LENGTH_MAX);
        }
        return name.chars().allMatch(TopicNames::isAllowed)
                ? Optional.empty()
                : Optional.of("'" + name
                        + "' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'");
    }

    private static boolean isAllowed(int character) {
        return character >= 'a' && character <= 'z'
                || character >= 'A' && character <= 'Z'
                || character >= '0' && character <= '9'
                || character == '.'
                || character == '_'
                || character == '-';
    }
}
