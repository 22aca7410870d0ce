package io.millrace.server.peer;

import io.millrace.broker.catalog.ClusterChanges.QuorumView;
import io.millrace.broker.catalog.ClusterChanges.Voter;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.NodeIdentity;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.metadata.MetadataLog;
import io.millrace.cluster.metadata.MetadataLog.AppendReply;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.cluster.metadata.MetadataRecord.ProducerIdsAllocated;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.peer.PeerAnswer;
import io.millrace.cluster.peer.PeerChannel;
import io.millrace.cluster.peer.PeerDesk;
import io.millrace.cluster.peer.PeerLink;
import io.millrace.cluster.peer.Peers;
import io.millrace.cluster.raft.RaftMetadataLog;
import io.millrace.cluster.raft.RaftSettings;
import io.millrace.kafka.session.FrameSession;
import io.millrace.kafka.session.Output;
import io.millrace.model.Loop;
import io.millrace.model.TopicId;
import io.millrace.server.MachineClock;
import io.millrace.server.loop.EventLoop;
import io.millrace.server.loop.NameLoop;
import io.millrace.server.net.NetworkLoops;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// One voter or observer of a metadata log, with a listener and links of its own on loopback.
final class QuorumMember {
    static final String CLUSTER = "wxyzWXYZ0123456789abcd";

    private final NetworkLoops loops = new NetworkLoops(2);
    private final NameLoop names = new NameLoop();
    private final PeerListener listener;
    private final EventLoop loop = loops.all().getLast();
    private final RaftMetadataLog log;
    private final int id;

    final List<Long> committed = new CopyOnWriteArrayList<>();
    final CompletableFuture<String> failed = new CompletableFuture<>();
    volatile OptionalInt leader = OptionalInt.empty();
    volatile int epoch;
    private volatile boolean cut;
    private Thread closing = Thread.ofVirtual().unstarted(() -> {});

    QuorumMember(
            int id,
            TopicId directoryId,
            Path folder,
            int port,
            List<RaftSettings.Voter> voters,
            List<PeerAddress> known)
            throws IOException {
        this.id = id;
        MachineClock clock = new MachineClock();
        this.log = new RaftMetadataLog(
                new RaftSettings(
                        new NodeIdentity(CLUSTER, id, directoryId),
                        folder,
                        voters,
                        new PeerAddress("127.0.0.1", port),
                        known),
                MetadataLevel.newest(),
                new CuttablePeers(new NettyPeers(loops, names, clock)),
                loops.all().getFirst());
        this.listener = new PeerListener(loops, clock, new OnlyMetadata());
        listener.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        loop.post(() -> log.start(loop, new Listener()));
    }

    private final class OnlyMetadata implements PeerDesks {
        @Override
        public Optional<PeerDesk> metadata() {
            return Optional.of(log.desk());
        }

        @Override
        public ControlDesk control() {
            return new ControlDesk(
                    () -> ByteBuffer.allocate(0),
                    (call, reply) -> reply.accept(ByteBuffer.allocate(0)),
                    (question, reply) -> reply.accept(ByteBuffer.allocate(0)),
                    node -> {});
        }

        @Override
        public Optional<FrameSession> queues(EventLoop on, Output output) {
            return Optional.empty();
        }

        @Override
        public Optional<FrameSession> records(EventLoop on, InetSocketAddress remote, Output output) {
            return Optional.empty();
        }
    }

    private final class Listener implements MetadataLog.Listener {
        @Override
        public void onSnapshot(MetadataLog.Position last, List<MetadataRecord> records) {
            committed.clear();
            onCommitted(last, records);
        }

        @Override
        public void onCommitted(MetadataLog.Position last, List<MetadataRecord> records) {
            for (MetadataRecord record : records) {
                if (record instanceof ProducerIdsAllocated allocated) {
                    committed.add(allocated.next());
                }
            }
        }

        @Override
        public void onLeader(OptionalInt leaderId, int leaderEpoch) {
            leader = leaderId;
            epoch = leaderEpoch;
        }

        @Override
        public void onFailure(String why, Throwable cause) {
            failed.complete(why);
        }
    }

    boolean leads() {
        return leader.equals(OptionalInt.of(id));
    }

    int id() {
        return id;
    }

    AppendReply append(long value) {
        return ask(reply -> reply.accept(log.append(epoch, List.of(new ProducerIdsAllocated(id, value)))));
    }

    QuorumView quorum() {
        return ask(log::quorum);
    }

    List<Integer> voters() {
        return this.<List<Integer>>ask(reply -> reply.accept(List.copyOf(log.voters())));
    }

    Outcome addVoter(int node, TopicId directoryId, int port) {
        Voter voter = new Voter(node, directoryId, List.of(new NodeView.Endpoint("CONTROLLER", "127.0.0.1", port)));
        return ask(reply -> log.addVoter(voter, reply));
    }

    Outcome removeVoter(int node, TopicId directoryId) {
        return ask(reply -> log.removeVoter(node, directoryId, reply));
    }

    private <R> R ask(Consumer<Consumer<R>> call) {
        CompletableFuture<R> reply = new CompletableFuture<>();
        loop.post(() -> call.accept(reply::complete));
        return reply.orTimeout(30, TimeUnit.SECONDS).join();
    }

    /// Cuts it off without a word, as a process that is killed.
    void vanish() throws InterruptedException {
        cut = true;
        listener.stopAccepting();
        listener.closeConnections(0);
        closing = Thread.ofVirtual().start(log::close); // it tries to say goodbye for a while
    }

    /// Waits until nothing of it touches its folder any more.
    void awaitGone() throws InterruptedException {
        closing.join();
    }

    /// Links that lead nowhere once the member vanished.
    private final class CuttablePeers implements Peers {
        private final Peers real;

        CuttablePeers(Peers real) {
            this.real = real;
        }

        @Override
        public PeerLink link(Loop owner, PeerAddress to, PeerChannel channel) {
            PeerLink link = real.link(owner, to, channel);
            return new PeerLink() {
                @Override
                public void send(ByteBuffer frame, long timeoutMs, Consumer<PeerAnswer> answer) {
                    if (cut) {
                        owner.post(() ->
                                answer.accept(new PeerAnswer.Failed(PeerAnswer.Reason.UNREACHABLE, false, "cut")));
                    } else {
                        link.send(frame, timeoutMs, answer);
                    }
                }

                @Override
                public void close() {
                    link.close();
                }
            };
        }
    }

    void close() throws InterruptedException {
        log.close();
        listener.stopAccepting();
        listener.closeConnections(0);
        loops.stop();
        names.stop();
    }
}
