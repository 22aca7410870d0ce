package io.millrace.cluster.metadata;

import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.FeatureRange;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.NodeView.Standing;
import io.millrace.cluster.metadata.MetadataRecord.ConfigChanged;
import io.millrace.cluster.metadata.MetadataRecord.FeatureLevelSet;
import io.millrace.cluster.metadata.MetadataRecord.NodeCordoned;
import io.millrace.cluster.metadata.MetadataRecord.NodeEpochReached;
import io.millrace.cluster.metadata.MetadataRecord.NodeFenced;
import io.millrace.cluster.metadata.MetadataRecord.NodeLeaving;
import io.millrace.cluster.metadata.MetadataRecord.NodeRegistered;
import io.millrace.cluster.metadata.MetadataRecord.NodeUnfenced;
import io.millrace.cluster.metadata.MetadataRecord.NodeUnregistered;
import io.millrace.cluster.metadata.MetadataRecord.PartitionChanged;
import io.millrace.cluster.metadata.MetadataRecord.PartitionsCreated;
import io.millrace.cluster.metadata.MetadataRecord.ProducerIdsAllocated;
import io.millrace.cluster.metadata.MetadataRecord.TopicCreated;
import io.millrace.cluster.metadata.MetadataRecord.TopicDeleted;
import io.millrace.cluster.metadata.MetadataRecord.TopologyRecorded;
import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.model.TopicId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Records as bytes: a version byte, a type byte, then the fields in order; numbers are varints, lists and strings
/// carry their length. A total function both ways: any bytes decode to a record or to the reason why they are none.
///
/// The numbers below are on disks: never reuse one.
public final class RecordCodec {
    /// Partitions in one record; more take several records.
    public static final int PARTITIONS_MAX = 100_000;

    static final int VERSION = 4;
    private static final int THIRD_VERSION = 3;
    private static final int SECOND_VERSION = 2;
    private static final int FIRST_VERSION = 1;
    private static final int DIRECTORIES_MAX = 1_000;
    private static final int CONFIGS_MAX = 1_000;
    private static final int ENDPOINTS_MAX = 100;
    private static final int FEATURES_MAX = 100;

    private static final int NODE_REGISTERED = 1;
    private static final int NODE_FENCED = 2;
    private static final int NODE_UNFENCED = 3;
    private static final int NODE_UNREGISTERED = 4;
    private static final int TOPIC_CREATED = 5;
    private static final int PARTITIONS_CREATED = 6;
    private static final int PARTITION_CHANGED = 7;
    private static final int TOPIC_DELETED = 8;
    private static final int CONFIG_CHANGED = 9;
    private static final int FEATURE_LEVEL_SET = 10;
    private static final int PRODUCER_IDS_ALLOCATED = 11;
    private static final int NODE_LEAVING = 12;
    private static final int NODE_CORDONED = 13;
    private static final int NODE_EPOCH_REACHED = 14;
    private static final int TOPOLOGY_RECORDED = 15;

    private RecordCodec() {}

    /// What bytes turned out to be.
    public sealed interface Decoded {
        /// A record that filled the bytes exactly.
        record Complete(MetadataRecord record) implements Decoded {}

        /// Not a record this version knows.
        record Malformed(String why) implements Decoded {}
    }

    public static byte[] encode(MetadataRecord record) {
        RecordWriter out = new RecordWriter();
        int version = version(record);
        out.writeByte(version);
        switch (record) {
            case NodeRegistered node -> writeNode(out, node, version);
            case NodeFenced fenced -> writeNumbered(out, NODE_FENCED, fenced.nodeId());
            case NodeUnfenced unfenced -> writeNumbered(out, NODE_UNFENCED, unfenced.nodeId());
            case NodeUnregistered gone -> writeNumbered(out, NODE_UNREGISTERED, gone.nodeId());
            case NodeLeaving leaving -> writeNumbered(out, NODE_LEAVING, leaving.nodeId());
            case NodeCordoned cordoned -> {
                writeNumbered(out, NODE_CORDONED, cordoned.nodeId());
                out.writeBoolean(cordoned.cordoned());
            }
            case NodeEpochReached reached -> {
                out.writeByte(NODE_EPOCH_REACHED);
                out.writeVarlong(reached.epoch());
            }
            case TopicCreated topic -> writeTopic(out, topic);
            case PartitionsCreated partitions -> writePartitions(out, partitions, version);
            case PartitionChanged changed -> {
                out.writeByte(PARTITION_CHANGED);
                out.writeId(changed.topicId());
                out.writeUnsigned(changed.partition());
                writeState(out, changed.state(), version);
            }
            case TopicDeleted deleted -> {
                out.writeByte(TOPIC_DELETED);
                out.writeId(deleted.topicId());
            }
            case ConfigChanged config -> writeConfig(out, config);
            case FeatureLevelSet feature -> {
                out.writeByte(FEATURE_LEVEL_SET);
                out.writeString(feature.feature());
                out.writeUnsigned(feature.level());
                out.writeVarlong(feature.epoch());
            }
            case ProducerIdsAllocated ids -> {
                writeNumbered(out, PRODUCER_IDS_ALLOCATED, ids.nodeId());
                out.writeVarlong(ids.next());
            }
            case TopologyRecorded(TopologyRecord fact) -> {
                out.writeByte(TOPOLOGY_RECORDED);
                TopologyRecordCodec.write(out, fact);
            }
        }
        return out.toBytes();
    }

