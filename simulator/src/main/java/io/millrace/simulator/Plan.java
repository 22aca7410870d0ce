package io.millrace.simulator;

import io.millrace.broker.partition.Acks;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What one seed sets out to do: how many nodes, which topics, who produces, which faults, for how long. Every seed
/// leaves most kinds of faults out, so that those it has come in unusual company.
///
/// @param lagMsMax after which a silent follower leaves the in-sync replicas
/// @param faults by kind, how often: the larger, the more
/// @param faultGapMsMax between one fault and the next
/// @param troubleMs for how long there are faults
/// @param answerBytesMax how much a leader tells a follower at once, of all partitions together
public record Plan(
        int nodes,
        long lagMsMax,
        List<Topic> topics,
        List<Client> producers,
        Map<FaultKind, Integer> faults,
        int faultGapMsMax,
        int troubleMs,
        int answerBytesMax) {
    /// As much as the server's leaders.
    static final int ROOMY = 10 << 20;

    /// @param configs by Kafka's names
    public record Topic(String name, int partitions, int replicationFactor, Map<String, String> configs) {
        private static final String SEGMENT_MS = "segment.ms";
        private static final String MAJORITY_LAG_MS = "millrace.replica.lag.time.max.ms";

        /// With segments that are sealed soon: what is read from them comes from the disk.
        Topic sealing() {
            Map<String, String> more = new LinkedHashMap<>(configs);
            more.put(SEGMENT_MS, "400");
            return new Topic(name, partitions, replicationFactor, more);
        }

        Topic unsealed() {
            Map<String, String> fewer = new LinkedHashMap<>(configs);
            fewer.remove(SEGMENT_MS);
            return new Topic(name, partitions, replicationFactor, fewer);
        }

        /// A majority goes on without a follower that is silent for so long, as in the log of a queue.
        Topic hasty(int lagMs) {
            Map<String, String> more = new LinkedHashMap<>(configs);
            more.put(MAJORITY_LAG_MS, Integer.toString(lagMs));
            return new Topic(name, partitions, replicationFactor, more);
        }

        Topic patient() {
            Map<String, String> fewer = new LinkedHashMap<>(configs);
            fewer.remove(MAJORITY_LAG_MS);
            return new Topic(name, partitions, replicationFactor, fewer);
        }

        boolean isPageCache() {
            return "page-cache".equals(configs.get("millrace.durability"));
        }

        boolean isUnclean() {
            return "true".equals(configs.get("unclean.leader.election.enable"));
        }
    }

    /// A producer.
    public record Client(String topic, int partition, Acks acks) {}

    static Plan draw(SeededRandomness chance) {
        int nodes = chance.onceIn(5) ? 5 : chance.onceIn(6) ? 4 : 3;
        Map<FaultKind, Integer> faults = faults(chance);
        List<Topic> topics = topics(chance, faults.containsKey(FaultKind.WIPE));
        List<Client> producers = new ArrayList<>();
        for (Topic topic : topics) {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                producers.add(new Client(topic.name(), partition, Acks.ALL));
                if (chance.onceIn(3)) {
                    producers.add(new Client(topic.name(), partition, Acks.ALL));
                }
                if (chance.onceIn(4)) {
                    producers.add(new Client(topic.name(), partition, Acks.LEADER));
                }
            }
        }
        Plan plan = new Plan(
                nodes,
                chance.between(800, 6_000),
                topics,
                producers,
                faults,
                chance.pick(List.of(400, 1_000, 2_500)),
                chance.between(4_000, 12_000),
                ROOMY);
        Plan onDisks = chance.onceIn(4) ? plan.withBitFlips(chance.between(2, 10)) : plan;
        Plan told = chance.onceIn(2) ? onDisks.withAnswersOf(chance.between(100, 1_500)) : onDisks;
        return chance.onceIn(2) ? told.withMajoritiesThatWait(chance.between(50, 1_000)) : told;
    }

    /// Drawn last of all, and left out of old seeds.
    private Plan withMajoritiesThatWait(int lagMs) {
        List<Topic> hasty = topics.stream().map(topic -> topic.hasty(lagMs)).toList();
        return new Plan(nodes, lagMsMax, hasty, producers, faults, faultGapMsMax, troubleMs, answerBytesMax);
    }

    /// The same where nobody leaves the in-sync replicas early.
    Plan withPatientMajorities() {
        List<Topic> patient = topics.stream().map(Topic::patient).toList();
        return new Plan(nodes, lagMsMax, patient, producers, faults, faultGapMsMax, troubleMs, answerBytesMax);
    }

    /// Answers that hold a few batches, so that what comes behind others often has no room. Left out of old seeds, too.
    private Plan withAnswersOf(int bytesMax) {
        return new Plan(nodes, lagMsMax, topics, producers, faults, faultGapMsMax, troubleMs, bytesMax);
    }

    /// The same with room in every answer.
    Plan withRoomyAnswers() {
        return withAnswersOf(ROOMY);
    }

    /// Bits flip on one disk, when what was acknowledged is on another one, too, and that is not lost. Drawn last, and
    /// left out of old seeds, so that those mean what they meant.
    private Plan withBitFlips(int weight) {
        Topic safe = topics.getFirst();
        if (faults.containsKey(FaultKind.WIPE) || !"2".equals(safe.configs().get("min.insync.replicas"))) {
            return this;
        }
        Map<FaultKind, Integer> more = new LinkedHashMap<>(faults);
        more.put(FaultKind.BIT_FLIP, weight);
        List<Topic> sealing = new ArrayList<>(topics);
        sealing.set(0, safe.sealing());
        return new Plan(nodes, lagMsMax, sealing, producers, more, faultGapMsMax, troubleMs, answerBytesMax);
    }

    /// The same on disks that give back what was written.
    Plan withoutBitFlips() {
        Map<FaultKind, Integer> fewer = new LinkedHashMap<>(faults);
        fewer.remove(FaultKind.BIT_FLIP);
        List<Topic> unsealed = topics.stream().map(Topic::unsealed).toList();
        return new Plan(nodes, lagMsMax, unsealed, producers, fewer, faultGapMsMax, troubleMs, answerBytesMax);
    }

    /// The node whose disk is not to be trusted.
    int badDisk() {
        return nodes;
    }

    boolean hasBitFlips() {
        return faults.containsKey(FaultKind.BIT_FLIP);
    }

    /// Who loses whole disks must have two that hold what was acknowledged, and not in their page caches only: else a
    /// partition stays without a leader, as it should.
    private static List<Topic> topics(SeededRandomness chance, boolean areDisksLost) {
        List<Topic> topics = new ArrayList<>();
        int minInSync = areDisksLost || !chance.onceIn(6) ? 2 : 1;
        topics.add(topic("safe", chance.between(1, 2), minInSync, chance, Map.of()));
        if (chance.onceIn(3) && !areDisksLost) {
            topics.add(topic("cached", 1, minInSync, chance, Map.of("millrace.durability", "page-cache")));
        }
        if (chance.onceIn(6)) {
            topics.add(topic("loose", 1, minInSync, chance, Map.of("unclean.leader.election.enable", "true")));
        }
        return topics;
    }

    private static Topic topic(
            String name, int partitions, int minInSync, SeededRandomness chance, Map<String, String> more) {
        Map<String, String> configs = new LinkedHashMap<>(more);
        configs.put("min.insync.replicas", Integer.toString(minInSync));
        if (chance.onceIn(4)) {
            configs.put("retention.bytes", "6000");
        }
        return new Topic(name, partitions, 3, configs);
    }

    private static Map<FaultKind, Integer> faults(SeededRandomness chance) {
        Map<FaultKind, Integer> faults = new LinkedHashMap<>();
        for (FaultKind kind : FaultKind.values()) {
            if (kind != FaultKind.BIT_FLIP && chance.onceIn(3)) {
                faults.put(kind, chance.between(1, 10));
            }
        }
        if (faults.isEmpty()) {
            faults.put(FaultKind.KILL, 1);
        }
        return faults;
    }
}
