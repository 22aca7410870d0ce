package io.millrace.server.peer;

import io.millrace.cluster.NodeLife;
import io.millrace.cluster.raft.RaftSettings.Voter;
import io.millrace.log.disk.Disk;
import io.millrace.log.disk.FileContents;
import io.millrace.log.disk.RealDisk;
import io.millrace.model.TopicId;
import io.millrace.server.loop.NoteLoop;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where a node among others keeps its [Lives]: the file `lives` in its first log directory. The own start is on disk
/// before anything comes of it; what the metadata says is written a moment after it was heard.
///
/// Owned by: the thread that starts the node, then the metadata loop, which never waits for the disk; any thread may
/// look.
public final class LivesFile {
    static final String NAME = "lives";
    private static final Logger LOG = LoggerFactory.getLogger(LivesFile.class);

    private final Disk disk = new RealDisk();
    private final NoteLoop notes = new NoteLoop();
    private final String folder;
    private final int nodeId;
    private final boolean isKept;
    private volatile Lives lives;
    private boolean isClosed;
    private Lives written;

    private LivesFile(String folder, int nodeId, Optional<Lives> kept) {
        this.folder = folder;
        this.nodeId = nodeId;
        this.isKept = kept.isPresent();
        this.lives = kept.orElse(Lives.NONE);
        this.written = lives;
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

    /// Others know which starts registered; on disk as soon as the next life begins.
    void confirmed(List<NodeLife> own) {
        lives = lives.confirmed(own);
    }

    /// A life is about to register.
    public void begin(TopicId incarnation) throws IOException {
        lives = lives.begin(incarnation);
        write();
    }

    void renewed(long latest) throws IOException {
        lives = lives.renewed(latest);
        write();
    }

    /// The metadata says something of nodes. A disk that refuses is no reason to stop: the note is then as old as it
    /// would be had this node been down.
    public void heard(List<NodeLife> registered, List<Voter> voters) {
        Lives now = lives.heard(nodeId, registered, voters);
        if (!now.equals(lives)) {
            lives = now;
            notes.write(this::tryToWrite);
        }
    }

    private void tryToWrite() {
        try {
            write();
        } catch (IOException refused) {
            LOG.warn("event=lives-not-noted reason=\"{}\"", refused.getMessage());
        }
    }

    /// Writes what is known by now, if that is not there yet.
    private synchronized void write() throws IOException {
        Lives now = lives;
        if (!isClosed && !now.equals(written)) {
            FileContents.replaceDurably(disk, folder, NAME, FileContents.ofText(now.text()));
            written = now;
        }
    }

    /// Writes what is left to write; nothing touches the folder afterwards.
    void close() {
        tryToWrite();
        synchronized (this) {
            isClosed = true;
        }
    }
}
