package io.millrace.benchmarks.jmh;

import io.millrace.broker.catalog.CatalogChanges;
import io.millrace.broker.catalog.ConfigEntry;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.AppendReply;
import io.millrace.broker.partition.FetchQuery;
import io.millrace.broker.partition.FetchReply;
import io.millrace.broker.partition.FollowerReads;
import io.millrace.broker.partition.OffsetQuery;
import io.millrace.broker.partition.OffsetReply;
import io.millrace.broker.partition.Partitions;
import io.millrace.log.batch.AppendOrigin;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.TopicPartition;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The ports that the request under measurement must not touch: using one ends the benchmark.
final class NothingElse implements Partitions, CatalogChanges {
    private static UnsupportedOperationException unexpected() {
        return new UnsupportedOperationException("not part of this benchmark");
    }

    @Override
    public void append(
            TopicPartition partition,
            ByteBuffer batches,
            Lease lease,
            AppendOrigin origin,
            Acks acks,
            long timeoutMs,
            Consumer<AppendReply> reply) {
        throw unexpected();
    }

    @Override
    public Waiting fetch(FetchQuery query, Consumer<FetchReply> reply) {
        throw unexpected();
    }

    @Override
    public <Q extends FollowerReads.Question> FollowerReads<Q> follow(FetchQuery.Asker asker) {
        throw unexpected();
    }

    @Override
    public void offset(OffsetQuery query, Consumer<OffsetReply> reply) {
        throw unexpected();
    }

    @Override
    public void deleteRecords(
            TopicPartition partition, long beforeOffset, long timeoutMs, Consumer<OffsetReply> reply) {
        throw unexpected();
    }

    @Override
    public void epochEnd(TopicPartition partition, int currentLeaderEpoch, int epoch, Consumer<EpochEndReply> reply) {
        throw unexpected();
    }

    @Override
    public void producers(TopicPartition partition, Consumer<ProducersReply> reply) {
        throw unexpected();
    }

    @Override
    public void logDirectories(Consumer<List<LogDirectoryView>> reply) {
        throw unexpected();
    }

    @Override
    public void moveLog(TopicPartition partition, String path, Consumer<ErrorKind> reply) {
        throw unexpected();
    }

    @Override
    public void createTopics(List<NewTopic> topics, boolean validateOnly, Consumer<List<NewTopicReply>> reply) {
        throw unexpected();
    }

    @Override
    public void deleteTopics(List<TopicRef> topics, Consumer<List<DeletedTopicReply>> reply) {
        throw unexpected();
    }

    @Override
    public void createPartitions(List<MorePartitions> topics, boolean validateOnly, Consumer<List<Outcome>> reply) {
        throw unexpected();
    }

    @Override
    public void alterConfigs(List<ConfigChanges> changes, boolean validateOnly, Consumer<List<Outcome>> reply) {
        throw unexpected();
    }

    @Override
    public Optional<List<ConfigEntry>> describeConfigs(ConfigResource resource, @Nullable List<String> names) {
        throw unexpected();
    }

    @Override
    public List<ConfigResource> configResources(ConfigResource.Kind kind) {
        throw unexpected();
    }

    @Override
    public void allocateProducerIds(Consumer<ProducerIdBlock> reply) {
        throw unexpected();
    }
}
