package io.millrace.cluster.call;

import io.millrace.broker.catalog.CatalogChanges.DeletedTopicReply;
import io.millrace.broker.catalog.CatalogChanges.MorePartitions;
import io.millrace.broker.catalog.CatalogChanges.NewTopic;
import io.millrace.broker.catalog.CatalogChanges.NewTopicReply;
import io.millrace.broker.catalog.CatalogChanges.TopicRef;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.controller.CreatePartitions;
import io.millrace.cluster.controller.CreateTopics;
import io.millrace.cluster.controller.DeleteTopics;
import io.millrace.cluster.metadata.ImageSnapshot;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.cluster.metadata.RecordCodec;
import io.millrace.cluster.metadata.RecordReader;
import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.cluster.metadata.RecordWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Calls about topics.
final class TopicShapes {
    static final Shape<CreateTopics, List<NewTopicReply>> CREATE = new Shape<>(
            1,
            MetadataLevel.FIRST,
            CreateTopics.class,
            (out, create) -> {
                out.writeList(create.topics(), TopicShapes::writeNewTopic);
                out.writeBoolean(create.validateOnly());
            },
            in -> new CreateTopics(in.readList(TopicShapes::readNewTopic), in.readBoolean()),
            (out, replies) -> out.writeList(replies, TopicShapes::writeCreated),
            (in, image) -> {
                MetadataImage empty = image.withoutTopics();
                return in.readList(each -> readCreated(each, empty));
            });

    static final Shape<DeleteTopics, List<DeletedTopicReply>> DELETE = new Shape<>(
            2,
            MetadataLevel.FIRST,
            DeleteTopics.class,
            (out, delete) -> out.writeList(delete.topics(), (each, ref) -> {
                each.writeText(ref.name());
                each.writeId(ref.id());
            }),
            in -> new DeleteTopics(in.readList(each -> new TopicRef(each.readText(), each.readId()))),
            (out, replies) -> out.writeList(replies, (each, reply) -> {
                each.writeText(reply.name());
                each.writeId(reply.id());
                CommonShapes.writeOutcome(each, reply.outcome());
            }),
            (in, image) -> in.readList(
                    each -> new DeletedTopicReply(each.readText(), each.readId(), CommonShapes.readOutcome(each))));

    static final Shape<CreatePartitions, List<Outcome>> EXTEND = new Shape<>(
            3,
            MetadataLevel.FIRST,
            CreatePartitions.class,
            (out, create) -> {
                out.writeList(create.topics(), (each, more) -> {
                    each.writeText(more.topic());
                    each.writeSigned(more.total());
                    each.writeList(more.assignment(), CommonShapes::writeNodeIds);
                });
                out.writeBoolean(create.validateOnly());
            },
            in -> new CreatePartitions(
                    in.readList(each -> new MorePartitions(
                            each.readText(), each.readSigned(), each.readList(CommonShapes::readNodeIds))),
                    in.readBoolean()),
            CommonShapes::writeOutcomes,
            (in, image) -> CommonShapes.readOutcomes(in));

    private TopicShapes() {}

    private static void writeNewTopic(RecordWriter out, NewTopic topic) {
        out.writeText(topic.name());
        out.writeSigned(topic.partitions());
        out.writeSigned(topic.replicationFactor());
        out.writeList(List.copyOf(new TreeMap<>(topic.assignment()).entrySet()), (each, entry) -> {
            each.writeSigned(entry.getKey());
            CommonShapes.writeNodeIds(each, entry.getValue());
        });
        out.writeList(List.copyOf(topic.configs().keySet()), (each, name) -> {
            each.writeText(name);
            CommonShapes.writeOptionalText(
                    each, Optional.ofNullable(topic.configs().get(name)));
        });
    }

    private static NewTopic readNewTopic(RecordReader in) throws MalformedRecord {
        String name = in.readText();
        int partitions = in.readSigned();
        int replicationFactor = in.readSigned();
        Map<Integer, List<Integer>> assignment = new HashMap<>();
        for (Map.Entry<Integer, List<Integer>> each :
                in.readList(entry -> Map.entry(entry.readSigned(), CommonShapes.readNodeIds(entry)))) {
            assignment.put(each.getKey(), each.getValue());
        }
        Map<String, @Nullable String> configs = new LinkedHashMap<>();
        for (Map.Entry<String, Optional<String>> each :
                in.readList(entry -> Map.entry(entry.readText(), CommonShapes.readOptionalText(entry)))) {
            configs.put(each.getKey(), each.getValue().orElse(null));
        }
        return new NewTopic(name, partitions, replicationFactor, assignment, configs);
    }

    /// The topic travels as the records that make it: who only validated has no other place to look it up.
    private static void writeCreated(RecordWriter out, NewTopicReply reply) {
        out.writeText(reply.name());
        CommonShapes.writeOutcome(out, reply.outcome());
        TopicView topic = reply.topic();
        out.writeList(
                topic == null ? List.of() : ImageSnapshot.records(topic),
                (each, record) -> each.writeBytes(RecordCodec.encode(record)));
    }

    private static NewTopicReply readCreated(RecordReader in, MetadataImage empty) throws MalformedRecord {
        String name = in.readText();
        Outcome outcome = CommonShapes.readOutcome(in);
        List<MetadataRecord> records = in.readList(TopicShapes::readRecord);
        return new NewTopicReply(name, outcome, records.isEmpty() ? null : topic(records, empty));
    }

    private static MetadataRecord readRecord(RecordReader in) throws MalformedRecord {
        return switch (RecordCodec.decode(ByteBuffer.wrap(in.readBytes()))) {
            case RecordCodec.Decoded.Complete(MetadataRecord record) -> record;
            case RecordCodec.Decoded.Malformed(String why) -> throw new MalformedRecord(why);
        };
    }

    private static TopicView topic(List<MetadataRecord> records, MetadataImage empty) throws MalformedRecord {
        if (!(records.getFirst() instanceof MetadataRecord.TopicCreated created)) {
            throw new MalformedRecord("a topic that does not begin with its creation");
        }
        List<MetadataRecord> fitting = new ArrayList<>(List.of(created));
        int next = 0;
        for (MetadataRecord record : records.subList(1, records.size())) {
            if (!(record instanceof MetadataRecord.PartitionsCreated partitions)
                    || !partitions.topicId().equals(created.topicId())
                    || partitions.first() != next) {
                throw new MalformedRecord("a topic with something else between its partitions");
            }
            next += partitions.partitions().size();
            fitting.add(record);
        }
        return empty.with(fitting).topic(created.topicId()).orElseThrow();
    }
}
