package io.millrace.kafka.replica;

import io.millrace.broker.partition.FetchReply.DivergingEpoch;
import io.millrace.kafka.codec.Decoded;
import io.millrace.kafka.codec.RecordSet;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.kafka.mapping.Uuids;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.EpochEndOffset;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ResponseHeader;
import org.jspecify.annotations.Nullable;

/// A leader's answer to a [FetchCall]. Records are slices of the frame.
///
/// @param error of the answer as a whole; then there are no parts
/// @param sessionId 0 when there is none
public record FetchedFrame(Errors error, int sessionId, List<Part> parts) {
    /// What is told of one partition.
    ///
    /// @param highWatermark -1 on error
    /// @param startOffset the leader's first offset, -1 when it is not told
    public record Part(
            TopicId topic,
            int partition,
            ErrorKind error,
            ByteBuffer records,
            long highWatermark,
            long startOffset,
            @Nullable DivergingEpoch divergingEpoch) {}

    /// Whether the leader knows nothing of the session, so that everything is to be named again.
    public boolean isSessionLost() {
        return error == Errors.FETCH_SESSION_ID_NOT_FOUND
                || error == Errors.INVALID_FETCH_SESSION_EPOCH
                || error == Errors.FETCH_SESSION_TOPIC_ID_ERROR;
    }

    /// @param frame from the correlation id on
    public static Decoded<FetchedFrame> decode(ByteBuffer frame) {
        int start = frame.position();
        try {
            ResponseHeader.parse(frame, ApiKeys.FETCH.responseHeaderVersion(FetchCall.VERSION));
            FetchResponseData data = new FetchResponseData(new ByteBufferAccessor(frame), FetchCall.VERSION);
            return new Decoded.Complete<>(of(data));
        } catch (RuntimeException e) {
            // As in RequestDecoder: the generated readers answer bad input with half a dozen unrelated exceptions.
            return new Decoded.Malformed<>("Fetch answer breaks its layout at byte " + (frame.position() - start));
        }
    }

    private static FetchedFrame of(FetchResponseData data) {
        List<Part> parts = new ArrayList<>();
        for (FetchableTopicResponse topic : data.responses()) {
            TopicId id = Uuids.topicId(topic.topicId());
            for (PartitionData partition : topic.partitions()) {
                parts.add(part(id, partition));
            }
        }
        return new FetchedFrame(Errors.forCode(data.errorCode()), data.sessionId(), parts);
    }

    private static Part part(TopicId topic, PartitionData data) {
        EpochEndOffset diverging = data.divergingEpoch();
        boolean isDiverging = diverging.endOffset() >= 0;
        return new Part(
                topic,
                data.partitionIndex(),
                ErrorCodes.kind(Errors.forCode(data.errorCode())),
                RecordSet.bytes(data.records()),
                data.highWatermark(),
                data.logStartOffset(),
                isDiverging ? new DivergingEpoch(diverging.epoch(), diverging.endOffset()) : null);
    }
}
