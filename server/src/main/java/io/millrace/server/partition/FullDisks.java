package io.millrace.server.partition;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Which disks had no room for records when they were looked at last. When one has room again, the loops that keep logs
/// on it are told, so that nobody is refused until a back-off has run out.
///
/// May be called from any thread.
public final class FullDisks {
    private final PartitionHosts hosts;
    private final LogDirectories directories;
    private final Set<LogDirectories.Disk> full = ConcurrentHashMap.newKeySet();

    public FullDisks(PartitionHosts hosts, LogDirectories directories) {
        this.hosts = hosts;
        this.directories = directories;
    }

    /// Blocks shortly.
    public void look(LogDirectories.Disk disk) {
        if (!disk.directory().takesRecords()) {
            full.add(disk);
        } else if (full.remove(disk)) {
            for (PartitionHost host : hosts.all()) {
                host.loop().post(() -> host.hasRoom(disk.loop()));
            }
        }
    }

    /// Whether a disk has little room, or had none when it was looked at last: who can be made to wait should not write
    /// now. A log that refuses appends for another reason refuses its own publishers and holds up nobody else. Asked
    /// with every message that is published.
    public boolean isAnyShort() {
        return directories.isAnyShort() || !full.isEmpty();
    }

    /// Whether every disk had room.
    public boolean isEmpty() {
        return full.isEmpty();
    }
}
