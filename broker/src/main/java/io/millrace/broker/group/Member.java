package io.millrace.broker.group;

import io.millrace.model.InvariantViolation;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One member of a live group: who it is, what it can speak, what it was given, and which of its requests waits here.
///
/// Owned by: the shard.
final class Member {
    final String id;
    final @Nullable String instanceId;
    final String clientId;
    final String clientHost;
    final Deadlines.Deadline session;
    int rebalanceTimeoutMs;
    int sessionTimeoutMs;
    List<JoinGroup.Protocol> protocols;
    Opaque assignment = Opaque.EMPTY;
    /// What [Footprint] has counted for this member.
    long countedBytes;
    /// Has not got the answer to its first join yet, so it cannot send heartbeats.
    boolean isNew;

    @Nullable
    Consumer<JoinGroup.Reply> waitingJoin;

    @Nullable
    Consumer<SyncGroup.Reply> waitingSync;

    Member(
            String id,
            @Nullable String instanceId,
            String clientId,
            String clientHost,
            int rebalanceTimeoutMs,
            int sessionTimeoutMs,
            List<JoinGroup.Protocol> protocols,
            Deadlines.Deadline session) {
        this.id = id;
        this.instanceId = instanceId;
        this.clientId = clientId;
        this.clientHost = clientHost;
        this.rebalanceTimeoutMs = rebalanceTimeoutMs;
        this.sessionTimeoutMs = sessionTimeoutMs;
        this.protocols = protocols;
        this.session = session;
    }

    boolean isStatic() {
        return instanceId != null;
    }

    boolean isAwaitingJoin() {
        return waitingJoin != null;
    }

    boolean isAwaitingSync() {
        return waitingSync != null;
    }

    boolean speaks(String protocol) {
        for (JoinGroup.Protocol own : protocols) {
            if (own.name().equals(protocol)) {
                return true;
            }
        }
        return false;
    }

    Opaque metadata(@Nullable String protocol) {
        for (JoinGroup.Protocol own : protocols) {
            if (own.name().equals(protocol)) {
                return own.metadata();
            }
        }
        return Opaque.EMPTY;
    }

    /// The member's favourite among `candidates`: the first of its own list.
    String vote(Set<String> candidates) {
        for (JoinGroup.Protocol own : protocols) {
            if (candidates.contains(own.name())) {
                return own.name();
            }
        }
        throw new InvariantViolation("member " + id + " supports none of " + candidates);
    }
}
