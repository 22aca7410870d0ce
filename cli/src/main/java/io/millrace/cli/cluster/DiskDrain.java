package io.millrace.cli.cluster;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import io.millrace.cli.client.AdminOption;
import io.millrace.cli.client.Replies;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.ReplicaInfo;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ReplicaNotAvailableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// Everything moves from one folder of a node to its other ones (KIP-113), and nothing new comes there (KIP-1066):
/// round by round, each looking at what there is.
///
/// Owned by: the command's thread.
final class DiskDrain {
    private static final String CORDON = "cordoned.log.dirs";
    private static final String ALL = "*";
    private static final String METADATA_FOLDER = "metadata.log.dir";
    private static final String FOLDERS = "log.dirs";
    /// A move that is gone without having come there was given up by the node.
    private static final int WISHES_MAX = 3;

    private final Admin admin;
    private final int node;
    private final String folder;
    private final AdminOption shared;
    private final Map<TopicPartition, Integer> wishes = new HashMap<>();

    DiskDrain(Admin admin, int node, String folder, AdminOption shared) {
        this.admin = admin;
        this.node = node;
        this.folder = folder;
        this.shared = shared;
    }

    void run(boolean undo, boolean noWait) {
        Map<String, LogDirDescription> folders = folders();
        if (!folders.containsKey(folder)) {
            throw new CommandFailure(
                    ExitCode.NOT_FOUND,
                    "Node " + node + " has no folder " + folder,
                    "It has " + String.join(", ", folders.keySet()));
        }
        if (undo) {
            undo(folders);
        } else if (folders.size() == 1) {
            throw new CommandFailure(
                    ExitCode.REFUSED,
                    "Node " + node + " has no other folder",
                    "To empty the whole node: millrace cluster drain " + node);
        } else {
            drain(noWait);
        }
    }

    private Map<String, LogDirDescription> folders() {
        Map<String, LogDirDescription> byName = new TreeMap<>();
        Replies.await(admin, admin.describeLogDirs(List.of(node)).allDescriptions())
                .values()
                .forEach(byName::putAll);
        return byName;
    }

    private Map<TopicPartition, ReplicaInfo> replicas(Map<String, LogDirDescription> folders) {
        LogDirDescription here = folders.get(folder);
        return here == null ? Map.of() : here.replicaInfos();
    }

    private void drain(boolean noWait) {
        Set<String> cordoned = setting();
        if (!cordoned.contains(ALL) && cordoned.add(folder)) {
            set(cordoned);
        }
        Round round = new Round();
        int all = round.here.size();
        shared.mention(all + " partition(s) leave " + folder + " of node " + node);
        round.begin();
        while (!noWait && !round.here.isEmpty() && round.stuck.isEmpty()) {
            Moves.pause();
            Round next = new Round();
            if (next.here.size() < round.here.size()) {
                shared.mention(next.here.size() + " of " + all + " partition(s) left in " + folder);
            }
            next.begin();
            round = next;
        }
        tell(all, round);
    }

