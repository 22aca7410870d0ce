package io.millrace.cluster.raft;

import io.millrace.cluster.NodeIdentity;
import io.millrace.model.Randomness;
import io.millrace.model.TopicId;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/// Who the node is, in `meta.properties` of its data folder: the file and keys of Kafka, version 1.
public final class IdentityFile {
    /// The file's name, as in Kafka.
    public static final String NAME = "meta.properties";

    private IdentityFile() {}

    /// Reads the identity, or draws one at the first start.
    ///
    /// @param clusterId the cluster the node must belong to; empty when any will do
    /// @throws IOException when the folder belongs to another node or cluster, or cannot be read or written
    public static NodeIdentity loadOrCreate(Path folder, int nodeId, Optional<String> clusterId, Randomness randomness)
            throws IOException {
        Path file = folder.resolve(NAME);
        if (Files.exists(file)) {
            NodeIdentity identity = load(file);
            requireSame(file, "node.id", Integer.toString(identity.nodeId()), Integer.toString(nodeId));
            if (clusterId.isPresent()) {
                requireSame(file, "cluster.id", identity.clusterId(), clusterId.get());
            }
            return identity;
        }
        NodeIdentity identity = new NodeIdentity(
                clusterId.orElseGet(() -> TopicId.random(randomness).toString()), nodeId, TopicId.random(randomness));
        Files.createDirectories(folder);
        DurableFile.replace(file, text(identity));
        return identity;
    }

    private static void requireSame(Path file, String key, String found, String wanted) throws IOException {
        if (!found.equals(wanted)) {
            throw new IOException(file + " says " + key + "=" + found + ", but this node is configured with " + wanted
                    + ": the folder belongs to another node");
        }
    }

    private static byte[] text(NodeIdentity identity) {
        return DurableFile.utf8("""
                version=1
                cluster.id=%s
                node.id=%d
                directory.id=%s
                """.formatted(identity.clusterId(), identity.nodeId(), identity.directoryId()));
    }

    private static NodeIdentity load(Path file) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(Files.readString(file)));
        try {
            return new NodeIdentity(
                    value(file, properties, "cluster.id"),
                    Integer.parseInt(value(file, properties, "node.id")),
                    TopicId.parse(value(file, properties, "directory.id")));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is damaged: " + e.getMessage(), e);
        }
    }

    private static String value(Path file, Properties properties, String key) throws IOException {
        String value = properties.getProperty(key);
        if (value == null) {
            throw new IOException(file + " has no " + key);
        }
        return value.strip();
    }
}
