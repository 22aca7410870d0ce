package io.millrace.log.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Reading and replacing small files whole.
public final class FileContents {
    private static final String TEMPORARY = ".tmp";

    private FileContents() {}

    public static byte[] read(Disk disk, String path) throws IOException {
        try (DiskFile file = disk.open(path)) {
            ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(file.size()));
            file.read(content, 0);
            return content.array();
        }
    }

    public static String readText(Disk disk, String path) throws IOException {
        return new String(read(disk, path), StandardCharsets.UTF_8);
    }

    /// Replaces a file in one step: after a crash it has the old content or the new one, and when this returns, the
    /// new.
    public static void replaceDurably(Disk disk, String folder, String name, byte[] content) throws IOException {
        replace(disk, folder, name, content, true);
        disk.syncFolder(folder);
    }

    /// As [#replaceDurably], but a power cut may bring the old content back, or none, unless `sync` is asked for.
    public static void replace(Disk disk, String folder, String name, byte[] content, boolean sync) throws IOException {
        String path = folder + "/" + name;
        String temporary = path + TEMPORARY;
        disk.delete(temporary);
        try (DiskFile file = disk.create(temporary)) {
            file.write(new ByteBuffer[] {ByteBuffer.wrap(content)}, 0);
            if (sync) {
                file.sync();
            }
        }
        disk.rename(temporary, path);
    }

    /// Makes a folder and those above it, each known durably to the one above.
    public static void createFolderDurably(Disk disk, String path) throws IOException {
        if (disk.exists(path)) {
            return;
        }
        // A relative path of one word, such as the default `data`, has the working folder above it.
        String parent = path.substring(0, Math.max(0, path.lastIndexOf('/')));
        if (parent.isEmpty()) {
            disk.createFolder(path);
            return;
        }
        createFolderDurably(disk, parent);
        disk.createFolder(path);
        disk.syncFolder(parent);
    }

    public static byte[] ofText(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