    private void tell(int all, Round last) {
        boolean isMetadataHere = folder.equals(metadataFolder());
        if (shared.isJson()) {
            var facts = new LinkedHashMap<String, Object>();
            facts.put("node", node);
            facts.put("folder", folder);
            facts.put("drained", last.here.isEmpty());
            facts.put("partitions", all);
            facts.put("left", names(last.here));
            facts.put("stuck", names(last.stuck));
            facts.put("metadata", isMetadataHere);
            shared.answer().json(facts);
        }
        if (!last.stuck.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.REFUSED,
                    last.stuck.size() + " partition(s) in " + folder + " of node " + node + " can not be moved: "
                            + String.join(", ", names(last.stuck)),
                    "The log of node " + node + " says why (event=log-move-given-up), or its other folders are"
                            + " cordoned, too; to let this one have replicas again: millrace cluster drain --disk "
                            + folder + " --node " + node + " --undo");
        }
        shared.answer()
                .say(
                        last.here.isEmpty()
                                ? folder + " has no replicas any more"
                                        + (isMetadataHere ? "; the node's metadata log is still there" : "")
                                : last.here.size() + " partition(s) are on the way");
    }

    private static List<String> names(List<TopicPartition> partitions) {
        return partitions.stream()
                .map(partition -> partition.topic() + ":" + partition.partition())
                .sorted()
                .toList();
    }

    private void undo(Map<String, LogDirDescription> folders) {
        Set<String> cordoned = setting();
        if (cordoned.contains(ALL)) {
            throw new CommandFailure(
                    ExitCode.REFUSED,
                    "The whole of node " + node + " gets no replicas",
                    "millrace cluster drain " + node + " --undo");
        }
        if (cordoned.remove(folder)) {
            set(cordoned);
        }
        List<TopicPartition> leaving = replicas(folders).entrySet().stream()
                .filter(entry -> !entry.getValue().isFuture() && isFuture(folders, entry.getKey()))
                .map(Map.Entry::getKey)
                .toList();
        Map<TopicPartition, String> stays = new HashMap<>();
        leaving.forEach(partition -> stays.put(partition, folder));
        move(stays);
        if (shared.isJson()) {
            shared.answer().json(Map.of("node", node, "folder", folder, "drained", false, "cancelled", names(leaving)));
        }
        shared.answer()
                .say(folder + " of node " + node + " gets replicas again"
                        + (leaving.isEmpty() ? "" : ", and keeps " + leaving.size() + " that were on the way"));
    }

    private static boolean isFuture(Map<String, LogDirDescription> folders, TopicPartition partition) {
        return folders.values().stream()
                .map(each -> each.replicaInfos().get(partition))
                .anyMatch(replica -> replica != null && replica.isFuture());
    }

    /// Names where partitions are to be; those that are gone meanwhile need no place.
    private void move(Map<TopicPartition, String> targets) {
        Map<TopicPartitionReplica, String> wanted = new HashMap<>();
        targets.forEach((partition, target) ->
                wanted.put(new TopicPartitionReplica(partition.topic(), partition.partition(), node), target));
        for (KafkaFuture<Void> answer :
                admin.alterReplicaLogDirs(wanted).values().values()) {
            try {
                Replies.await(admin, answer);
            } catch (CommandFailure failure) {
                if (!(failure.getCause() instanceof UnknownTopicOrPartitionException
                        || failure.getCause() instanceof ReplicaNotAvailableException)) {
                    throw failure;
                }
            }
        }
    }

    private ConfigResource resource() {
        return new ConfigResource(ConfigResource.Type.BROKER, Integer.toString(node));
    }

    private Map<String, String> config() {
        var config = new HashMap<String, String>();
        Replies.await(admin, admin.describeConfigs(List.of(resource())).all()).values().stream()
                .flatMap(all -> all.entries().stream())
                .forEach(entry -> config.put(entry.name(), entry.value() == null ? "" : entry.value()));
        return config;
    }

    /// The first of its folders, unless the node says another one.
    private String metadataFolder() {
        Map<String, String> config = config();
        String said = config.getOrDefault(METADATA_FOLDER, "");
        return said.isEmpty()
                ? config.getOrDefault(FOLDERS, "").split(",", 2)[0].strip()
                : said;
    }

    private Set<String> setting() {
        Set<String> folders = new LinkedHashSet<>();
        for (String each : config().getOrDefault(CORDON, "").split(",")) {
            if (!each.isBlank()) {
                folders.add(each.strip());
            }
        }
        return folders;
    }

    private void set(Set<String> wanted) {
        Set<String> cordoned = new LinkedHashSet<>(wanted);
        cordoned.retainAll(folders().keySet()); // a folder that has another name by now would be refused
        var operation = new AlterConfigOp(
                new ConfigEntry(CORDON, String.join(",", cordoned)),
                cordoned.isEmpty() ? AlterConfigOp.OpType.DELETE : AlterConfigOp.OpType.SET);
        Replies.await(
                admin,
                admin.incrementalAlterConfigs(Map.of(resource(), List.of(operation)))
                        .all());
    }

    /// What there is to do now.
    private final class Round {
        private final List<TopicPartition> here = new ArrayList<>();
        private final List<TopicPartition> stuck = new ArrayList<>();
        private final Map<TopicPartition, String> targets = new HashMap<>();

        Round() {
            Map<String, LogDirDescription> folders = folders();
            Set<String> cordoned = setting();
            Map<String, Long> room = new HashMap<>();
            folders.forEach((name, described) -> {
                if (!name.equals(folder) && !cordoned.contains(name) && described.error() == null) {
                    room.put(name, described.usableBytes().orElse(0));
                }
            });
            replicas(folders).forEach((partition, replica) -> {
                if (replica.isFuture()) {
                    folders.forEach((name, other) -> {
                        var current = other.replicaInfos().get(partition);
                        if (!name.equals(folder) && current != null && !current.isFuture()) {
                            targets.put(partition, name); // it was on the way here
                        }
                    });
                    return;
                }
                here.add(partition);
                if (!isFuture(folders, partition)) {
                    choose(partition, replica.size(), room);
                }
            });
        }

        private void choose(TopicPartition partition, long bytes, Map<String, Long> room) {
            if (room.isEmpty() || wishes.merge(partition, 1, Integer::sum) > WISHES_MAX) {
                stuck.add(partition);
                return;
            }
            String target = room.entrySet().stream()
                    .max(Comparator.comparingLong(Map.Entry::getValue))
                    .orElseThrow()
                    .getKey();
            room.merge(target, -bytes, Long::sum);
            targets.put(partition, target);
        }

        void begin() {
            if (!targets.isEmpty()) {
                move(targets);
            }
        }
    }
}
