package io.millrace.broker.group;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.CatalogChanges;
import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.model.Clock;
import io.millrace.model.ErrorKind;
import io.millrace.model.Loop;
import io.millrace.model.Randomness;
import io.millrace.model.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Knows which partition of the offsets topic each group belongs to and brings every command to the loop that owns it.
///
/// Made once per node, after the catalog has been read: the number of partitions of `__consumer_offsets` is fixed from
/// then on, as it is in Kafka. Immutable, called from any loop through [#groupsFor(Loop, CatalogChanges)].
public final class GroupCoordinator {
    /// The topic that remembers groups and positions.
    public static final String OFFSETS_TOPIC = "__consumer_offsets";

    /// Room for the stored form of a group with thousands of members, which is one record (Kafka's default is 1 MiB).
    private static final int OFFSETS_BATCH_BYTES_MAX = 16 * 1024 * 1024;

    private static final int OFFSETS_REPLICAS = 3;

    private final GroupConfig config;
    private final CatalogSource catalog;
    private final int clusterSize;
    private final List<ShardHost> hosts;

    /// What a coordinator is made of.
    ///
    /// @param nodeId this node
    /// @param clusterSize nodes the cluster is known to have, whether they have registered yet or not
    public record Parts(
            int nodeId,
            int clusterSize,
            GroupConfig config,
            CatalogSource catalog,
            ShardHomes homes,
            Clock clock,
            Randomness randomness,
            GroupRecordCodec codec,
            Subscriptions subscriptions,
            CoordinatorEvents events) {}

    public GroupCoordinator(Parts parts) {
        this.config = parts.config;
        this.clusterSize = parts.clusterSize;
        this.catalog = parts.catalog;
        int partitions = catalog.current()
                .topic(OFFSETS_TOPIC)
                .map(topic -> topic.partitions().size())
                .orElse(config.offsetsTopicPartitions());
        var around = new ShardHost.Surroundings(
                parts.nodeId,
                config,
                catalog,
                parts.clock,
                parts.randomness,
                parts.codec,
                parts.subscriptions,
                parts.events);
        List<ShardHost> all = new ArrayList<>(partitions);
        for (int index = 0; index < partitions; index++) {
            TopicPartition partition = new TopicPartition(OFFSETS_TOPIC, index);
            all.add(new ShardHost(partition, partitions, parts.homes.homeOf(partition), around));
        }
        this.hosts = List.copyOf(all);
    }

    /// Begins to load all groups this node coordinates, so that sessions and retention run although nobody asks. Called
    /// when the logs are open, and again whenever leaders changed.
    public void loadAll() {
        hosts.forEach(host -> host.loop().run(host::prepare));
    }

    /// The node stops: members that wait for each other hear at once that this is not their coordinator any more, so
    /// that they look for another and nobody waits for them.
    public void drain() {
        hosts.forEach(host -> host.loop().run(host::drain));
    }

    /// Topics are gone: forget the positions in them.
    public void onTopicDeleted(String topic) {
        hosts.forEach(host -> host.loop().run(() -> host.onTopicDeleted(topic)));
    }

    /// Groups as seen from one loop.
    ///
    /// @param changes answers on `caller`, too
    public Groups groupsFor(Loop caller, CatalogChanges changes) {
        return new LoopGroups(caller, changes);
    }

    /// Where a group lives: Java's own string hash, as in Kafka, so that folders can move both ways.
    int partitionOf(String groupId) {
        int hash = groupId.hashCode();
        return (hash == Integer.MIN_VALUE ? 0 : Math.abs(hash)) % hosts.size();
    }

    private final class LoopGroups implements Groups {
        private final Loop caller;
        private final CatalogChanges changes;

        private LoopGroups(Loop caller, CatalogChanges changes) {
            this.caller = caller;
            this.changes = changes;
        }

        @Override
        public <R> void submit(GroupCommand<R> command, Consumer<R> answer) {
            boolean invalid = command.groupId().isEmpty() && !command.allowsEmptyGroupId();
            if (invalid || GroupConfig.isTextTooLong(command.groupId())) {
                answer.accept(command.refused(ErrorKind.INVALID_GROUP_ID));
                return;
            }
            ShardHost host = hosts.get(partitionOf(command.groupId()));
            host.loop().run(() -> host.submit(command, toCaller(answer)));
        }

