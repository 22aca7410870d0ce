package io.millrace.log.disk;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A file that is opened when it is needed and may be closed behind the scenes when too many are open. Thread-safe.
///
/// Costs an idle log one small object: no descriptor, and the path is put together only to open it.
public final class CachedFile {
    private final FileCache cache;
    private final String folder;
    private final String name;
    private volatile @Nullable OpenFile current;

    CachedFile(FileCache cache, String folder, String name) {
        this.cache = cache;
        this.folder = folder;
        this.name = name;
    }

    public String path() {
        return folder + "/" + name;
    }

    /// Opens the file unless it is open, and takes a hold the caller gives back with [OpenFile#release()].
    public OpenFile hold() throws IOException {
        OpenFile seen = current;
        return seen != null && seen.tryHold() ? seen : cache.open(this, false);
    }

    /// As [#hold()], and makes the file when there is none.
    public OpenFile holdOrCreate() throws IOException {
        OpenFile seen = current;
        return seen != null && seen.tryHold() ? seen : cache.open(this, true);
    }

    /// Closes the file as soon as its last holder lets go; the next [#hold()] opens it again.
    public void discard() {
        cache.discard(this);
    }

    @Nullable
    OpenFile current() {
        return current;
    }

    void setCurrent(@Nullable OpenFile file) {
        current = file;
    }
}
