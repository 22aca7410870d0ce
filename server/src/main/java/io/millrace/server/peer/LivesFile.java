package io.millrace.server.peer;

import io.millrace.cluster.NodeLife;
import io.millrace.cluster.raft.RaftSettings.Voter;
import io.millrace.log.disk.Disk;
import io.millrace.log.disk.FileContents;
import io.millrace.log.disk.RealDisk;
import io.millrace.model.TopicId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where a node among others keeps its [Lives]: the file `lives` in its first log directory, on disk before anything
/// comes of it.
///
/// Owned by: the thread that starts the node, then the metadata loop; any thread may look.
public final class LivesFile {
    static final String NAME = "lives";
    private static final Logger LOG = LoggerFactory.getLogger(LivesFile.class);

    private final Disk disk = new RealDisk();
    private final String folder;
    private final int nodeId;
    private final boolean isKept;
    private volatile Lives lives;

    private LivesFile(String folder, int nodeId, Optional<Lives> kept) {
        this.folder = folder;
        this.nodeId = nodeId;
        this.isKept = kept.isPresent();
        this.lives = kept.orElse(Lives.NONE);
    }

    static LivesFile open(String folder, int nodeId) throws IOException {
        String path = folder + "/" + NAME;
        Disk disk = new RealDisk();
        if (!disk.exists(path)) {
            return new LivesFile(folder, nodeId, Optional.empty());
        }
        Optional<Lives> kept = Lives.parse(FileContents.readText(disk, path));
        if (kept.isEmpty()) {
            throw new IOException(
                    path + " is damaged: it can not be told whether this folder is an older copy. Move the"
                            + " whole folder away to let this node come back with an empty one.");
        }
        return new LivesFile(folder, nodeId, kept);
    }

    /// What is known.
    Lives lives() {
        return lives;
    }

    /// Whether the folder had the file at the start: a node that never ran among others has none.
    boolean wasKept() {
        return isKept;
    }

    /// A life is about to register.
    public void begin(TopicId incarnation) throws IOException {
        write(lives.begin(incarnation));
    }

    void renewed(long latest) throws IOException {
        write(lives.renewed(latest));
    }

    /// The metadata says something of nodes. A disk that refuses is no reason to stop: the note is then as old as it
    /// would be had this node been down.
    public void heard(TopicId incarnation, List<NodeLife> registered, List<Voter> voters) {
        Lives now = lives.heard(nodeId, incarnation, registered, voters);
        if (now.equals(lives)) {
            return;
        }
        try {
            write(now);
        } catch (IOException refused) {
            LOG.warn("event=lives-not-noted reason=\"{}\"", refused.getMessage());
        }
    }

    private void write(Lives now) throws IOException {
        FileContents.replaceDurably(disk, folder, NAME, FileContents.ofText(now.text()));
        lives = now;
    }
}
