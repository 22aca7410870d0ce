package io.millrace.cluster.raft;

import io.millrace.model.TopicId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// The note that this node took away the vote of its former disk and has to ask for a new one: the file
/// `vote-taken` beside the metadata log. It names the disk it is on, so that a copy elsewhere says nothing.
///
/// Owned by: the metadata loop.
final class TakenVote {
    static final String NAME = "vote-taken";

    private final Path file;
    private final byte[] content;

    TakenVote(Path folder, TopicId directoryId) {
        this.file = folder.resolve(NAME);
        this.content = DurableFile.utf8("directory.id=" + directoryId + "\n");
    }

    boolean isNoted() throws IOException {
        return Files.exists(file) && Arrays.equals(Files.readAllBytes(file), content);
    }

    void note() throws IOException {
        if (!isNoted()) {
            DurableFile.replace(file, content);
        }
    }

    void forget() throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
