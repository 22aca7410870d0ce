package io.millrace.kafka.session;

import io.millrace.broker.partition.Partitions;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.log.producer.ProducerView;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.DescribeProducersResponseData.ProducerState;
import org.apache.kafka.common.message.DescribeProducersResponseData.TopicResponse;
import org.apache.kafka.common.requests.DescribeProducersRequest;
import org.apache.kafka.common.requests.DescribeProducersResponse;

/// DescribeProducers (key 61, KIP-664).
final class HandleDescribeProducers implements Handler<DescribeProducersRequest> {
    private final Partitions partitions;

    HandleDescribeProducers(Partitions partitions) {
        this.partitions = partitions;
    }

    @Override
    public void handle(DescribeProducersRequest request, RequestContext context, Reply reply) {
        DescribeProducersResponseData data = new DescribeProducersResponseData();
        Gather gather = new Gather(() -> reply.send(new DescribeProducersResponse(data)));
        for (TopicRequest topic : request.data().topics()) {
            List<PartitionResponse> answers =
                    new ArrayList<>(topic.partitionIndexes().size());
            data.topics().add(new TopicResponse().setName(topic.name()).setPartitions(answers));
            for (int index : topic.partitionIndexes()) {
                PartitionResponse answer = new PartitionResponse().setPartitionIndex(index);
                answers.add(answer);
                gather.expectOne();
                partitions.producers(new TopicPartition(topic.name(), index), found -> {
                    fill(answer, found);
                    gather.oneDone();
                });
            }
        }
        gather.allAsked();
    }

    private static void fill(PartitionResponse answer, Partitions.ProducersReply found) {
        answer.setErrorCode(ErrorCodes.code(found.error()));
        if (found.error() != ErrorKind.NONE) {
            answer.setErrorMessage(ErrorCodes.of(found.error()).message());
            return;
        }
        for (ProducerView producer : found.producers()) {
            answer.activeProducers()
                    .add(new ProducerState()
                            .setProducerId(producer.producerId())
                            .setProducerEpoch(producer.epoch())
                            .setLastSequence(producer.lastSequence())
                            .setLastTimestamp(producer.lastTimestampMs())
                            .setCoordinatorEpoch(producer.coordinatorEpoch())
                            .setCurrentTxnStartOffset(producer.currentTxnStartOffset()));
        }
    }
}