    /// Version 2 brought node epochs and reassignments, version 3 the disks of nodes that have several, version 4 the
    /// levels nodes can work at. What has none of them is still written as before, which keeps logs as short as they
    /// were. All of it is older than the first [MetadataLevel]: builds before it stop at the first registration. A
    /// version that comes from now on is written for what came with its level only.
    private static int version(MetadataRecord record) {
        return switch (record) {
            case NodeRegistered node -> version(node);
            case PartitionChanged changed -> changed.state().isReassigning() ? SECOND_VERSION : FIRST_VERSION;
            case PartitionsCreated created ->
                created.partitions().stream().anyMatch(PartitionState::isReassigning) ? SECOND_VERSION : FIRST_VERSION;
            case NodeFenced _,
                    NodeUnfenced _,
                    NodeUnregistered _,
                    NodeLeaving _,
                    NodeCordoned _,
                    NodeEpochReached _,
                    TopicCreated _,
                    TopicDeleted _,
                    ConfigChanged _,
                    FeatureLevelSet _,
                    ProducerIdsAllocated _,
                    TopologyRecorded _ -> FIRST_VERSION;
        };
    }

    private static int version(NodeRegistered node) {
        if (!node.features().isEmpty()) {
            return VERSION;
        }
        return node.otherDirectories().isEmpty() ? SECOND_VERSION : THIRD_VERSION;
    }

    /// Whether a registration somebody sent fits into a record.
    public static boolean isWritable(NodeRegistered node) {
        return node.nodeId() >= 0
                && RecordWriter.isString(node.rack())
                && node.otherDirectories().size() <= DIRECTORIES_MAX
                && node.endpoints().size() <= ENDPOINTS_MAX
                && node.endpoints().stream()
                        .allMatch(endpoint -> RecordWriter.isString(endpoint.listener())
                                && RecordWriter.isString(endpoint.host())
                                && endpoint.port() >= 0)
                && node.features().size() <= FEATURES_MAX
                && node.features().entrySet().stream()
                        .allMatch(feature -> RecordWriter.isString(feature.getKey())
                                && feature.getValue().min() >= 0
                                && feature.getValue().max() >= 0);
    }

    /// Reads what this build knows.
    public static Decoded decode(ByteBuffer bytes) {
        return decode(bytes, MetadataLevel.newest());
    }

    /// Reads what a build knows of which `known` is the highest level: neither what came later, nor that the others
    /// went on to it.
    public static Decoded decode(ByteBuffer bytes, MetadataLevel known) {
        RecordReader in = new RecordReader(bytes.slice());
        try {
            int version = in.readByte();
            if (version < FIRST_VERSION || version > VERSION) {
                return new Decoded.Malformed(
                        "record version " + version + ", this node knows " + FIRST_VERSION + " to " + VERSION);
            }
            MetadataRecord record = readRecord(in, version);
            if (!known.has(record)) {
                return new Decoded.Malformed("the cluster works at level " + MetadataLevel.since(record) + " of "
                        + MetadataLevel.FEATURE + ", and this build knows levels up to " + known.number());
            }
            return in.remaining() == 0
                    ? new Decoded.Complete(record)
                    : new Decoded.Malformed(in.remaining() + " bytes after the record");
        } catch (MalformedRecord e) {
            return new Decoded.Malformed(String.valueOf(e.getMessage()));
        }
    }

