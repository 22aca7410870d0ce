package io.millrace.server.loop;

/// How many flush jobs of one disk shall run at once, from how long the disk takes to sync one file when it is asked
/// for nothing else.
///
/// A disk that answers in a moment is best asked by one thread: while it answers, appends of the other logs gather, and
/// the cores belong to the event loops. A disk that takes its time merges what it is asked at once, and a thread that
/// waits for it costs nothing, so there all threads are used. Under load syncs wait for each other and for a core, and
/// how long they take says little about the disk: so every [#PROBE_EVERY_NS] one job at a time is let through, and the
/// quickest of a few of those counts. `docs/adr/0005-group-fsync.md`.
///
/// Owned by: [FlushThreads], under its lock.
final class SyncPace {
    /// A sync up to this long is not worth a second thread.
    static final long QUICK_NS = 100_000;

    /// Each so much longer is worth one more thread: 16 of them from 0.4 ms on.
    static final long PER_THREAD_NS = 20_000;

    static final long PROBE_EVERY_NS = 2_000_000_000;

    /// A probe is over after so many syncs, or so much time in them.
    static final int PROBES = 8;

    static final long PROBE_TIME_NS = 10_000_000;

    private final int threadsMax;
    private int threads = 1;
    private boolean probing = true;
    private int probes;
    private long probeTimeNs;
    private long quickestNs;
    private long probedNs;
    /// @param threadsMax what the configuration allows, at least 1
    SyncPace(int threadsMax) {
        this.threadsMax = threadsMax;
    }

    /// How many jobs may run at once now.
    int threads() {
        return probing ? 1 : threads;
    }

    /// A job begins.
    void onBegin(long nowNs) {
        if (!probing && threads > 1 && nowNs - probedNs >= PROBE_EVERY_NS) {
            probing = true;
        }
    }

    /// A sync ended beside which no other job ran.
    void onAlone(long tookNs, long nowNs) {
        quickestNs = probes == 0 ? tookNs : Math.min(quickestNs, tookNs);
        probes++;
        probeTimeNs += tookNs;
        if (probes >= PROBES || probeTimeNs >= PROBE_TIME_NS) {
            judge(nowNs);
        }
    }

    private void judge(long nowNs) {
        threads = Math.clamp(1 + Math.ceilDiv(quickestNs - QUICK_NS, PER_THREAD_NS), 1, threadsMax);
        probing = false;
        probedNs = nowNs;
        probes = 0;
        probeTimeNs = 0;
    }
}
