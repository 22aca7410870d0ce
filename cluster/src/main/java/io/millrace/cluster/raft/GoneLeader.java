package io.millrace.cluster.raft;

import java.util.List;
import org.apache.kafka.common.message.EndQuorumEpochRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.raft.KafkaRaftClient;
import org.apache.kafka.raft.LeaderAndEpoch;
import org.apache.kafka.raft.RaftRequest;
import org.apache.kafka.raft.RaftUtil;
import org.apache.kafka.raft.ReplicaKey;

/// Tells our own engine what a leader that stops would have told it (EndQuorumEpoch, KIP-595), when the leader's
/// process is gone without a word: connecting to it is refused. The election then begins at once, not after the fetch
/// timeout. When to begin one is free in Raft; who wins it is decided by votes as ever.
///
/// Owned by: the metadata loop.
final class GoneLeader {
    private static final int NONE = -1;

    private final RaftSettings settings;
    private final KafkaRaftClient<byte[]> client;
    private final VoterSetView voters;
    private int toldEpoch = NONE;

    GoneLeader(RaftSettings settings, KafkaRaftClient<byte[]> client, VoterSetView voters) {
        this.settings = settings;
        this.client = client;
        this.voters = voters;
    }

    /// Nobody listens where node `nodeId` did.
    void onRefused(int nodeId) {
        LeaderAndEpoch leader = client.leaderAndEpoch();
        if (!leader.isLeader(nodeId) || leader.epoch() == toldEpoch) {
            return;
        }
        toldEpoch = leader.epoch();
        List<ReplicaKey> candidates = voters.all().stream()
                .filter(voter -> voter.nodeId() != nodeId)
                .map(voter -> ReplicaKey.of(voter.nodeId(), RaftEngine.uuid(voter.directoryId())))
                .toList();
        EndQuorumEpochRequestData end = RaftUtil.singletonEndQuorumEpochRequest(
                RaftEngine.PARTITION, settings.identity().clusterId(), leader.epoch(), nodeId, candidates);
        client.handle(new RaftRequest.Inbound(
                        PeerNetwork.LISTENER,
                        0,
                        ApiKeys.END_QUORUM_EPOCH.latestVersion(),
                        end,
                        SteadyTime.OF_PROCESS.milliseconds()))
                .whenComplete((response, failure) -> {});
    }
}
