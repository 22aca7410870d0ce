package io.millrace.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import org.apache.kafka.common.message.BeginQuorumEpochRequestData;
import org.apache.kafka.common.message.EndQuorumEpochRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.VoteRequestData;
import org.apache.kafka.common.message.VoteResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.raft.LeaderAndEpoch;
import org.junit.jupiter.api.Test;

/// What the engine would end over is kept from it, and nothing else.
class LeaderClaimsTest {
    private static final int SELF = 2;
    private static final LeaderAndEpoch NOTHING = new LeaderAndEpoch(OptionalInt.empty(), 0);

    @Test
    void whoKnowsNothingDoesNotLead() {
        LeaderClaims claims = knowing(NOTHING);

        assertThat(claims.isBelievable(fetched(SELF, 2, Errors.NONE))).isFalse();
        assertThat(claims.isBelievable(begins(SELF, 2))).isFalse();
        assertThat(claims.isBelievable(ends(SELF, 2))).isFalse();
        assertThat(claims.isBelievable(voted(SELF, 2, Errors.FENCED_LEADER_EPOCH)))
                .isFalse();
    }

    @Test
    void anotherLeaderOfALaterEpochIsBelieved() {
        LeaderClaims claims = knowing(new LeaderAndEpoch(OptionalInt.of(SELF), 2));

        assertThat(claims.isBelievable(fetched(1, 3, Errors.NONE))).isTrue();
        assertThat(claims.isBelievable(begins(1, 3))).isTrue();
    }

    @Test
    void oneEpochHasOneLeader() {
        LeaderClaims claims = knowing(new LeaderAndEpoch(OptionalInt.of(SELF), 2));

        assertThat(claims.isBelievable(begins(1, 2))).isFalse();
        assertThat(claims.isBelievable(fetched(1, 2, Errors.NOT_LEADER_OR_FOLLOWER)))
                .isFalse();
        assertThat(claims.isBelievable(begins(SELF, 2))).isTrue();
    }

    @Test
    void aVoteForItAfterARestartCounts() {
        LeaderClaims claims = knowing(new LeaderAndEpoch(OptionalInt.empty(), 2));

        assertThat(claims.isBelievable(voted(SELF, 2, Errors.NONE))).isTrue();
        assertThat(claims.isBelievable(voted(1, 2, Errors.NONE))).isTrue();
        assertThat(claims.isBelievable(fetched(SELF, 2, Errors.NOT_LEADER_OR_FOLLOWER)))
                .isFalse();
    }

    @Test
    void whoIsBehindAndWhoSaysNothingIsLeftToTheEngine() {
        LeaderClaims claims = knowing(new LeaderAndEpoch(OptionalInt.of(1), 5));

        assertThat(claims.isBelievable(fetched(SELF, 4, Errors.FENCED_LEADER_EPOCH)))
                .isTrue();
        assertThat(claims.isBelievable(fetched(-1, 6, Errors.NONE))).isTrue();
        assertThat(claims.isBelievable(new VoteRequestData())).isTrue();
        assertThat(new LeaderClaims(SELF).isBelievable(fetched(SELF, 9, Errors.NONE)))
                .isTrue();
    }

    private static LeaderClaims knowing(LeaderAndEpoch known) {
        LeaderClaims claims = new LeaderClaims(SELF);
        claims.open(() -> known);
        return claims;
    }

    private static ApiMessage fetched(int leader, int epoch, Errors error) {
        FetchResponseData.PartitionData said = new FetchResponseData.PartitionData().setErrorCode(error.code());
        said.currentLeader().setLeaderId(leader).setLeaderEpoch(epoch);
        FetchResponseData.FetchableTopicResponse topic = new FetchResponseData.FetchableTopicResponse();
        topic.partitions().add(said);
        FetchResponseData answer = new FetchResponseData();
        answer.responses().add(topic);
        return answer;
    }

    private static ApiMessage voted(int leader, int epoch, Errors error) {
        VoteResponseData.TopicData topic = new VoteResponseData.TopicData();
        topic.partitions()
                .add(new VoteResponseData.PartitionData()
                        .setErrorCode(error.code())
                        .setLeaderId(leader)
                        .setLeaderEpoch(epoch));
        VoteResponseData answer = new VoteResponseData();
        answer.topics().add(topic);
        return answer;
    }

    private static ApiMessage begins(int leader, int epoch) {
        BeginQuorumEpochRequestData.TopicData topic = new BeginQuorumEpochRequestData.TopicData();
        topic.partitions()
                .add(new BeginQuorumEpochRequestData.PartitionData()
                        .setLeaderId(leader)
                        .setLeaderEpoch(epoch));
        BeginQuorumEpochRequestData request = new BeginQuorumEpochRequestData();
        request.topics().add(topic);
        return request;
    }

    private static ApiMessage ends(int leader, int epoch) {
        EndQuorumEpochRequestData.TopicData topic = new EndQuorumEpochRequestData.TopicData();
        topic.partitions()
                .add(new EndQuorumEpochRequestData.PartitionData()
                        .setLeaderId(leader)
                        .setLeaderEpoch(epoch));
        EndQuorumEpochRequestData request = new EndQuorumEpochRequestData();
        request.topics().add(topic);
        return request;
    }
}
