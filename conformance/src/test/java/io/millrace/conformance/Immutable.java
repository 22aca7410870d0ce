package io.millrace.conformance;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A folder and all in it that no process may change, not even root's with files open in it: what a disk that turned
/// read-only looks like from above. Needs root and ext4 (or another file system with `chattr +i`).
///
/// Owned by: one test. Closing lets the folder be changed again.
public final class Immutable implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Path folder;

    private Immutable(Path folder) {
        this.folder = folder;
    }

    /// Freezes a folder, or skips the test.
    public static Immutable of(Path folder) {
        Finished finished = chattr("+i", folder);
        if (finished.exit() != 0) {
            chattr("-i", folder);
            throw Skip.because("chattr +i needs root and a file system that knows it: " + finished.err());
        }
        return new Immutable(folder);
    }

    private static Finished chattr(String flag, Path folder) {
        return Programs.run(LIMIT, List.of("chattr", "-R", flag, folder.toString()));
    }

    @Override
    public void close() {
        chattr("-i", folder).ok();
    }
}
