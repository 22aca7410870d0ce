package io.millrace.kafka.session;

import io.millrace.broker.catalog.CatalogChanges;
import io.millrace.broker.catalog.CatalogChanges.ConfigChange;
import io.millrace.broker.catalog.CatalogChanges.ConfigChanges;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.Outcome;
import io.millrace.kafka.mapping.Configs;
import io.millrace.model.ErrorKind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// What AlterConfigs and IncrementalAlterConfigs have in common: resources are checked one by one, the good ones go to
/// the catalogue together, and every resource gets an outcome in request order.
///
/// Owned by: the loop of the connection, for one request.
final class ConfigAlteration {
    private final List<Named> resources = new ArrayList<>();
    private final Set<Named> seen = new LinkedHashSet<>();
    private final List<Outcome> outcomes = new ArrayList<>();
    private final List<ConfigChanges> good = new ArrayList<>();
    private final List<Integer> goodPlaces = new ArrayList<>();

    /// A resource as the wire names it.
    record Named(byte type, String name) {}

    /// @param changes what to change, or empty when the request makes no sense for this resource
    void add(byte type, String name, boolean replaceAll, List<ConfigChange> changes, Outcome complaint) {
        Named resource = new Named(type, name);
        Optional<ConfigResource.Kind> kind = Configs.kind(type);
        Outcome outcome = complaint;
        if (kind.isEmpty()) {
            outcome = Outcome.refused(ErrorKind.INVALID_REQUEST, "Unsupported resource type.");
        } else if (!seen.add(resource)) {
            outcome = Outcome.refused(ErrorKind.INVALID_REQUEST, "Each resource must appear at most once.");
        } else if (kind.get() == ConfigResource.Kind.NODE && !name.isEmpty() && !isNumber(name)) {
            outcome = Outcome.refused(ErrorKind.INVALID_REQUEST, "Node id must be a number, but it is: " + name);
        }
        if (outcome.isOk()) {
            good.add(new ConfigChanges(new ConfigResource(kind.orElseThrow(), name), replaceAll, changes));
            goodPlaces.add(resources.size());
        }
        resources.add(resource);
        outcomes.add(outcome);
    }

    private static boolean isNumber(String name) {
        return name.length() < 10 && name.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    List<Named> resources() {
        return resources;
    }

    void run(CatalogChanges changes, boolean validateOnly, Consumer<List<Outcome>> reply) {
        if (good.isEmpty()) {
            reply.accept(outcomes);
            return;
        }
        changes.alterConfigs(good, validateOnly, done -> {
            for (int i = 0; i < done.size(); i++) {
                outcomes.set(goodPlaces.get(i), done.get(i));
            }
            reply.accept(outcomes);
        });
    }
}