    private static MetadataRecord readRecord(RecordReader in, int version) throws MalformedRecord {
        int type = in.readByte();
        return switch (type) {
            case NODE_REGISTERED -> readNode(in, version);
            case NODE_FENCED -> new NodeFenced(in.readUnsigned());
            case NODE_UNFENCED -> new NodeUnfenced(in.readUnsigned());
            case NODE_UNREGISTERED -> new NodeUnregistered(in.readUnsigned());
            case TOPIC_CREATED -> readTopic(in);
            case PARTITIONS_CREATED -> readPartitions(in, version);
            case PARTITION_CHANGED -> new PartitionChanged(in.readId(), in.readUnsigned(), readState(in, version));
            case TOPIC_DELETED -> new TopicDeleted(in.readId());
            case CONFIG_CHANGED -> readConfig(in);
            case FEATURE_LEVEL_SET -> new FeatureLevelSet(in.readString(), in.readUnsigned(), in.readVarlong());
            case PRODUCER_IDS_ALLOCATED -> new ProducerIdsAllocated(in.readUnsigned(), in.readVarlong());
            case NODE_LEAVING -> new NodeLeaving(in.readUnsigned());
            case NODE_CORDONED -> new NodeCordoned(in.readUnsigned(), in.readBoolean());
            case NODE_EPOCH_REACHED -> new NodeEpochReached(in.readVarlong());
            case TOPOLOGY_RECORDED -> new TopologyRecorded(TopologyRecordCodec.read(in));
            default -> throw new MalformedRecord("record type " + type);
        };
    }

    private static void writeNumbered(RecordWriter out, int type, int number) {
        out.writeByte(type);
        out.writeUnsigned(number);
    }

    private static void writeNode(RecordWriter out, NodeRegistered node, int version) {
        writeNumbered(out, NODE_REGISTERED, node.nodeId());
        out.writeVarlong(node.epoch());
        out.writeId(node.incarnation());
        out.writeId(node.directoryId());
        out.writeString(node.rack());
        out.writeByte(RecordNumbers.of(node.standing()));
        out.writeCount(node.endpoints().size(), ENDPOINTS_MAX);
        for (NodeView.Endpoint endpoint : node.endpoints()) {
            out.writeString(endpoint.listener());
            out.writeString(endpoint.host());
            out.writeUnsigned(endpoint.port());
        }
        if (version >= THIRD_VERSION) {
            out.writeCount(node.otherDirectories().size(), DIRECTORIES_MAX);
            node.otherDirectories().forEach(out::writeId);
        }
        if (version == VERSION) {
            writeRanges(out, node.features());
        }
    }

    private static void writeRanges(RecordWriter out, Map<String, FeatureRange> features) {
        out.writeCount(features.size(), FEATURES_MAX);
        new TreeMap<>(features).forEach((feature, range) -> {
            out.writeString(feature);
            out.writeUnsigned(range.min());
            out.writeUnsigned(range.max());
        });
    }

    private static Map<String, FeatureRange> readRanges(RecordReader in) throws MalformedRecord {
        int count = in.readCount(FEATURES_MAX);
        Map<String, FeatureRange> features = new TreeMap<>();
        for (int at = 0; at < count; at++) {
            features.put(in.readString(), new FeatureRange(in.readUnsigned(), in.readUnsigned()));
        }
        if (features.size() != count) {
            throw new MalformedRecord("a feature twice");
        }
        return features;
    }

    private static NodeRegistered readNode(RecordReader in, int version) throws MalformedRecord {
        int nodeId = in.readUnsigned();
        long epoch = version == FIRST_VERSION ? 0 : in.readVarlong();
        TopicId incarnation = in.readId();
        TopicId directoryId = in.readId();
        String rack = in.readString();
        Standing standing = version == FIRST_VERSION
                ? in.readBoolean() ? Standing.FENCED : Standing.ACTIVE
                : RecordNumbers.standing(in.readByte());
        int count = in.readCount(ENDPOINTS_MAX);
        List<NodeView.Endpoint> endpoints = new ArrayList<>(count);
        for (int at = 0; at < count; at++) {
            endpoints.add(new NodeView.Endpoint(in.readString(), in.readString(), in.readUnsigned()));
        }
        List<TopicId> others = version >= THIRD_VERSION ? readIds(in) : List.of();
        Map<String, FeatureRange> features = version == VERSION ? readRanges(in) : Map.of();
        return new NodeRegistered(nodeId, epoch, incarnation, directoryId, others, rack, standing, endpoints, features);
    }

    private static List<TopicId> readIds(RecordReader in) throws MalformedRecord {
        int count = in.readCount(DIRECTORIES_MAX);
        List<TopicId> ids = new ArrayList<>(count);
        for (int at = 0; at < count; at++) {
            ids.add(in.readId());
        }
        return ids;
    }