        private <R> Consumer<R> toCaller(Consumer<R> answer) {
            return reply -> caller.run(() -> answer.accept(reply));
        }

        @Override
        public void list(ListGroups query, Consumer<ListGroups.Reply> answer) {
            Listings listings = new Listings(hosts.size(), answer);
            for (ShardHost host : hosts) {
                host.loop().run(() -> host.list(query, toCaller(listings::add)));
            }
        }

        @Override
        public void findCoordinator(String groupId, Consumer<Coordinator> answer) {
            if (catalog.current().topic(OFFSETS_TOPIC).isPresent()) {
                answer.accept(coordinatorOf(groupId));
            } else {
                changes.createTopics(
                        List.of(offsetsTopic()), false, replies -> answer.accept(created(groupId, replies)));
            }
        }

        private Coordinator created(String groupId, List<CatalogChanges.NewTopicReply> replies) {
            ErrorKind error = replies.get(0).outcome().error();
            boolean exists = error == ErrorKind.NONE || error == ErrorKind.TOPIC_ALREADY_EXISTS;
            loadAll(); // there is nothing to read yet, so the first members of all groups find their shards ready
            return exists ? coordinatorOf(groupId) : new Coordinator(ErrorKind.COORDINATOR_NOT_AVAILABLE, -1);
        }

        private Coordinator coordinatorOf(String groupId) {
            int index = partitionOf(groupId);
            int leader = leaderOf(catalog.current(), index);
            if (leader == PartitionView.NO_LEADER) {
                return new Coordinator(ErrorKind.COORDINATOR_NOT_AVAILABLE, -1);
            }
            ShardHost host = hosts.get(index);
            host.loop().run(host::prepare); // the group is about to be used: be ready when its first request comes
            return new Coordinator(ErrorKind.NONE, leader);
        }
    }

    private int leaderOf(Catalog current, int index) {
        return current.topic(OFFSETS_TOPIC)
                .map(TopicView::partitions)
                .filter(partitions -> partitions.size() == hosts.size())
                .map(partitions -> partitions.get(index).leader())
                .orElse(PartitionView.NO_LEADER);
    }

    /// Three copies, as in Kafka, in a cluster that has so many nodes; a node alone has one. When some of them have not
    /// registered yet the topic can not be made, and who asks waits: copies that are missing at first would be for
    /// ever.
    private int offsetsTopicReplicas() {
        int configured = config.offsetsTopicReplicationFactor();
        return configured > 0
                ? configured
                : Math.clamp(Math.max(clusterSize, catalog.current().nodes().size()), 1, OFFSETS_REPLICAS);
    }

    private CatalogChanges.NewTopic offsetsTopic() {
        Map<String, @Nullable String> configs = new TreeMap<>();
        configs.put("cleanup.policy", "compact");
        configs.put("compression.type", "producer");
        configs.put("segment.bytes", Integer.toString(config.offsetsTopicSegmentBytes()));
        configs.put("max.message.bytes", Integer.toString(OFFSETS_BATCH_BYTES_MAX));
        return new CatalogChanges.NewTopic(OFFSETS_TOPIC, hosts.size(), offsetsTopicReplicas(), Map.of(), configs);
    }

    /// Gathers the lists of all shards. Owned by: the caller's loop.
    private static final class Listings {
        private final Consumer<ListGroups.Reply> answer;
        private final List<ListGroups.Listing> groups = new ArrayList<>();
        private ErrorKind error = ErrorKind.NONE;
        private int missing;

        private Listings(int missing, Consumer<ListGroups.Reply> answer) {
            this.missing = missing;
            this.answer = answer;
        }

        private void add(ListGroups.Reply part) {
            groups.addAll(part.groups());
            error = part.error() == ErrorKind.NONE ? error : part.error();
            if (--missing == 0) {
                answer.accept(new ListGroups.Reply(error, List.copyOf(groups)));
            }
        }
    }
}
