package io.millrace.log;

import io.millrace.log.disk.Disk;
import io.millrace.log.disk.FileContents;
import io.millrace.log.disk.StorageException;
import io.millrace.model.Randomness;
import io.millrace.model.TopicId;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Whose log directory this is: Kafka's `meta.properties`, version 1.
///
/// @param clusterId empty as long as the node has not found its cluster
/// @param directoryId the directory's own random id (KIP-858)
public record DirectoryIdentity(int nodeId, String clusterId, TopicId directoryId) {
    static final String FILE = "meta.properties";

    /// What the directory says about itself; empty when it is new.
    ///
    /// @throws StorageException when the file is there and can not be understood
    public static Optional<DirectoryIdentity> read(Disk disk, String folder) throws IOException {
        String path = folder + "/" + FILE;
        if (!disk.exists(path)) {
            return Optional.empty();
        }
        Map<String, String> values = new TreeMap<>();
        for (String line : FileContents.readText(disk, path).lines().toList()) {
            int equals = line.indexOf('=');
            if (equals > 0 && !line.startsWith("#")) {
                values.put(
                        line.substring(0, equals).strip(),
                        line.substring(equals + 1).strip());
            }
        }
        try {
            return Optional.of(new DirectoryIdentity(
                    Integer.parseInt(values.getOrDefault("node.id", "")),
                    values.getOrDefault("cluster.id", ""),
                    values.containsKey("directory.id") ? TopicId.parse(values.get("directory.id")) : TopicId.NONE));
        } catch (IllegalArgumentException e) {
            throw new StorageException(path + " is damaged", e);
        }
    }

    static DirectoryIdentity establish(Disk disk, String folder, int nodeId, String clusterId, Randomness randomness)
            throws IOException {
        Optional<DirectoryIdentity> found = read(disk, folder);
        if (found.isPresent() && !found.get().directoryId().isNone()) {
            return found.get().establishCluster(disk, folder, nodeId, clusterId);
        }
        DirectoryIdentity fresh = new DirectoryIdentity(nodeId, clusterId, TopicId.random(randomness));
        fresh.write(disk, folder);
        return fresh;
    }

    /// The same node's, under another directory id; on disk already.
    DirectoryIdentity renewed(Disk disk, String folder, Randomness randomness) throws IOException {
        DirectoryIdentity other = new DirectoryIdentity(nodeId, clusterId, TopicId.random(randomness));
        other.write(disk, folder);
        return other;
    }

    private DirectoryIdentity establishCluster(Disk disk, String folder, int expectedNode, String expectedCluster)
            throws IOException {
        if (expectedCluster.isEmpty()) {
            return requireOwner(folder, expectedNode, clusterId);
        }
        if (!clusterId.isEmpty()) {
            return requireOwner(folder, expectedNode, expectedCluster);
        }
        requireOwner(folder, expectedNode, clusterId);
        DirectoryIdentity joined = new DirectoryIdentity(nodeId, expectedCluster, directoryId);
        joined.write(disk, folder);
        return joined;
    }

    private void write(Disk disk, String folder) throws IOException {
        String text = "#\nversion=1\ncluster.id=" + clusterId + "\nnode.id=" + nodeId + "\ndirectory.id=" + directoryId
                + "\n";
        FileContents.replaceDurably(disk, folder, FILE, FileContents.ofText(text));
    }

    private DirectoryIdentity requireOwner(String folder, int expectedNode, String expectedCluster) {
        if (nodeId != expectedNode || !clusterId.equals(expectedCluster)) {
            throw new StorageException("%s belongs to %s, not to %s; see its %s"
                    .formatted(folder, owner(nodeId, clusterId), owner(expectedNode, expectedCluster), FILE));
        }
        return this;
    }

    private static String owner(int nodeId, String clusterId) {
        return "node " + nodeId + (clusterId.isEmpty() ? "" : " of cluster " + clusterId);
    }
}
