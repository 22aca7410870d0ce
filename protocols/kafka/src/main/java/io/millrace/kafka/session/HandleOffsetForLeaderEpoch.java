package io.millrace.kafka.session;

import io.millrace.broker.partition.Partitions;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochRequest;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochResponse;

/// OffsetForLeaderEpoch (key 23): where an epoch ended, so that a client notices a truncated log (KIP-320).
final class HandleOffsetForLeaderEpoch implements Handler<OffsetsForLeaderEpochRequest> {
    private final Partitions partitions;

    HandleOffsetForLeaderEpoch(Partitions partitions) {
        this.partitions = partitions;
    }

    @Override
    public void handle(OffsetsForLeaderEpochRequest request, RequestContext context, Reply reply) {
        OffsetForLeaderEpochResponseData data = new OffsetForLeaderEpochResponseData();
        Gather gather = new Gather(() -> reply.send(new OffsetsForLeaderEpochResponse(data)));
        for (OffsetForLeaderTopic topic : request.data().topics()) {
            List<EpochEndOffset> answers = new ArrayList<>(topic.partitions().size());
            data.topics()
                    .add(new OffsetForLeaderTopicResult()
                            .setTopic(topic.topic())
                            .setPartitions(answers));
            for (OffsetForLeaderPartition asked : topic.partitions()) {
                EpochEndOffset answer = new EpochEndOffset().setPartition(asked.partition());
                answers.add(answer);
                gather.expectOne();
                partitions.epochEnd(
                        new TopicPartition(topic.topic(), asked.partition()),
                        asked.currentLeaderEpoch(),
                        asked.leaderEpoch(),
                        found -> {
                            fill(answer, found);
                            gather.oneDone();
                        });
            }
        }
        gather.allAsked();
    }

    private static void fill(EpochEndOffset answer, Partitions.EpochEndReply found) {
        answer.setErrorCode(ErrorCodes.code(found.error()));
        if (found.error() == ErrorKind.NONE) {
            answer.setLeaderEpoch(found.epoch()).setEndOffset(found.endOffset());
        }
    }
}