    private static void writeTopic(RecordWriter out, TopicCreated topic) {
        out.writeByte(TOPIC_CREATED);
        out.writeId(topic.topicId());
        out.writeString(topic.name());
        out.writeBoolean(topic.internal());
        out.writeCount(topic.configs().size(), CONFIGS_MAX);
        new TreeMap<>(topic.configs()).forEach((name, value) -> {
            out.writeString(name);
            out.writeString(value);
        });
    }

    private static TopicCreated readTopic(RecordReader in) throws MalformedRecord {
        TopicId id = in.readId();
        String name = in.readString();
        boolean internal = in.readBoolean();
        int count = in.readCount(CONFIGS_MAX);
        Map<String, String> configs = new TreeMap<>();
        for (int at = 0; at < count; at++) {
            configs.put(in.readString(), in.readString());
        }
        if (configs.size() != count) {
            throw new MalformedRecord("a setting twice");
        }
        return new TopicCreated(id, name, internal, configs);
    }

    /// Equal neighbours are written once with their number: on one node, any number of partitions takes a few bytes.
    private static void writePartitions(RecordWriter out, PartitionsCreated created, int version) {
        List<PartitionState> states = created.partitions();
        out.writeByte(PARTITIONS_CREATED);
        out.writeId(created.topicId());
        out.writeUnsigned(created.first());
        out.writeCount(states.size(), PARTITIONS_MAX);
        int at = 0;
        while (at < states.size()) {
            int end = at + 1;
            while (end < states.size() && states.get(end).equals(states.get(at))) {
                end++;
            }
            out.writeUnsigned(end - at);
            writeState(out, states.get(at), version);
            at = end;
        }
    }

    private static PartitionsCreated readPartitions(RecordReader in, int version) throws MalformedRecord {
        TopicId id = in.readId();
        int first = in.readUnsigned();
        int count = in.readUpTo(PARTITIONS_MAX, "partition count");
        List<PartitionState> states = new ArrayList<>();
        while (states.size() < count) {
            int run = in.readUpTo(count - states.size(), "run of partitions");
            PartitionState state = readState(in, version);
            if (run == 0) {
                throw new MalformedRecord("empty run of partitions");
            }
            for (int at = 0; at < run; at++) {
                states.add(state);
            }
        }
        return new PartitionsCreated(id, first, states);
    }

    private static void writeState(RecordWriter out, PartitionState state, int version) {
        boolean fresh = state.isFresh();
        out.writeBoolean(fresh);
        out.writeNodeIds(state.replicas());
        if (fresh) {
            return;
        }
        out.writeNodeIds(state.isr());
        out.writeOptionalId(state.leader());
        out.writeUnsigned(state.leaderEpoch());
        out.writeUnsigned(state.partitionEpoch());
        out.writeNodeIds(state.eligibleLeaderReplicas());
        out.writeNodeIds(state.lastKnownEligibleLeaderReplicas());
        if (version > FIRST_VERSION) {
            out.writeNodeIds(state.addingReplicas());
            out.writeNodeIds(state.removingReplicas());
        }
    }

    private static PartitionState readState(RecordReader in, int version) throws MalformedRecord {
        boolean fresh = in.readBoolean();
        List<Integer> replicas = in.readNodeIds();
        if (fresh) {
            if (replicas.isEmpty()) {
                throw new MalformedRecord("fresh partition without replicas");
            }
            return PartitionState.created(replicas);
        }
        List<Integer> isr = in.readNodeIds();
        return new PartitionState(
                in.readOptionalId(),
                in.readUnsigned(),
                in.readUnsigned(),
                replicas,
                isr,
                in.readNodeIds(),
                in.readNodeIds(),
                version == FIRST_VERSION ? List.of() : in.readNodeIds(),
                version == FIRST_VERSION ? List.of() : in.readNodeIds());
    }

    private static void writeConfig(RecordWriter out, ConfigChanged config) {
        out.writeByte(CONFIG_CHANGED);
        out.writeByte(RecordNumbers.of(config.resource().kind()));
        out.writeString(config.resource().name());
        out.writeString(config.name());
        out.writeBoolean(config.value().isPresent());
        config.value().ifPresent(out::writeString);
    }

    private static ConfigChanged readConfig(RecordReader in) throws MalformedRecord {
        ConfigResource resource = new ConfigResource(RecordNumbers.kind(in.readByte()), in.readString());
        String name = in.readString();
        return new ConfigChanged(resource, name, in.readBoolean() ? Optional.of(in.readString()) : Optional.empty());
    }
}
