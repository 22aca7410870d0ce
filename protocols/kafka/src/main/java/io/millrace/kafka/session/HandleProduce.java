package io.millrace.kafka.session;

import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.AppendReply;
import io.millrace.broker.partition.LeaderHint;
import io.millrace.broker.partition.Partitions;
import io.millrace.broker.partition.RefusedSequences;
import io.millrace.kafka.codec.RecordSet;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.kafka.mapping.Nodes;
import io.millrace.kafka.mapping.Uuids;
import io.millrace.log.batch.AppendOrigin;
import io.millrace.log.batch.AppendResult;
import io.millrace.model.Clock;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.BatchIndexAndErrorMessage;
import org.apache.kafka.common.message.ProduceResponseData.LeaderIdAndEpoch;
import org.apache.kafka.common.message.ProduceResponseData.NodeEndpoint;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.jspecify.annotations.Nullable;

/// Produce (key 0). Batches go to the log as slices of the network buffer; each partition succeeds or fails by itself.
///
/// Appends happen in the call, in the order of the request, so one connection's batches never overtake each other.
final class HandleProduce implements Handler<ProduceRequest> {
    private static final int TOPIC_IDS_VERSION = 13;
    private static final int LEADER_HINTS_VERSION = 10;

    /// The client id of Kafka's own tools that may write to the broker's own topics.
    private static final String INTERNAL_CLIENT_ID = "__admin_client";

    private final Partitions partitions;
    private final CatalogSource catalog;

    /// Of topics this node has not heard of yet: there is no partition to ask.
    private final RefusedSequences refusedUnknown;

    HandleProduce(Partitions partitions, CatalogSource catalog, Clock clock) {
        this.partitions = partitions;
        this.catalog = catalog;
        this.refusedUnknown = new RefusedSequences(clock);
    }

    @Override
    public void handle(ProduceRequest request, RequestContext context, Reply reply) {
        ProduceRequestData data = request.data();
        Pending pending = new Pending(data.acks(), context, reply);
        for (TopicProduceData topic : data.topicData()) {
            pending.expect(topic.partitionData().size());
        }
        for (TopicProduceData topic : data.topicData()) {
            produce(topic, data, context, pending);
        }
        pending.sendIfDone();
    }

    private void produce(TopicProduceData topic, ProduceRequestData request, RequestContext context, Pending pending) {
        List<PartitionProduceResponse> answers =
                new ArrayList<>(topic.partitionData().size());
        pending.add(new TopicProduceResponse()
                .setName(topic.name())
                .setTopicId(topic.topicId())
                .setPartitionResponses(answers));
        String name = topic.name();
        Errors refusal = refusal(request);
        if (context.apiVersion() >= TOPIC_IDS_VERSION) {
            Optional<TopicView> found = catalog.current().topic(Uuids.topicId(topic.topicId()));
            name = found.map(TopicView::name).orElse("");
            if (found.isEmpty() && refusal == Errors.NONE) {
                refusal = Errors.UNKNOWN_TOPIC_ID;
            }
        }
        if (refusal == Errors.NONE && isClosedTo(context, name)) {
            refusal = Errors.INVALID_TOPIC_EXCEPTION;
        }
        for (PartitionProduceData partition : topic.partitionData()) {
            PartitionProduceResponse answer = new PartitionProduceResponse().setIndex(partition.index());
            answers.add(answer);
            if (isOutOfOrder(topic.topicId(), partition, refusal)) {
                pending.refuse(answer, Errors.OUT_OF_ORDER_SEQUENCE_NUMBER, "a batch before it was refused");
            } else if (refusal == Errors.NONE) {
                append(new TopicPartition(name, partition.index()), partition, request, context, answer, pending);
            } else {
                pending.refuse(answer, refusal, null);
            }
        }
    }

    /// A producer's batches that follow one on its way to a topic this node did not know are refused, although the
    /// topic has become known meanwhile, until that one comes again.
    private boolean isOutOfOrder(Uuid topic, PartitionProduceData partition, Errors refusal) {
        boolean isUnknown = refusal == Errors.UNKNOWN_TOPIC_ID;
        if (!isUnknown && (refusal != Errors.NONE || refusedUnknown.isEmpty())) {
            return false;
        }
        ByteBuffer batches = RecordSet.bytes(partition.records());
        IdOfPartition place = new IdOfPartition(topic, partition.index());
        if (isUnknown) {
            refusedUnknown.refused(place, batches);
            return false;
        }
        return refusedUnknown.isAhead(place, batches);
    }

    private record IdOfPartition(Uuid topic, int partition) {}

    private static Errors refusal(ProduceRequestData request) {
        if (request.acks() < -1 || request.acks() > 1) {
            return Errors.INVALID_REQUIRED_ACKS;
        }
        // There is no transaction coordinator yet, so no transaction can be open.
        return request.transactionalId() == null ? Errors.NONE : Errors.INVALID_TXN_STATE;
    }

