package io.millrace.broker.group;

import io.millrace.broker.partition.FetchQuery;
import io.millrace.broker.partition.FetchReply;
import io.millrace.broker.partition.OffsetQuery;
import io.millrace.broker.partition.OffsetReply;
import io.millrace.log.FileSlice;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Reads a shard's log from its first offset to the high watermark, one piece per turn, and applies what it finds.
///
/// Records of transactions are held back until their transaction commits, and forgotten when it aborts or never ends.
///
/// Owned by: the shard's loop. Used once.
final class ShardLoader implements GroupRecordCodec.Entries {
    private final TopicPartition partition;
    private final ShardHome home;
    private final GroupRecordCodec codec;
    private final int bytesMax;
    private final GroupShard shard;
    private final Owner owner;
    private final Map<Long, List<GroupRecord>> pendingByProducer = new LinkedHashMap<>();
    private final Map<String, Integer> skipped = new TreeMap<>();
    private long committedEnd;
    private boolean cancelled;

    ShardLoader(
            TopicPartition partition,
            ShardHome home,
            GroupRecordCodec codec,
            int bytesMax,
            GroupShard shard,
            Owner owner) {
        this.partition = partition;
        this.home = home;
        this.codec = codec;
        this.bytesMax = bytesMax;
        this.shard = shard;
        this.owner = owner;
    }

    /// Whom the loader reports to: one of the two, once, unless it was cancelled.
    interface Owner {
        void onLoaded(ShardLoader loader);

        void onLoadFailed(ShardLoader loader, ErrorKind error);
    }

    GroupShard shard() {
        return shard;
    }

    Map<String, Integer> skipped() {
        return skipped;
    }

    /// A new leader says LATEST only when it knows everything that was committed before it: what is loaded earlier may
    /// lack the last commits.
    void start() {
        home.partitions().offset(new OffsetQuery(partition, OffsetQuery.Kind.LATEST, -1, -1, false), this::onLatest);
    }

    private void onLatest(OffsetReply reply) {
        if (reply.error() != ErrorKind.NONE) {
            fail(reply.error());
        } else if (!cancelled) {
            committedEnd = reply.offset();
            home.partitions()
                    .offset(new OffsetQuery(partition, OffsetQuery.Kind.EARLIEST, -1, -1, false), this::onEarliest);
        }
    }

    void cancel() {
        cancelled = true;
    }

    private void onEarliest(OffsetReply reply) {
        if (reply.error() != ErrorKind.NONE) {
            fail(reply.error());
        } else {
            read(Math.max(reply.offset(), 0));
        }
    }

    private void read(long fromOffset) {
        if (cancelled) {
            return;
        }
        var ask = new FetchQuery.Ask(partition, fromOffset, bytesMax, -1, -1);
        home.partitions()
                .fetch(
                        new FetchQuery(FetchQuery.Asker.CONSUMER, 0, bytesMax, 0, false, List.of(ask)),
                        reply -> onRead(fromOffset, reply.parts().get(0)));
    }

    private void onRead(long fromOffset, FetchReply.Part part) {
        FileSlice slice = part.slice();
        try {
            if (cancelled) {
                return;
            }
            if (part.error() != ErrorKind.NONE) {
                fail(part.error());
                return;
            }
            long nextOffset = slice == null ? fromOffset : codec.decode(bytesOf(slice), fromOffset, this);
            if (nextOffset >= Math.max(part.highWatermark(), committedEnd)) {
                owner.onLoaded(this);
            } else if (nextOffset == fromOffset) {
                fail(ErrorKind.STORAGE_ERROR); // nothing readable although the log goes on
            } else {
                home.loop().post(() -> read(nextOffset));
            }
        } catch (IOException unreadable) {
            fail(ErrorKind.STORAGE_ERROR);
        } finally {
            if (slice != null) {
                slice.release();
            }
        }
    }

    private static ByteBuffer bytesOf(FileSlice slice) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(slice.length());
        slice.file().read(bytes, slice.position());
        return bytes.flip();
    }

    private void fail(ErrorKind error) {
        if (!cancelled) {
            cancelled = true;
            owner.onLoadFailed(this, error);
        }
    }

    @Override
    public void record(GroupRecord record) {
        shard.apply(record);
    }

    @Override
    public void pending(long producerId, GroupRecord record) {
        pendingByProducer.computeIfAbsent(producerId, id -> new ArrayList<>()).add(record);
    }

    @Override
    public void transactionEnded(long producerId, boolean committed) {
        List<GroupRecord> records = pendingByProducer.remove(producerId);
        if (records != null && committed) {
            records.forEach(shard::apply);
        }
    }

    @Override
    public void skipped(String what) {
        skipped.merge(what, 1, Integer::sum);
    }
}
