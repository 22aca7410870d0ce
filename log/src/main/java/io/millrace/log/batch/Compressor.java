package io.millrace.log.batch;

import io.millrace.log.config.LogConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.utils.internals.BufferSupplier;
import org.apache.kafka.common.utils.internals.ByteBufferInputStream;
import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;

/// Packs, unpacks and walks the records of a batch with the codecs of kafka-clients. Packing and unpacking are for the
/// slow path only: batches are stored as they were sent unless the topic names a codec of its own.
public final class Compressor {
    private static final int CHUNK_BYTES = 16 * 1024;
    private static final int SNAPPY_HEADER_BYTES = 16;
    /// Snappy's best: a copy of 64 bytes told in 3.
    private static final int SNAPPY_RATIO_MAX = 22;

    /// Larger than any limit, small enough to be added up.
    private static final long NO_CLAIM = Long.MAX_VALUE / 2;

    private static final String NO_SNAPPY = "snappy chunks that do not fit";
    private static final byte SNAPPY_MAGIC_FIRST_BYTE = (byte) 0x82;

    private Compressor() {}

    /// What became of unpacking.
    public sealed interface Unpacked {
        /// The records, from position to limit.
        record Records(ByteBuffer bytes) implements Unpacked {}

        /// More than the limit: perhaps a decompression bomb. Reading stopped there.
        record TooLarge() implements Unpacked {}

        record Damaged(String why) implements Unpacked {}
    }

    /// What became of walking.
    sealed interface Walked {
        record Sound() implements Walked {}

        /// More than the limit. Reading stopped there.
        record TooLarge() implements Walked {}

        record Damaged(String why) implements Walked {}
    }

    static boolean isKnown(int codec) {
        return codec <= CompressionType.ZSTD.id;
    }

    /// Unpacks the records of the batch at `position`, whose CRC and size were checked, up to `bytesMax`.
    public static Unpacked unpack(ByteBuffer buffer, int position, long bytesMax) {
        int codec = BatchHeader.codec(buffer, position);
        ByteBuffer packed = packed(buffer, position);
        if (codec == CompressionType.NONE.id) {
            return new Unpacked.Records(packed.slice());
        }
        if (!isKnown(codec)) {
            return new Unpacked.Damaged("unknown compression codec " + codec);
        }
        if (codec == CompressionType.SNAPPY.id) {
            long claim = snappyClaim(packed.slice());
            if (claim > bytesMax) {
                return claim < NO_CLAIM ? new Unpacked.TooLarge() : new Unpacked.Damaged(NO_SNAPPY);
            }
        }
        Compression compression = Compression.of(CompressionType.forId(codec)).build();
        try (InputStream records = compression.wrapForInput(packed, BatchHeader.MAGIC, BufferSupplier.NO_CACHING)) {
            return readAll(records, bytesMax);
        } catch (IOException | RuntimeException damaged) {
            // The codecs are foreign code fed with a stranger's bytes; whatever they throw means the same to us.
            return new Unpacked.Damaged(String.valueOf(damaged.getMessage()));
        }
    }

    /// Walks the compressed records of the batch at `position`, whose header was checked, up to `bytesMax` bytes of
    /// them, and keeps nothing but what `scan` notes.
    static Walked walk(ByteBuffer buffer, int position, long bytesMax, RecordScan scan) {
        ByteBuffer packed = packed(buffer, position);
        int codec = BatchHeader.codec(buffer, position);
        if (codec == CompressionType.SNAPPY.id) {
            long claim = snappyClaim(packed.slice());
            if (claim > bytesMax) {
                return claim < NO_CLAIM ? new Walked.TooLarge() : new Walked.Damaged(NO_SNAPPY);
            }
        }
        Compression compression = Compression.of(CompressionType.forId(codec)).build();
        try (InputStream records = compression.wrapForInput(packed, BatchHeader.MAGIC, BufferSupplier.NO_CACHING)) {
            new PackedScan(records, bytesMax, scan)
                    .walk(BatchHeader.recordCount(buffer, position), BatchHeader.baseTimestamp(buffer, position));
            return new Walked.Sound();
        } catch (PackedScan.TooLargeException tooLarge) {
            return new Walked.TooLarge();
        } catch (IOException | RuntimeException damaged) {
            // As above.
            return new Walked.Damaged(String.valueOf(damaged.getMessage()));
        }
    }

    private static ByteBuffer packed(ByteBuffer buffer, int position) {
        return buffer.duplicate()
                .limit(position + BatchHeader.sizeInBytes(buffer, position))
                .position(position + BatchHeader.OVERHEAD);
    }

    private static Unpacked readAll(InputStream records, long bytesMax) throws IOException {
        byte[] bytes = new byte[CHUNK_BYTES];
        int size = 0;
        while (true) {
            if (size == bytes.length) {
                long wanted = Math.min(bytesMax + 1, bytes.length * 2L);
                bytes = Arrays.copyOf(bytes, (int) Math.min(Integer.MAX_VALUE - 8L, wanted));
            }
            int read = records.read(bytes, size, bytes.length - size);
            if (read <= 0) {
                return new Unpacked.Records(ByteBuffer.wrap(bytes, 0, size).slice());
            }
            size += read;
            if (size > bytesMax || size == Integer.MAX_VALUE - 8) {
                return new Unpacked.TooLarge();
            }
        }
    }

