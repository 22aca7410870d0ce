package io.millrace.cluster.call;

import io.millrace.broker.catalog.ClusterChanges.Election;
import io.millrace.broker.catalog.ClusterChanges.PartitionRef;
import io.millrace.broker.catalog.ClusterChanges.Reassignment;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.controller.ChangeInSync;
import io.millrace.cluster.controller.ElectLeaders;
import io.millrace.cluster.controller.GiveUpReplicas;
import io.millrace.cluster.controller.InSyncChange;
import io.millrace.cluster.controller.InSyncMember;
import io.millrace.cluster.controller.RaiseLeaderEpochs;
import io.millrace.cluster.controller.Reassign;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.metadata.RecordReader;
import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.cluster.metadata.RecordWriter;
import java.util.List;
import java.util.Optional;

/// Calls about who hosts and leads partitions.
final class PartitionShapes {
    static final Shape<RaiseLeaderEpochs, Outcome> RAISE = new Shape<>(
            7,
            MetadataLevel.FIRST,
            RaiseLeaderEpochs.class,
            (out, raise) -> out.writeList(raise.partitions(), (each, behind) -> {
                each.writeId(behind.topic());
                each.writeSigned(behind.partition());
                each.writeSigned(behind.latestEpoch());
            }),
            in -> new RaiseLeaderEpochs(in.readList(
                    each -> new RaiseLeaderEpochs.Behind(each.readId(), each.readSigned(), each.readSigned()))),
            CommonShapes::writeOutcome,
            (in, image) -> CommonShapes.readOutcome(in));

    static final Shape<ChangeInSync, List<Outcome>> IN_SYNC = new Shape<>(
            8,
            MetadataLevel.FIRST,
            ChangeInSync.class,
            (out, change) -> {
                out.writeSigned(change.nodeId());
                out.writeVarlong(change.nodeEpoch());
                out.writeList(change.changes(), PartitionShapes::writeInSync);
            },
            in -> new ChangeInSync(in.readSigned(), in.readVarlong(), in.readList(PartitionShapes::readInSync)),
            CommonShapes::writeOutcomes,
            (in, image) -> CommonShapes.readOutcomes(in));

    static final Shape<GiveUpReplicas, Outcome> GIVE_UP = new Shape<>(
            9,
            MetadataLevel.FIRST,
            GiveUpReplicas.class,
            (out, given) -> {
                out.writeSigned(given.nodeId());
                out.writeVarlong(given.nodeEpoch());
                out.writeList(given.partitions(), CommonShapes::writePartition);
            },
            in -> new GiveUpReplicas(in.readSigned(), in.readVarlong(), in.readList(CommonShapes::readPartition)),
            CommonShapes::writeOutcome,
            (in, image) -> CommonShapes.readOutcome(in));

    static final Shape<ElectLeaders, List<Outcome>> ELECT = new Shape<>(
            10,
            MetadataLevel.FIRST,
            ElectLeaders.class,
            (out, elect) -> {
                out.writeBoolean(elect.election() == Election.UNCLEAN);
                out.writeList(elect.partitions(), (each, ref) -> {
                    each.writeText(ref.topic());
                    each.writeSigned(ref.partition());
                });
            },
            in -> new ElectLeaders(
                    in.readBoolean() ? Election.UNCLEAN : Election.PREFERRED,
                    in.readList(each -> new PartitionRef(each.readText(), each.readSigned()))),
            CommonShapes::writeOutcomes,
            (in, image) -> CommonShapes.readOutcomes(in));

    static final Shape<Reassign, List<Outcome>> REASSIGN = new Shape<>(
            11,
            MetadataLevel.FIRST,
            Reassign.class,
            (out, reassign) -> {
                out.writeList(reassign.partitions(), PartitionShapes::writeReassignment);
                out.writeBoolean(reassign.changeFactor());
            },
            in -> new Reassign(in.readList(PartitionShapes::readReassignment), in.readBoolean()),
            CommonShapes::writeOutcomes,
            (in, image) -> CommonShapes.readOutcomes(in));

    private PartitionShapes() {}

    private static void writeInSync(RecordWriter out, InSyncChange change) {
        out.writeId(change.topicId());
        out.writeSigned(change.partition());
        out.writeSigned(change.leaderEpoch());
        out.writeSigned(change.partitionEpoch());
        out.writeList(change.members(), (each, member) -> {
            each.writeSigned(member.nodeId());
            each.writeVarlong(member.nodeEpoch());
        });
    }

    private static InSyncChange readInSync(RecordReader in) throws MalformedRecord {
        return new InSyncChange(
                in.readId(),
                in.readSigned(),
                in.readSigned(),
                in.readSigned(),
                in.readList(each -> new InSyncMember(each.readSigned(), each.readVarlong())));
    }

    private static void writeReassignment(RecordWriter out, Reassignment wish) {
        out.writeText(wish.topic());
        out.writeSigned(wish.partition());
        out.writeBoolean(wish.replicas().isPresent());
        wish.replicas().ifPresent(replicas -> CommonShapes.writeNodeIds(out, replicas));
    }

    private static Reassignment readReassignment(RecordReader in) throws MalformedRecord {
        return new Reassignment(
                in.readText(),
                in.readSigned(),
                in.readBoolean() ? Optional.of(CommonShapes.readNodeIds(in)) : Optional.empty());
    }
}