    private boolean isClosedTo(RequestContext context, String topic) {
        // Names of the broker's own topics begin with "__", those of queues so; only they are worth a look into the
        // catalogue. A queue would take a foreign record for a gap, and settle it unseen, or for a commit: no client
        // may
        // write there, whatever it calls itself.
        boolean isQueue = topic.startsWith("queue");
        return (isQueue || topic.startsWith("__") && !context.clientId().equals(INTERNAL_CLIENT_ID))
                && catalog.current().topic(topic).map(TopicView::internal).orElse(false);
    }

    private void append(
            TopicPartition partition,
            PartitionProduceData data,
            ProduceRequestData request,
            RequestContext context,
            PartitionProduceResponse answer,
            Pending pending) {
        ByteBuffer batches = RecordSet.bytes(data.records());
        RecordSet.Verdict verdict = RecordSet.check(batches, context.apiVersion());
        if (verdict != RecordSet.Verdict.OK) {
            pending.refuse(answer, verdict.error(), verdict.message());
            return;
        }
        Acks acks = switch (request.acks()) {
            case 0 -> Acks.NONE;
            case 1 -> Acks.LEADER;
            default -> Acks.ALL;
        };
        partitions.append(
                partition,
                batches,
                context.lease(),
                AppendOrigin.CLIENT,
                acks,
                Math.max(0, request.timeoutMs()),
                appended -> pending.fill(answer, appended));
    }

    /// One request until all its partitions have answered.
    ///
    /// Owned by: the loop of the connection.
    private final class Pending {
        private final short acks;
        private final RequestContext context;
        private final Reply reply;
        private final ProduceResponseData response = new ProduceResponseData();
        private int waitingFor;
        private boolean complete;
        private String firstError = "";

        Pending(short acks, RequestContext context, Reply reply) {
            this.acks = acks;
            this.context = context;
            this.reply = reply;
        }

        void expect(int count) {
            waitingFor += count;
        }

        void add(TopicProduceResponse topic) {
            response.responses().add(topic);
        }

        void refuse(PartitionProduceResponse answer, Errors error, @Nullable String message) {
            answer.setErrorCode(error.code())
                    .setErrorMessage(message)
                    .setBaseOffset(-1)
                    .setLogAppendTimeMs(-1)
                    .setLogStartOffset(-1);
            noteError(error);
            waitingFor--;
        }

        void fill(PartitionProduceResponse answer, AppendReply appended) {
            AppendResult result = appended.result();
            answer.setBaseOffset(result.firstOffset())
                    .setLogAppendTimeMs(result.logAppendTimeMs())
                    .setLogStartOffset(result.logStartOffset());
            Errors error = ErrorCodes.of(appended.error());
            if (error != Errors.NONE) {
                answer.setErrorCode(error.code());
                answer.setErrorMessage(result.message().isEmpty() ? null : result.message());
                addRecordErrors(answer, appended);
                addLeader(answer, appended.leader());
                noteError(error);
            }
            waitingFor--;
            sendIfDone();
        }

        private void addRecordErrors(PartitionProduceResponse answer, AppendReply appended) {
            for (AppendResult.RecordError wrong : appended.recordErrors()) {
                answer.recordErrors()
                        .add(new BatchIndexAndErrorMessage()
                                .setBatchIndex(wrong.index())
                                .setBatchIndexErrorMessage(wrong.message()));
            }
        }

        /// KIP-951: the client learns the new leader from the refusal.
        private void addLeader(PartitionProduceResponse answer, LeaderHint leader) {
            if (context.apiVersion() < LEADER_HINTS_VERSION || leader.nodeId() < 0) {
                return;
            }
            answer.setCurrentLeader(
                    new LeaderIdAndEpoch().setLeaderId(leader.nodeId()).setLeaderEpoch(leader.leaderEpoch()));
            if (response.nodeEndpoints().find(leader.nodeId()) != null) {
                return;
            }
            Nodes.find(catalog.current(), leader.nodeId())
                    .ifPresent(node -> Nodes.endpoint(node, context.listener())
                            .ifPresent(endpoint -> response.nodeEndpoints().add(endpoint(node, endpoint))));
        }

        private NodeEndpoint endpoint(NodeView node, NodeView.Endpoint endpoint) {
            return new NodeEndpoint()
                    .setNodeId(node.id())
                    .setHost(endpoint.host())
                    .setPort(endpoint.port())
                    .setRack(Nodes.rack(node));
        }

        private void noteError(Errors error) {
            if (firstError.isEmpty()) {
                firstError = error.name();
            }
        }

        void sendIfDone() {
            if (waitingFor > 0 || complete) {
                return;
            }
            complete = true;
            if (acks != 0) {
                reply.send(new ProduceResponse(response));
            } else if (firstError.isEmpty()) {
                reply.nothing();
            } else {
                // A producer that wants no answer can only learn of a failure by losing its connection; it then asks
                // for metadata.
                reply.close("produce with acks=0 failed: " + firstError);
            }
        }
    }
}
