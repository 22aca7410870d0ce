package io.millrace.log.disk;

import java.io.IOException;

/// A disk whose power goes after so many changes: from then on nothing that changes anything works. What survives is
/// for the disk behind it to say.
public final class FadingDisk extends WatchedDisk {
    private int changesLeft = Integer.MAX_VALUE;

    public FadingDisk(Disk disk) {
        super(disk);
    }

    /// The next `count` changes are done, and no later one.
    public void fadeAfter(int count) {
        changesLeft = count;
    }

    /// There is power again.
    public void restore() {
        changesLeft = Integer.MAX_VALUE;
    }

    @Override
    protected void change() throws IOException {
        if (changesLeft == 0) {
            throw new IOException("no power");
        }
        changesLeft--;
    }
}
