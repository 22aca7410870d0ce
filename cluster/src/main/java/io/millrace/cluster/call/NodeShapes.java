package io.millrace.cluster.call;

import io.millrace.broker.catalog.FeatureRange;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.controller.Heartbeat;
import io.millrace.cluster.controller.HeartbeatReply;
import io.millrace.cluster.controller.RegisterNode;
import io.millrace.cluster.controller.RegisterNode.Registered;
import io.millrace.cluster.controller.UnregisterNode;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.metadata.RecordNumbers;
import io.millrace.cluster.metadata.RecordReader;
import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.cluster.metadata.RecordWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Calls about nodes.
final class NodeShapes {
    /// Number 12 was the same without levels.
    static final Shape<RegisterNode, Registered> REGISTER = new Shape<>(
            20,
            MetadataLevel.FIRST,
            RegisterNode.class,
            (out, node) -> {
                out.writeSigned(node.nodeId());
                out.writeId(node.incarnation());
                out.writeId(node.directoryId());
                out.writeList(node.otherDirectories(), RecordWriter::writeId);
                out.writeText(node.rack());
                out.writeList(node.endpoints(), CommonShapes::writeEndpoint);
                out.writeList(List.copyOf(new TreeMap<>(node.features()).entrySet()), NodeShapes::writeRange);
            },
            in -> new RegisterNode(
                    in.readSigned(),
                    in.readId(),
                    in.readId(),
                    in.readList(RecordReader::readId),
                    in.readText(),
                    in.readList(CommonShapes::readEndpoint),
                    ranges(in.readList(NodeShapes::readRange))),
            (out, registered) -> {
                CommonShapes.writeOutcome(out, registered.outcome());
                out.writeVarlong(registered.epoch());
            },
            (in, image) -> new Registered(CommonShapes.readOutcome(in), in.readVarlong()));

    static final Shape<Call.Beat, HeartbeatReply> BEAT = new Shape<>(
            13,
            MetadataLevel.FIRST,
            Call.Beat.class,
            (out, beat) -> writeHeartbeat(out, beat.heartbeat()),
            in -> new Call.Beat(new Heartbeat(
                    in.readSigned(),
                    in.readVarlong(),
                    in.readVarlong() - 1,
                    in.readVarlong(),
                    in.readBoolean(),
                    in.readBoolean())),
            (out, reply) -> {
                CommonShapes.writeOutcome(out, reply.outcome());
                out.writeByte(RecordNumbers.of(reply.standing()));
                out.writeBoolean(reply.mayStop());
                out.writeVarlong(reply.answeredMs());
                out.writeVarlong(reply.followedMsAgo() + 1);
            },
            (in, image) -> new HeartbeatReply(
                    CommonShapes.readOutcome(in),
                    RecordNumbers.standing(in.readByte()),
                    in.readBoolean(),
                    in.readVarlong(),
                    in.readVarlong() - 1));

    static final Shape<UnregisterNode, Outcome> UNREGISTER = new Shape<>(
            14,
            MetadataLevel.FIRST,
            UnregisterNode.class,
            (out, node) -> out.writeSigned(node.nodeId()),
            in -> new UnregisterNode(in.readSigned()),
            CommonShapes::writeOutcome,
            (in, image) -> CommonShapes.readOutcome(in));

    static final Shape<Call.AwaitApplied, Outcome> AWAIT_APPLIED = new Shape<>(
            22,
            MetadataLevel.TOPOLOGY,
            Call.AwaitApplied.class,
            (out, wanted) -> out.writeVarlong(wanted.offset() + 1),
            in -> new Call.AwaitApplied(in.readVarlong() - 1),
            CommonShapes::writeOutcome,
            (in, image) -> CommonShapes.readOutcome(in));

    // 15 and 16 were calls that cordoned and drained; no number is used for another call.

    private NodeShapes() {}

    private static void writeRange(RecordWriter out, Map.Entry<String, FeatureRange> feature) {
        out.writeText(feature.getKey());
        out.writeSigned(feature.getValue().min());
        out.writeSigned(feature.getValue().max());
    }

    private static Map.Entry<String, FeatureRange> readRange(RecordReader in) throws MalformedRecord {
        return Map.entry(in.readText(), new FeatureRange(in.readSigned(), in.readSigned()));
    }

    private static Map<String, FeatureRange> ranges(List<Map.Entry<String, FeatureRange>> entries)
            throws MalformedRecord {
        Map<String, FeatureRange> ranges = new TreeMap<>();
        entries.forEach(entry -> ranges.put(entry.getKey(), entry.getValue()));
        if (ranges.size() != entries.size()) {
            throw new MalformedRecord("a feature twice");
        }
        return ranges;
    }

    /// Before the first metadata record the offset is -1.
    private static void writeHeartbeat(RecordWriter out, Heartbeat heartbeat) {
        out.writeSigned(heartbeat.nodeId());
        out.writeVarlong(heartbeat.nodeEpoch());
        out.writeVarlong(heartbeat.appliedOffset() + 1);
        out.writeVarlong(heartbeat.answeredMs());
        out.writeBoolean(heartbeat.wantsToServe());
        out.writeBoolean(heartbeat.wantsToLeave());
    }
}
