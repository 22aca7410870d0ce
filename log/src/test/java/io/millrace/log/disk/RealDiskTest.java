package io.millrace.log.disk;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class RealDiskTest extends DiskContract {
    private final Disk disk = new RealDisk();

    @TempDir
    private Path folder;

    @Override
    Disk disk() {
        return disk;
    }

    @Override
    String root() {
        return folder.toString() + "/root";
    }
}
