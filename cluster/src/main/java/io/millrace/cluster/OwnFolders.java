package io.millrace.cluster;

import io.millrace.broker.catalog.CatalogChanges.ConfigChange;
import io.millrace.broker.catalog.CatalogChanges.ConfigChanges;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.config.CordonedFolders;
import io.millrace.model.ErrorKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Settings that name folders of this node, which nobody else knows: judged here before the controller is asked. As in
/// Kafka clients tell a node of its settings, and nobody else.
final class OwnFolders {
    private OwnFolders() {}

    /// @param folders `log.dirs` of this node
    /// @param submit asks the controller
    static void alter(
            List<ConfigChanges> changes,
            int nodeId,
            String folders,
            BiConsumer<List<ConfigChanges>, Consumer<List<Outcome>>> submit,
            Consumer<List<Outcome>> reply) {
        List<Optional<Outcome>> refused =
                changes.stream().map(change -> refuse(change, nodeId, folders)).toList();
        List<ConfigChanges> rest = new ArrayList<>(changes.size());
        for (int at = 0; at < changes.size(); at++) {
            if (refused.get(at).isEmpty()) {
                rest.add(changes.get(at));
            }
        }
        submit.accept(List.copyOf(rest), outcomes -> reply.accept(together(refused, outcomes)));
    }

    private static List<Outcome> together(List<Optional<Outcome>> refused, List<Outcome> outcomes) {
        if (refused.stream().allMatch(Optional::isEmpty)) {
            return outcomes;
        }
        List<Outcome> all = new ArrayList<>(refused.size());
        int next = 0;
        for (Optional<Outcome> one : refused) {
            if (one.isPresent()) {
                all.add(one.get());
            } else {
                all.add(outcomes.get(Math.min(next++, outcomes.size() - 1))); // one for all: nobody was reached
            }
        }
        return List.copyOf(all);
    }

    private static Optional<Outcome> refuse(ConfigChanges change, int nodeId, String folders) {
        boolean isOwn = change.resource().kind() == ConfigResource.Kind.NODE
                && change.resource().name().equals(Integer.toString(nodeId));
        if (!isOwn) {
            return Optional.empty();
        }
        for (ConfigChange each : change.changes()) {
            String value = each.value();
            if (each.name().equals(CordonedFolders.SETTING) && value != null) {
                Optional<String> why = CordonedFolders.refuse(value, folders);
                if (why.isPresent()) {
                    return Optional.of(Outcome.refused(ErrorKind.INVALID_CONFIG, why.get()));
                }
            }
        }
        return Optional.empty();
    }
}
