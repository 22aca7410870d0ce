package io.millrace.log.clean;

import io.millrace.log.disk.Disk;
import io.millrace.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/// One folder in memory whose power can be cut at any change: names come back as of some moment since the folder was
/// last synced, and of bytes never synced a random prefix.
public final class CrashDisk implements Disk {
    private TreeMap<String, Content> names = new TreeMap<>();
    private final List<TreeMap<String, Content>> history = new ArrayList<>();
    private int changesLeft = Integer.MAX_VALUE;

    private static final class Content {
        private byte[] bytes = new byte[0];
        private byte[] synced = new byte[0];
    }

    public static final class PowerCut extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /// The change after the next `count` ones fails, and all later ones.
    public void cutPowerAfter(int count) {
        changesLeft = count;
    }

    public void restart(Random random) {
        if (!history.isEmpty()) {
            names = history.get(random.nextInt(history.size()));
        }
        for (Content content : names.values()) {
            int survives = content.bytes.length == content.synced.length
                    ? content.bytes.length
                    : random.nextInt(content.synced.length, content.bytes.length + 1);
            content.bytes = Arrays.copyOf(content.bytes, survives);
            content.synced = content.bytes;
        }
        history.clear();
        changesLeft = Integer.MAX_VALUE;
    }

    private void change() throws IOException {
        if (changesLeft-- <= 0) {
            changesLeft = 0;
            throw new PowerCut();
        }
    }

    private void remember() {
        if (history.isEmpty()) {
            history.add(new TreeMap<>(names));
        }
    }

    @Override
    public DiskFile open(String path) throws IOException {
        Content content = names.get(path);
        if (content == null) {
            throw new NoSuchFileException(path);
        }
        return new OpenContent(content);
    }

    @Override
    public DiskFile create(String path) throws IOException {
        if (!names.containsKey(path)) {
            change();
            remember();
            names.put(path, new Content());
            history.add(new TreeMap<>(names));
        }
        return open(path);
    }

    @Override
    public boolean exists(String path) {
        return names.containsKey(path);
    }

    @Override
    public long sizeOf(String path) {
        return exists(path) ? names.get(path).bytes.length : 0;
    }

    @Override
    public long modifiedMs(String path) {
        return 0;
    }

    @Override
    public List<String> list(String folder) {
        return names.keySet().stream()
                .map(name -> name.substring(folder.length() + 1))
                .toList();
    }

    @Override
    public void createFolder(String path) {}

    @Override
    public void rename(String from, String to) throws IOException {
        change();
        remember();
        if (!names.containsKey(from)) {
            throw new NoSuchFileException(from);
        }
        names.put(to, names.remove(from));
        history.add(new TreeMap<>(names));
    }

    @Override
    public void delete(String path) throws IOException {
        if (names.containsKey(path)) {
            change();
            remember();
            names.remove(path);
            history.add(new TreeMap<>(names));
        }
    }

    @Override
    public void syncFolder(String path) throws IOException {
        change();
        history.clear();
    }

    @Override
    public Optional<Lock> lock(String path) {
        return Optional.empty();
    }

    @Override
    public void claim(String folder, long bytes) {}

    @Override
    public void claimNotes(String folder, long bytes) {}

    @Override
    public boolean isShort() {
        return false;
    }

    @Override
    public long totalBytes(String path) {
        return Long.MAX_VALUE;
    }

    @Override
    public long usableBytes(String path) {
        return Long.MAX_VALUE;
    }

    private final class OpenContent implements DiskFile {
        private final Content content;

        private OpenContent(Content content) {
            this.content = content;
        }

        @Override
        public int read(ByteBuffer target, long position) {
            int count = (int) Math.max(0, Math.min(target.remaining(), content.bytes.length - position));
            target.put(content.bytes, (int) position, count);
            return count;
        }

        @Override
        public void write(ByteBuffer[] sources, long position) throws IOException {
            change();
            int at = (int) position;
            for (ByteBuffer source : sources) {
                int length = source.remaining();
                byte[] bytes = Arrays.copyOf(content.bytes, Math.max(content.bytes.length, at + length));
                source.get(bytes, at, length);
                content.bytes = bytes;
                at += length;
            }
        }

        @Override
        public long size() {
            return content.bytes.length;
        }

        @Override
        public void truncate(long size) throws IOException {
            change();
            content.bytes = Arrays.copyOf(content.bytes, (int) size);
        }

        @Override
        public void sync() throws IOException {
            change();
            content.synced = content.bytes.clone();
        }

        @Override
        public boolean isCached(long position, long length) {
            return true;
        }

        @Override
        public Optional<FileChannel> channel() {
            return Optional.empty();
        }

        @Override
        public void close() {}
    }
}
