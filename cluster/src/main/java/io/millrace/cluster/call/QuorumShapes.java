package io.millrace.cluster.call;

import io.millrace.broker.catalog.ClusterChanges.Member;
import io.millrace.broker.catalog.ClusterChanges.QuorumReply;
import io.millrace.broker.catalog.ClusterChanges.QuorumView;
import io.millrace.broker.catalog.ClusterChanges.Voter;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.metadata.RecordReader;
import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.cluster.metadata.RecordWriter;

/// Calls about the metadata quorum.
final class QuorumShapes {
    static final Shape<Call.DescribeQuorum, QuorumReply> DESCRIBE = new Shape<>(
            17,
            MetadataLevel.FIRST,
            Call.DescribeQuorum.class,
            (out, call) -> {},
            in -> new Call.DescribeQuorum(),
            QuorumShapes::writeQuorum,
            (in, image) -> new QuorumReply(CommonShapes.readOutcome(in), readQuorum(in)));

    static final Shape<Call.AddVoter, Outcome> ADD = new Shape<>(
            18,
            MetadataLevel.FIRST,
            Call.AddVoter.class,
            (out, add) -> {
                out.writeSigned(add.voter().nodeId());
                out.writeId(add.voter().directoryId());
                out.writeList(add.voter().endpoints(), CommonShapes::writeEndpoint);
            },
            in -> new Call.AddVoter(new Voter(in.readSigned(), in.readId(), in.readList(CommonShapes::readEndpoint))),
            CommonShapes::writeOutcome,
            (in, image) -> CommonShapes.readOutcome(in));

    static final Shape<Call.RemoveVoter, Outcome> REMOVE = new Shape<>(
            19,
            MetadataLevel.FIRST,
            Call.RemoveVoter.class,
            (out, remove) -> {
                out.writeSigned(remove.nodeId());
                out.writeId(remove.directoryId());
            },
            in -> new Call.RemoveVoter(in.readSigned(), in.readId()),
            CommonShapes::writeOutcome,
            (in, image) -> CommonShapes.readOutcome(in));

    private QuorumShapes() {}

    private static void writeQuorum(RecordWriter out, QuorumReply reply) {
        CommonShapes.writeOutcome(out, reply.outcome());
        QuorumView quorum = reply.quorum();
        out.writeSigned(quorum.leaderId());
        out.writeSigned(quorum.leaderEpoch());
        out.writeVarlong(quorum.highWatermark());
        out.writeList(quorum.voters(), QuorumShapes::writeMember);
        out.writeList(quorum.observers(), QuorumShapes::writeMember);
    }

    private static QuorumView readQuorum(RecordReader in) throws MalformedRecord {
        return new QuorumView(
                in.readSigned(),
                in.readSigned(),
                in.readVarlong(),
                in.readList(QuorumShapes::readMember),
                in.readList(QuorumShapes::readMember));
    }

    private static void writeMember(RecordWriter out, Member member) {
        out.writeSigned(member.nodeId());
        out.writeId(member.directoryId());
        out.writeVarlong(member.logEndOffset());
        out.writeVarlong(member.lastFetchMs());
        out.writeVarlong(member.lastCaughtUpMs());
    }

    private static Member readMember(RecordReader in) throws MalformedRecord {
        return new Member(in.readSigned(), in.readId(), in.readVarlong(), in.readVarlong(), in.readVarlong());
    }
}
