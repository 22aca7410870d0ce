package io.millrace.broker.queue;

import io.millrace.broker.message.Message;
import io.millrace.broker.partition.FetchQuery;
import io.millrace.broker.partition.FetchReply;
import io.millrace.broker.partition.Partitions;
import io.millrace.log.FileSlice;
import io.millrace.model.ErrorKind;
import io.millrace.model.Loop;
import io.millrace.model.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// Reads messages of one queue back from its log, a piece at a time: what lies behind the one that was wanted will be
/// wanted next, and stays until another piece is read. Where that does not hold pieces become small. However many ask,
/// one read is out.
///
/// Owned by: the queue's loop.
final class LogReads {
    private static final int PIECE_BYTES_MAX = 1024 * 1024;
    private static final int PIECE_BYTES_MIN = 16 * 1024;
    /// A piece of which fewer messages were wanted was too large.
    private static final int TAKEN_MIN = 4;

    private static final long RETRY_MS = 200;

    /// Whom the reads tell.
    interface Owner {
        void onRead();

        /// Which messages may be asked for, as things are now.
        LongPredicate wanted();

        /// No message from `first` to before `end` can be had any more.
        ///
        /// @return how many of them were asked for
        int onLost(long first, long end);
    }

    private final TopicPartition partition;
    private final Loop loop;
    private final QueueLogs logs;
    private final MessagesByOffset ahead;
    private final Owner owner;
    private boolean isReading;
    private boolean closed;
    private int pieceBytes = PIECE_BYTES_MAX;
    /// How many of the last piece were wanted.
    private int taken;

    private long holeFirst;
    private long holeEnd;

    LogReads(TopicPartition partition, Loop loop, QueueLogs logs, Owner owner) {
        this.partition = partition;
        this.loop = loop;
        this.logs = logs;
        this.ahead = new MessagesByOffset(logs.cache());
        this.owner = owner;
    }

    /// The message when it was read; else it is read, unless another one is.
    @Nullable
    Message take(long offset) {
        Message message = ahead.remove(offset);
        taken += message == null ? 0 : 1;
        if (message == null && !isReading && !closed) {
            isReading = true;
            if (offset >= holeFirst && offset < holeEnd) {
                loop.post(this::onHole);
            } else {
                read(offset);
            }
        }
        return message;
    }

    /// Nobody will ask for it.
    void forget(long offset) {
        if (ahead.count() > 0) {
            ahead.remove(offset);
        }
    }

    private void read(long offset) {
        pieceOf(logs.partitions(), partition, offset, pieceBytes, new Piece() {
            @Override
            public void read(ByteBuffer bytes, long highWatermark) {
                onPiece(offset, bytes);
            }

            @Override
            public void failed(ErrorKind error) {
                if (HoleSearch.isHole(error)) {
                    findEnd(offset);
                } else {
                    retry(offset);
                }
            }
        });
    }

    private void retry(long offset) {
        loop.after(RETRY_MS, () -> {
            if (!closed) {
                read(offset);
            }
        });
    }

    private void findEnd(long offset) {
        HoleSearch.start(loop, logs.partitions(), partition, offset, new HoleSearch.Asker() {
            @Override
            public void onHole(long end) {
                holeFirst = offset;
                holeEnd = end;
                LogReads.this.onHole();
            }

            @Override
            public void onFailed(ErrorKind error) {
                retry(offset);
            }
        });
    }

    /// Who asks for more of it finds it remembered.
    private void onHole() {
        isReading = false;
        if (!closed) {
            lose(holeFirst, holeEnd);
            owner.onRead();
        }
    }

    private void lose(long first, long end) {
        int messages = owner.onLost(first, end);
        if (messages > 0) {
            logs.events().lost(partition, first, end, messages);
        }
    }

    private void onPiece(long offset, ByteBuffer bytes) {
        if (closed) {
            return;
        }
        isReading = false;
        pieceBytes = taken < TAKEN_MIN
                ? Math.max(PIECE_BYTES_MIN, pieceBytes / 2)
                : Math.min(PIECE_BYTES_MAX, pieceBytes * 2);
        taken = 0;
        ahead.clear();
        LongPredicate wanted = owner.wanted();
        logs.codec().decode(bytes, offset, (at, message) -> {
            if (wanted.test(at)) {
                ahead.add(at, message);
            }
        });
        if (wanted.test(offset) && ahead.find(offset) == null) {
            lose(offset, offset + 1);
        }
        owner.onRead();
    }

    void close() {
        closed = true;
        ahead.clear();
    }

    /// Takes what a read brought.
    interface Piece {
        /// @param bytes whole batches from the one with the wanted offset on; none at the high watermark
        void read(ByteBuffer bytes, long highWatermark);

        void failed(ErrorKind error);
    }

    /// Reads once.
    static void pieceOf(Partitions partitions, TopicPartition partition, long offset, int bytesMax, Piece taker) {
        var ask = new FetchQuery.Ask(partition, offset, bytesMax, -1, -1);
        partitions.fetch(
                new FetchQuery(FetchQuery.Asker.CONSUMER, 0, bytesMax, 0, false, List.of(ask)),
                reply -> hand(reply.parts().getFirst(), taker));
    }

    private static void hand(FetchReply.Part part, Piece taker) {
        FileSlice slice = part.slice();
        ByteBuffer bytes;
        try {
            bytes = slice == null ? ByteBuffer.allocate(0) : bytesOf(slice);
        } catch (IOException unreadable) {
            taker.failed(ErrorKind.STORAGE_ERROR);
            return;
        } finally {
            if (slice != null) {
                slice.release();
            }
        }
        if (part.error() == ErrorKind.NONE) {
            taker.read(bytes, part.highWatermark());
        } else {
            taker.failed(part.error());
        }
    }

    private static ByteBuffer bytesOf(FileSlice slice) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(slice.length());
        slice.file().read(bytes, slice.position());
        return bytes.flip();
    }
}
