package io.millrace.server;

import io.millrace.cluster.LocalCluster;
import io.millrace.cluster.QuorumSight;
import io.millrace.model.Clock;
import io.millrace.model.Loop;
import io.millrace.server.metrics.Metrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells operators what this node sees of its quorum: as metrics, as a reason for not being ready, and in the log when
/// the majority is lost, every few seconds as long as it is, and when it is back.
///
/// Owned by: the loop it logs on; metrics and the reason may be asked for by any thread.
final class QuorumReport {
    private static final Logger LOG = LoggerFactory.getLogger(QuorumReport.class);
    private static final long LOOK_MS = 500;
    private static final long TELL_MS = 10_000;
    private static final long NEVER = -1;

    /// A loop is late by so much when its process was frozen, not because it had work.
    private static final long STILL_MS_MIN = 2_000;

    private final LocalCluster cluster;
    private final Clock clock;
    private long toldMs = NEVER;
    private long lostMs = NEVER;
    private long lookedMs = NEVER;
    private volatile boolean isStopped;

    QuorumReport(LocalCluster cluster, Clock clock) {
        this.cluster = cluster;
        this.clock = clock;
    }

    void register(Metrics metrics) {
        metrics.gauge(
                "quorum_voters",
                "Nodes that vote on the metadata",
                () -> sight().voters().size());
        metrics.gauge(
                "quorum_voters_heard",
                "Voters that answer this node, itself among them",
                () -> sight().heard().size());
        metrics.gauge(
                "quorum_has_controller",
                "1 while a controller that a majority of the voters follows is heard here, else 0",
                () -> reason().isEmpty() ? 1 : 0);
        metrics.gauge(
                "quorum_metadata_lag_ms",
                "How old what this node knows of the metadata may be",
                () -> sight().lagMs(clock.monotonicMs()));
    }

    private QuorumSight sight() {
        return cluster.quorumSight();
    }

    /// Why nothing can be decided now, and nothing be read or written here; empty when it can.
    String reason() {
        return cluster.hasMajority() ? "" : sight().words();
    }

    /// Looks from now on.
    void logOn(Loop loop) {
        loop.after(LOOK_MS, () -> {
            if (!isStopped) {
                logOn(loop);
                look();
            }
        });
    }

    private void look() {
        QuorumSight now = sight();
        long nowMs = clock.monotonicMs();
        long stoodStillMs = nowMs - lookedMs - LOOK_MS;
        boolean stoodStill = lookedMs != NEVER && stoodStillMs >= STILL_MS_MIN;
        lookedMs = nowMs;
        if (stoodStill) {
            // That nobody was heard says nothing of the others.
            LOG.warn(
                    "event=stood-still ms={} hint=\"the process or its machine was paused; the node catches up\"",
                    stoodStillMs);
        } else if (now.hasMajority(nowMs)) {
            if (toldMs != NEVER) {
                LOG.info("event=majority-back after-ms={}", nowMs - lostMs);
                toldMs = NEVER;
            }
        } else if (toldMs == NEVER || nowMs - toldMs >= TELL_MS) {
            lostMs = toldMs == NEVER ? nowMs - now.lagMs(nowMs) : lostMs;
            toldMs = nowMs;
            LOG.warn(
                    "event=no-majority voters-heard={} voters={} needed={} since-ms={} reason=\"{}\""
                            + " hint=\"until then reads, writes and changes are refused\"",
                    now.heard().size(),
                    now.voters().size(),
                    now.needed(),
                    nowMs - lostMs,
                    now.words());
        }
    }

    void stop() {
        isStopped = true;
    }
}
