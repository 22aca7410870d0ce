package io.millrace.cluster.raft;

import io.millrace.cluster.peer.PeerAddress;
import io.millrace.model.TopicId;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.VotersRecord;
import org.apache.kafka.raft.Batch;
import org.apache.kafka.raft.ControlRecord;

/// The voters as the committed log has them, with where they are reached: the engine keeps them as control records
/// among ours.
///
/// Owned by: the metadata loop.
final class VoterSetView {
    private final SortedMap<Integer, RaftSettings.Voter> voters = new TreeMap<>();
    private Runnable onChange = () -> {};

    /// @param initial what holds until the log says something
    VoterSetView(List<RaftSettings.Voter> initial) {
        initial.forEach(voter -> voters.put(voter.nodeId(), voter));
    }

    /// Runs `action` after each change from now on.
    void whenChanged(Runnable action) {
        onChange = action;
    }

    /// A batch of the log or of a snapshot.
    void apply(Batch<?> batch) {
        for (ControlRecord record : batch.controlRecords()) {
            if (record.message() instanceof VotersRecord message) {
                voters.clear();
                message.voters().forEach(this::put);
                onChange.run();
            }
        }
    }

    private void put(VotersRecord.Voter voter) {
        Uuid directory = voter.voterDirectoryId();
        for (VotersRecord.Endpoint endpoint : voter.endpoints()) {
            if (endpoint.name().equals(PeerNetwork.LISTENER.value())) {
                voters.put(
                        voter.voterId(),
                        new RaftSettings.Voter(
                                voter.voterId(),
                                new TopicId(directory.getMostSignificantBits(), directory.getLeastSignificantBits()),
                                new PeerAddress(endpoint.host(), endpoint.port())));
            }
        }
    }

    List<RaftSettings.Voter> all() {
        return List.copyOf(voters.values());
    }

    SortedSet<Integer> ids() {
        return new TreeSet<>(voters.keySet());
    }

    Optional<PeerAddress> addressOf(int nodeId) {
        return Optional.ofNullable(voters.get(nodeId)).map(RaftSettings.Voter::address);
    }
}