    /// snappy-java allocates whatever its chunk headers claim, so the claims are checked first: every chunk must lie
    /// inside the batch and none may claim more than its bytes could ever unpack to. Streams without the framing header
    /// are one bare chunk. Returns what all chunks claim together, [#NO_CLAIM] or more when one is not honest.
    private static long snappyClaim(ByteBuffer packed) {
        if (packed.remaining() < SNAPPY_HEADER_BYTES || packed.get(0) != SNAPPY_MAGIC_FIRST_BYTE) {
            return snappyClaim(packed, 0, packed.limit());
        }
        long claimed = 0;
        int at = SNAPPY_HEADER_BYTES;
        while (at < packed.limit() && claimed < NO_CLAIM) {
            if (packed.limit() - at < Integer.BYTES) {
                return NO_CLAIM;
            }
            int size = packed.getInt(at);
            at += Integer.BYTES;
            // Streams may be joined: the magic then stands where a size would, and its first four bytes are negative.
            if (size < 0 || size > packed.limit() - at) {
                return NO_CLAIM;
            }
            claimed += snappyClaim(packed, at, at + size);
            at += size;
        }
        return claimed;
    }

    /// The unpacked length a bare snappy chunk begins with (a plain varint); huge when there is none, or none that
    /// could be true.
    private static long snappyClaim(ByteBuffer packed, int at, int end) {
        long claim = 0;
        for (int i = 0; i < 5 && at + i < end; i++) {
            byte b = packed.get(at + i);
            claim |= (long) (b & 0x7F) << (7 * i);
            if (b >= 0) {
                return claim <= (long) SNAPPY_RATIO_MAX * (end - at) ? claim : NO_CLAIM;
            }
        }
        return NO_CLAIM;
    }

    /// The batch at `position`, whose records a walk found sound, packed as the topic wants; sizes, codec bits and CRC
    /// are made right. The result is a new buffer, position 0. What comes out of one codec goes into the other at once,
    /// and no further than the topic's limit: a result above it is no whole batch, only too large.
    static ByteBuffer repack(ByteBuffer buffer, int position, LogConfig config) {
        Compression from = Compression.of(CompressionType.forId(BatchHeader.codec(buffer, position)))
                .build();
        try (InputStream records =
                from.wrapForInput(packed(buffer, position), BatchHeader.MAGIC, BufferSupplier.NO_CACHING)) {
            int codec = codec(config.compression());
            return repack(buffer, position, records, codec, config.compressionLevel(), config.batchBytesMax());
        } catch (IOException impossible) {
            throw new UncheckedIOException("unpacking what was unpacked before", impossible);
        }
    }

    /// A batch with the header of the one at `position` and `records` packed with a codec by its id, at a level or
    /// [LogConfig#CODEC_DEFAULT_LEVEL].
    public static ByteBuffer repack(ByteBuffer buffer, int position, ByteBuffer records, int codec, int level) {
        try (InputStream in = new ByteBufferInputStream(records.duplicate())) {
            return repack(buffer, position, in, codec, level, Integer.MAX_VALUE);
        } catch (IOException impossible) {
            throw new UncheckedIOException("compressing in memory", impossible);
        }
    }

    private static ByteBuffer repack(
            ByteBuffer buffer, int position, InputStream records, int codec, int level, int sizeMax)
            throws IOException {
        int size = BatchHeader.sizeInBytes(buffer, position);
        ByteBufferOutputStream out = new ByteBufferOutputStream(BatchHeader.OVERHEAD + Math.max(512, size / 2));
        out.write(buffer.slice(position, BatchHeader.OVERHEAD));
        Compression compression = compression(CompressionType.forId(codec), level);
        byte[] chunk = new byte[CHUNK_BYTES];
        try (OutputStream packing = compression.wrapForOutput(out, BatchHeader.MAGIC)) {
            int length = records.read(chunk);
            while (length > 0 && out.position() <= sizeMax) {
                packing.write(chunk, 0, length);
                length = records.read(chunk);
            }
        }
        ByteBuffer batch = out.buffer();
        batch.flip();
        int attributes = BatchHeader.attributes(batch, 0) & ~BatchHeader.CODEC_MASK | codec;
        batch.putInt(BatchHeader.LENGTH_AT, batch.limit() - BatchHeader.LOG_OVERHEAD);
        batch.putShort(BatchHeader.ATTRIBUTES_AT, (short) attributes);
        BatchHeader.updateCrc(batch, 0);
        return batch;
    }

    /// Id of the codec a topic is stored in; not to be asked for topics that keep what was sent.
    public static int codec(LogConfig.Compression compression) {
        return switch (compression) {
            case UNCOMPRESSED -> CompressionType.NONE.id;
            case GZIP -> CompressionType.GZIP.id;
            case SNAPPY -> CompressionType.SNAPPY.id;
            case LZ4 -> CompressionType.LZ4.id;
            case ZSTD -> CompressionType.ZSTD.id;
            case PRODUCER -> throw new IllegalArgumentException("the producer's codec is in its batch");
        };
    }

    private static Compression compression(CompressionType type, int level) {
        if (level == LogConfig.CODEC_DEFAULT_LEVEL) {
            return Compression.of(type).build();
        }
        return switch (type) {
            case GZIP -> Compression.gzip().level(level).build();
            case LZ4 -> Compression.lz4().level(level).build();
            case ZSTD -> Compression.zstd().level(level).build();
            case NONE, SNAPPY -> Compression.of(type).build();
        };
    }
}
