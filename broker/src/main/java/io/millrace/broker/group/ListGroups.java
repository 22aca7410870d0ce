package io.millrace.broker.group;

import io.millrace.model.ErrorKind;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Lists groups, filtered as asked (KIP-518 states, KIP-848 types).
///
/// @param states labels of [GroupState] in any case; empty for all
/// @param types group types in any case; empty for all
public record ListGroups(Set<String> states, Set<String> types) {
    /// The only type of group there is so far.
    public static final String CLASSIC = "classic";

    public record Listing(String groupId, String protocolType, GroupState state) {}

    /// @param error set while some groups of this node are not loaded; what is known is listed anyway
    public record Reply(ErrorKind error, List<Listing> groups) {}

    boolean wants(GroupState state) {
        return (types.isEmpty() || containsIgnoringCase(types, CLASSIC))
                && (states.isEmpty() || containsIgnoringCase(states, state.label()));
    }

    private static boolean containsIgnoringCase(Set<String> asked, String name) {
        return asked.stream()
                .anyMatch(one -> one.trim().toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT)));
    }
}
