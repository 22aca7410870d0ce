package io.millrace.cluster.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.raft.ElectionState;
import org.apache.kafka.raft.QuorumStateStore;
import org.apache.kafka.raft.generated.QuorumStateData;
import org.apache.kafka.server.common.KRaftVersion;

/// Whom this node voted for and who leads, which a voter must never forget. The engine's own store writes JSON and
/// loads Jackson for it at every start; this one writes the same message in Kafka's binary form: version (2 bytes),
/// message, CRC-32C.
///
/// Owned by: the Raft thread.
final class QuorumStateFile implements QuorumStateStore {
    private static final String NAME = "quorum-state";
    private static final int BYTES_MAX = 1 << 16;

    private final Path file;

    QuorumStateFile(Path folder) {
        this.file = folder.resolve(NAME);
    }

    /// Also on disk afterwards.
    static void forget(Path folder) throws IOException {
        DurableFile.delete(folder.resolve(NAME));
    }

    @Override
    public Optional<ElectionState> readElectionState() {
        try {
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            return Optional.of(ElectionState.fromQuorumStateData(read()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private QuorumStateData read() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length < Short.BYTES + Integer.BYTES || bytes.length > BYTES_MAX) {
            throw new IOException(file + " is damaged: " + bytes.length + " bytes");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int crcAt = bytes.length - Integer.BYTES;
        if (crc(buffer.slice(0, crcAt)) != buffer.getInt(crcAt)) {
            throw new IOException(file + " is damaged: wrong checksum");
        }
        short version = buffer.getShort();
        return new QuorumStateData(new ByteBufferAccessor(buffer.limit(crcAt)), version);
    }

    @Override
    public void writeElectionState(ElectionState latest, KRaftVersion kraftVersion) {
        short version = kraftVersion.quorumStateVersion();
        QuorumStateData data = latest.toQuorumStateData(version);
        ObjectSerializationCache cache = new ObjectSerializationCache();
        MessageSizeAccumulator size = new MessageSizeAccumulator();
        data.addSize(size, cache, version);
        ByteBuffer bytes = ByteBuffer.allocate(Short.BYTES + size.totalSize() + Integer.BYTES);
        bytes.putShort(version);
        data.write(new ByteBufferAccessor(bytes), cache, version);
        bytes.putInt(crc(bytes.slice(0, bytes.position())));
        try {
            DurableFile.replace(file, bytes.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    @Override
    public Path path() {
        return file;
    }

    @Override
    public void clear() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
