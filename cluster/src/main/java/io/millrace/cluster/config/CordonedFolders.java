package io.millrace.cluster.config;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/// The node's setting `cordoned.log.dirs` (KIP-1066): folders that get no new replicas.
public final class CordonedFolders {
    public static final String SETTING = "cordoned.log.dirs";

    /// Stands for every folder, and alone: then the controller places nothing on the node.
    public static final String ALL = "*";

    private CordonedFolders() {}

    /// The folders that are named, none for [#ALL].
    public static Set<String> named(String setting) {
        Set<String> folders = entries(setting);
        folders.remove(ALL);
        return Set.copyOf(folders);
    }

    /// Why the value can not be that of a node with these folders, if so.
    ///
    /// @param folders `log.dirs`
    public static Optional<String> refuse(String setting, String folders) {
        Set<String> wanted = entries(setting);
        if (wanted.contains(ALL)) {
            return wanted.size() == 1
                    ? Optional.empty()
                    : Optional.of(SETTING + " is " + ALL + " or a list of folders, not both");
        }
        Set<String> strange = new LinkedHashSet<>(wanted);
        strange.removeAll(entries(folders));
        return strange.isEmpty()
                ? Optional.empty()
                : Optional.of("All entries in " + SETTING + " must be present in log.dirs. Missing entries: "
                        + String.join(", ", strange));
    }

    private static Set<String> entries(String list) {
        Set<String> entries = new LinkedHashSet<>();
        Arrays.stream(list.split(","))
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .forEach(entries::add);
        return entries;
    }
}
