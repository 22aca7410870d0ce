package io.millrace.server.amqp;

import io.millrace.server.loop.EventLoop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says in the node's log when publishers are made to wait, and when no more.
///
/// Owned by: the loop it looks on; ended from any thread.
final class Alarms {
    private static final Logger LOG = LoggerFactory.getLogger(Alarms.class);
    private static final long LOOK_MS = 1_000;

    private final EventLoop loop;
    private final PublisherMemory memory;
    private boolean memoryIsScarce;
    private boolean diskIsFull;
    private volatile boolean ended;

    Alarms(EventLoop loop, PublisherMemory memory) {
        this.loop = loop;
        this.memory = memory;
    }

    /// Looks now and then until [#end].
    void watch() {
        loop.after(LOOK_MS, () -> {
            if (!ended) {
                watch();
                look();
            }
        });
    }

    private void look() {
        boolean wasScarce = memoryIsScarce;
        memoryIsScarce = memory.isScarce();
        tell("memory", wasScarce, memoryIsScarce);
        boolean wasFull = diskIsFull;
        diskIsFull = memory.isDiskFull();
        tell("disk", wasFull, diskIsFull);
    }

    private static void tell(String resource, boolean before, boolean now) {
        if (now && !before) {
            LOG.warn("event=publishers-wait resource={} hint=\"consumers go on and make room\"", resource);
        } else if (before && !now) {
            LOG.info("event=publishers-go-on resource={}", resource);
        }
    }

    void end() {
        ended = true;
    }
}
