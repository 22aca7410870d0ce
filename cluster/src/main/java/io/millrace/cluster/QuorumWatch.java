package io.millrace.cluster;

import io.millrace.cluster.QuorumSight.Silence;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.peer.PeerAnswer;
import io.millrace.model.Loop;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Keeps this node's [QuorumSight]: notes when a majority was heard of, and asks the other voters every few seconds
/// whether they are there, since a node that follows hears of the controller only. Of a node that is alone it has no
/// timer.
///
/// Owned by: the metadata loop. Invariant: what it shows is at most a look and its time-out old.
final class QuorumWatch {
    static final long LOOK_MS = 2_000;
    private static final long HELLO_MS = 1_000;

    /// Beyond the silence after which a node is given up: for those left to choose a controller.
    private static final long CHOICE_MS = 2_000;

    private final int nodeId;
    private final boolean isAlone;
    private final ClusterPorts ports;
    private final long patienceMs;
    private Loop.@Nullable Timer nextLook;
    private boolean isClosed;

    QuorumWatch(NodeIdentity identity, ClusterSettings settings, ClusterPorts ports) {
        this.nodeId = identity.nodeId();
        this.isAlone = settings.isAlone();
        this.ports = ports;
        this.patienceMs = settings.sessionTimeoutMs() + CHOICE_MS;
    }

    /// The log is open.
    void start() {
        if (isAlone) {
            ports.lease().see(QuorumSight.alone(nodeId));
            return;
        }
        SortedSet<Integer> voters = ports.log().voters();
        ports.lease().see(new QuorumSight(voters, new TreeMap<>(), ports.clock().monotonicMs(), patienceMs));
        look();
    }

    /// A controller answered, and a majority of voters followed it at that time.
    void onMajority(long atMs) {
        if (!isAlone) {
            ports.lease().see(ports.lease().quorum().withMajority(atMs));
        }
    }

    private void look() {
        if (isClosed) {
            return;
        }
        nextLook = ports.loop().after(LOOK_MS, this::look);
        new Look(ports.log().voters()).begin();
    }

    /// One time all voters are asked. The answers are shown together, when the last of them is there.
    ///
    /// Owned by: the metadata loop.
    private final class Look {
        private final SortedSet<Integer> voters;
        private final SortedMap<Integer, Silence> silent = new TreeMap<>();
        private int open;

        Look(SortedSet<Integer> voters) {
            this.voters = voters;
            this.open = voters.size();
        }

        void begin() {
            if (voters.isEmpty()) {
                show();
            }
            voters.forEach(this::ask);
        }

        private void ask(int voter) {
            Optional<PeerAddress> address = ports.log().addressOf(voter);
            if (voter == nodeId) {
                answered();
            } else if (address.isEmpty()) {
                silent.put(voter, new Silence("", "its address is not known"));
                answered();
            } else {
                ports.controller().hello(address.get(), HELLO_MS, answer -> {
                    if (answer instanceof PeerAnswer.Failed failed) {
                        silent.put(voter, Silence.of(address.get(), failed.why()));
                    }
                    answered();
                });
            }
        }

        private void answered() {
            open--;
            if (open == 0) {
                show();
            }
        }

        private void show() {
            if (!isClosed) {
                ports.lease().see(ports.lease().quorum().withVoters(voters, silent));
            }
        }
    }

    void close() {
        isClosed = true;
        Loop.Timer timer = nextLook;
        if (timer != null) {
            timer.cancel();
            nextLook = null;
        }
    }
}
