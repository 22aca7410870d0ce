package io.millrace.broker.stream;

import io.millrace.broker.message.Message;
import io.millrace.broker.message.MessageFormat;
import io.millrace.broker.partition.FetchQuery;
import io.millrace.broker.partition.FetchReply;
import io.millrace.broker.partition.Partitions;
import io.millrace.broker.queue.HoleSearch;
import io.millrace.log.FileSlice;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The reads of all consumers of one loop. Who stands at the same place shares one read, also one that waits for what
/// is to come: a message costs one read and is decoded once, however many get it.
///
/// Owned by: the loop.
final class StreamReads {
    /// Where the message stands, in its headers.
    static final String OFFSET = "x-stream-offset";
    /// Which partition it stands in, when its stream may have several.
    static final String PARTITION = "x-stream-partition";

    static final int PIECE_BYTES = 256 * 1024;
    /// While memory is scarce.
    private static final int SCARCE_PIECE_BYTES = 16 * 1024;
    /// What a piece comes to when it was compressed.
    private static final int DECODED_BYTES = 1024 * 1024;

    private static final int WAIT_MS = 5_000;

    /// Somebody at a place.
    interface Taker {
        /// @param piece let go of once; empty when nothing has come for a while
        void onPiece(StreamPiece piece);

        void onFailure(ErrorKind error);
    }

    /// @param showsPartition whether messages say which partition they are from
    record Place(TopicPartition partition, long offset, boolean showsPartition) {}

    private final StreamSurroundings around;
    private final Map<Place, Read> reads = new HashMap<>();

    StreamReads(StreamSurroundings around) {
        this.around = around;
    }

    /// Reads what is at a place and behind it, or waits for it. The taker hears of it once, in this turn or later.
    void read(Place place, Taker taker) {
        Read known = reads.get(place);
        if (known != null) {
            known.takers.add(taker);
            return;
        }
        Read begun = new Read(place);
        reads.put(place, begun);
        begun.takers.add(taker);
        begun.start();
    }

    /// The taker does not want it any more.
    void leave(Place place, Taker taker) {
        Read read = reads.get(place);
        if (read != null && read.takers.remove(taker) && read.takers.isEmpty()) {
            reads.remove(place);
            read.cancel();
        }
    }

    /// Reads under way.
    int count() {
        return reads.size();
    }

    /// One read, for all at its place.
    private final class Read {
        private final Place place;
        private final List<Taker> takers = new ArrayList<>();
        private Partitions.@Nullable Waiting waiting;

        Read(Place place) {
            this.place = place;
        }

        void start() {
            int bytes = around.memory().isFull() ? SCARCE_PIECE_BYTES : PIECE_BYTES;
            var ask = new FetchQuery.Ask(place.partition(), place.offset(), bytes, -1, -1);
            waiting = around.partitions()
                    .fetch(
                            new FetchQuery(FetchQuery.Asker.CONSUMER, 1, bytes, WAIT_MS, true, List.of(ask)),
                            reply -> onReply(reply.parts().getFirst()));
        }

        /// All go on behind what is damaged for good.
        private void skip() {
            HoleSearch.start(
                    around.loop(), around.partitions(), place.partition(), place.offset(), new HoleSearch.Asker() {
                        @Override
                        public void onHole(long end) {
                            reads.remove(place, Read.this);
                            if (!takers.isEmpty()) {
                                around.events().skipped(place.partition(), place.offset(), end);
                                hand(List.of(), end, Long.MAX_VALUE);
                            }
                        }

                        @Override
                        public void onFailed(ErrorKind error) {
                            reads.remove(place, Read.this);
                            fail(error);
                        }
                    });
        }

        void cancel() {
            if (waiting != null) {
                waiting.cancel();
            }
        }

        private void onReply(FetchReply.Part part) {
            waiting = null;
            if (part.error() == ErrorKind.CORRUPT_MESSAGE) {
                release(part.slice());
                skip();
                return;
            }
            reads.remove(place, this);
            FileSlice slice = part.slice();
            ByteBuffer bytes;
            try {
                bytes = slice == null ? ByteBuffer.allocate(0) : bytesOf(slice);
            } catch (IOException unreadable) {
                fail(ErrorKind.STORAGE_ERROR);
                return;
            } finally {
                release(slice);
            }
            if (part.error() == ErrorKind.NONE) {
                decode(bytes, part.highWatermark());
            } else {
                fail(part.error());
            }
        }

        private static void release(@Nullable FileSlice slice) {
            if (slice != null) {
                slice.release();
            }
        }

        private void fail(ErrorKind error) {
            takers.forEach(taker -> taker.onFailure(error));
        }

        private void decode(ByteBuffer bytes, long end) {
            if (takers.isEmpty()) {
                return; // all have left
            }
            List<StreamMessage> messages = new ArrayList<>();
            long next = around.codec()
                    .decode(
                            bytes,
                            place.offset(),
                            DECODED_BYTES,
                            (offset, message) -> messages.add(placed(offset, message)));
            hand(messages, next, end);
        }

        private void hand(List<StreamMessage> messages, long next, long end) {
            StreamPiece piece = new StreamPiece(messages, next, end, around.memory(), takers.size());
            takers.forEach(taker -> taker.onPiece(piece));
        }

        /// The message with its place in its headers, in front: whatever else there is, they are there.
        private StreamMessage placed(long offset, Message message) {
            MessageFormat format = around.formats().of(message);
            if (format == null) {
                return new StreamMessage(offset, message, null);
            }
            Arguments headers = format.headers(message.properties());
            Map<String, ArgumentValue> more = new LinkedHashMap<>();
            more.put(OFFSET, ArgumentValue.whole(offset));
            if (place.showsPartition()) {
                more.put(PARTITION, ArgumentValue.whole(place.partition().partition()));
            }
            headers.entries().forEach(more::putIfAbsent);
            Message placed = new Message(
                    message.format(),
                    message.exchange(),
                    message.routingKey(),
                    format.withHeaders(message.properties(), Arguments.of(more), false),
                    message.body(),
                    message.publishedMs());
            return new StreamMessage(
                    offset, placed, headers.text(StreamFilter.VALUE).orElse(null));
        }
    }

    private static ByteBuffer bytesOf(FileSlice slice) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(slice.length());
        slice.file().read(bytes, slice.position());
        return bytes.flip();
    }
}
