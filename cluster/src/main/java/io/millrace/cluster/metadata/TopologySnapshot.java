package io.millrace.cluster.metadata;

import io.millrace.broker.routing.ExchangeSpec;
import io.millrace.broker.topology.ParameterKey;
import io.millrace.broker.topology.PermissionView;
import io.millrace.broker.topology.PolicyView;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.TopicPermissionView;
import io.millrace.broker.topology.UserView;
import io.millrace.cluster.metadata.MetadataRecord.TopologyRecorded;
import java.util.Collection;
import java.util.function.Consumer;

/// A [TopologyImage] as the fewest records that add up to it again.
final class TopologySnapshot {
    private final Consumer<? super MetadataRecord> action;

    private TopologySnapshot(Consumer<? super MetadataRecord> action) {
        this.action = action;
    }

    static void forEach(TopologyImage image, Consumer<? super MetadataRecord> action) {
        TopologySnapshot snapshot = new TopologySnapshot(action);
        image.vhosts.values().forEach(snapshot::addVhost);
        for (UserView user : image.users.values()) {
            snapshot.add(new TopologyRecord.UserPut(user));
        }
        for (ParameterKey key : image.parameters()) {
            image.parameter(key).ifPresent(value -> snapshot.add(new TopologyRecord.ParameterPut(key, value)));
        }
    }

    private void addVhost(VhostImage vhost) {
        add(new TopologyRecord.VhostPut(vhost.name(), vhost.traits()));
        addRules(vhost);
        vhost.routing().forEachExchange(exchange -> {
            if (!ExchangeSpec.PREDECLARED.contains(exchange)) {
                Long since = vhost.transientExchanges().get(exchange.name());
                add(new TopologyRecord.ExchangeDeclared(vhost.name(), exchange, since == null ? 0 : since));
            }
        });
        addQueues(vhost.queuesByName().values());
        addQueues(vhost.delays().values());
        vhost.routing()
                .forEachExchange(exchange -> vhost.routing()
                        .forEachBindingFrom(
                                exchange.name(), binding -> add(new TopologyRecord.Bound(vhost.name(), binding))));
        for (PermissionView permission : vhost.permissions().values()) {
            add(new TopologyRecord.PermissionPut(vhost.name(), permission));
        }
    }

    private void addQueues(Collection<QueueView> queues) {
        for (QueueView queue : queues) {
            add(new TopologyRecord.QueueDeclared(queue.spec(), queue.id(), queue.home(), queue.owner()));
        }
    }

    /// Before the queues, so that what is in force for each is found once.
    private void addRules(VhostImage vhost) {
        for (PolicyView policy : vhost.policies()) {
            add(new TopologyRecord.PolicyPut(vhost.name(), false, policy));
        }
        for (PolicyView policy : vhost.operatorPolicies()) {
            add(new TopologyRecord.PolicyPut(vhost.name(), true, policy));
        }
        for (TopicPermissionView permission : vhost.topicPermissions()) {
            add(new TopologyRecord.TopicPermissionPut(vhost.name(), permission));
        }
    }

    private void add(TopologyRecord record) {
        action.accept(new TopologyRecorded(record));
    }
}
