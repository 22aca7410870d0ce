package io.millrace.kafka.session;

import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.TopicView;
import io.millrace.broker.partition.OffsetReply;
import io.millrace.broker.partition.Partitions;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.log.config.LogConfig;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.util.Optional;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.requests.DeleteRecordsRequest;
import org.apache.kafka.common.requests.DeleteRecordsResponse;

/// DeleteRecords (key 21, KIP-107): moves the first offset up. Not on the broker's own topics, and not on topics that
/// are only compacted.
final class HandleDeleteRecords implements Handler<DeleteRecordsRequest> {
    private static final long HIGH_WATERMARK = -1;
    private static final long NO_LOW_WATERMARK = -1;

    private final Partitions partitions;
    private final CatalogSource catalog;

    HandleDeleteRecords(Partitions partitions, CatalogSource catalog) {
        this.partitions = partitions;
        this.catalog = catalog;
    }

    @Override
    public void handle(DeleteRecordsRequest request, RequestContext context, Reply reply) {
        DeleteRecordsResponseData data = new DeleteRecordsResponseData();
        Gather gather = new Gather(() -> reply.send(new DeleteRecordsResponse(data)));
        for (DeleteRecordsTopic topic : request.data().topics()) {
            DeleteRecordsTopicResult answers = new DeleteRecordsTopicResult().setName(topic.name());
            data.topics().add(answers);
            ErrorKind refusal = refusal(topic.name());
            for (DeleteRecordsPartition asked : topic.partitions()) {
                DeleteRecordsPartitionResult answer = new DeleteRecordsPartitionResult()
                        .setPartitionIndex(asked.partitionIndex())
                        .setLowWatermark(NO_LOW_WATERMARK);
                answers.partitions().add(answer);
                delete(topic.name(), asked, request.data().timeoutMs(), refusal, answer, gather);
            }
        }
        gather.allAsked();
    }

    private void delete(
            String topic,
            DeleteRecordsPartition asked,
            int timeoutMs,
            ErrorKind refusal,
            DeleteRecordsPartitionResult answer,
            Gather gather) {
        if (refusal != ErrorKind.NONE) {
            answer.setErrorCode(ErrorCodes.code(refusal));
        } else if (asked.offset() < HIGH_WATERMARK) {
            answer.setErrorCode(ErrorCodes.code(ErrorKind.OFFSET_OUT_OF_RANGE));
        } else {
            gather.expectOne();
            var id = new TopicPartition(topic, asked.partitionIndex());
            partitions.deleteRecords(id, asked.offset(), timeoutMs, deleted -> {
                fill(answer, deleted);
                gather.oneDone();
            });
        }
    }

    private ErrorKind refusal(String name) {
        Optional<TopicView> topic = catalog.current().topic(name);
        if (topic.isEmpty()) {
            return ErrorKind.UNKNOWN_TOPIC_OR_PARTITION;
        }
        if (topic.get().internal()) {
            return ErrorKind.INVALID_TOPIC;
        }
        LogConfig log = topic.get().settings().log();
        return log.compact() && !log.delete() ? ErrorKind.POLICY_VIOLATION : ErrorKind.NONE;
    }

    private static void fill(DeleteRecordsPartitionResult answer, OffsetReply deleted) {
        answer.setErrorCode(ErrorCodes.code(deleted.error()));
        if (deleted.error() == ErrorKind.NONE || deleted.error() == ErrorKind.REQUEST_TIMED_OUT) {
            answer.setLowWatermark(deleted.offset());
        }
    }
}
