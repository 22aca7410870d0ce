package io.millrace.server.peer;

import io.millrace.log.disk.Disk;
import io.millrace.log.disk.FileContents;
import io.millrace.log.disk.RealDisk;
import java.io.IOException;
import java.util.Optional;

/// Where a node keeps its [Membership]: the file `membership` in its first log directory. Once it is on disk the node
/// belongs to that cluster, whatever happens next.
final class MembershipFile {
    static final String NAME = "membership";

    private final Disk disk = new RealDisk();
    private final String folder;

    MembershipFile(String folder) {
        this.folder = folder;
    }

    Optional<Membership> read() throws IOException {
        String path = folder + "/" + NAME;
        if (!disk.exists(path)) {
            return Optional.empty();
        }
        Optional<Membership> membership = Membership.parse(FileContents.readText(disk, path));
        if (membership.isEmpty()) {
            throw new IOException(path + " is damaged: it can not be told which cluster this node belongs to");
        }
        return membership;
    }

    void write(Membership membership) throws IOException {
        FileContents.replaceDurably(disk, folder, NAME, FileContents.ofText(membership.text()));
    }
}
