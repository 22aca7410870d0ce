package io.millrace.conformance;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A small file system of its own on a folder, so that a test can fill a disk or take it away. Needs root.
///
/// Owned by: one test. Closing takes the file system away, also from under a process that still uses it.
public final class Mount implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Path folder;

    private Mount(Path folder) {
        this.folder = folder;
    }

    /// A file system in memory of that size; skips the test where none may be mounted.
    public static Mount ofSize(Path folder, int megabytes) {
        return mount(folder, List.of("-t", "tmpfs", "-o", "size=" + megabytes + "m", "millrace-test"));
    }

    /// The folder itself, but refusing writes; skips the test where that can not be had.
    public static Mount readOnly(Path folder) {
        return mount(folder, List.of("-o", "bind,ro", folder.toString()));
    }

    private static Mount mount(Path folder, List<String> what) {
        var command = new ArrayList<>(List.of("mount"));
        command.addAll(what);
        command.add(folder.toString());
        Finished finished = Programs.run(LIMIT, command);
        if (finished.exit() != 0) {
            throw Skip.because("mounting needs root (CAP_SYS_ADMIN): " + finished.err());
        }
        return new Mount(folder);
    }

    @Override
    public void close() {
        Programs.run(LIMIT, List.of("umount", "-l", folder.toString())).ok();
    }
}
