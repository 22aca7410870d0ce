package io.millrace.server.peer;

import io.millrace.cluster.LocalCluster;
import io.millrace.cluster.NodeIdentity;
import io.millrace.cluster.NodeLife;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.peer.PeerDesk;
import io.millrace.cluster.queue.QueueDesk;
import io.millrace.cluster.queue.QueueLine;
import io.millrace.cluster.raft.RaftSettings;
import io.millrace.kafka.session.FrameSession;
import io.millrace.kafka.session.Output;
import io.millrace.log.LogDirectory;
import io.millrace.model.Clock;
import io.millrace.model.InvariantViolation;
import io.millrace.model.TopicId;
import io.millrace.server.config.Endpoint;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.loop.EventLoop;
import io.millrace.server.loop.NameLoop;
import io.millrace.server.net.ListenAddress;
import io.millrace.server.net.NetworkLoops;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The other nodes as this one has to do with them: the links to them, the listener for theirs, and which cluster they
/// are together.
///
/// Owned by: the thread that starts and stops the node; what others ask is answered on the network's loops.
public final class Neighbours implements PeerDesks {
    private static final Logger LOG = LoggerFactory.getLogger(Neighbours.class);

    private static final long CLOSE_MS = 500;

    private final ServerConfig config;
    private final NetworkLoops loops;
    private final Clock clock;
    private final NameLoop names = new NameLoop();
    private final NettyPeers peers;
    private final PeerListener listener;
    private final InetSocketAddress address;
    private final LivesFile lives;
    private final CallingLines callingLines = new CallingLines();
    private volatile Introduction self;
    private volatile @Nullable PeerDesk metadata;
    private volatile @Nullable Calls calls;
    private volatile @Nullable Records records;
    private volatile @Nullable QueueDesks queueDesks;
    private volatile @Nullable Questions questions;

    /// The controller's side of calls, once there is one.
    private record Calls(LocalCluster cluster, GoneNodes gone) {}

    /// Makes sessions for nodes that fetch records.
    @FunctionalInterface
    public interface Records {
        FrameSession open(EventLoop loop, InetSocketAddress remote, Output output);
    }

    /// Makes desks for nodes that use the queues of this one.
    @FunctionalInterface
    public interface QueueDesks {
        QueueDesk open(EventLoop loop, int caller, QueueLine line);
    }

    /// Answers what other nodes want to know for the management API, from any thread.
    @FunctionalInterface
    public interface Questions {
        /// @param reply called at most once; with nothing to hang up
        void answer(ByteBuffer question, Consumer<ByteBuffer> reply);
    }

    /// Takes the port: from now on others hear who this node is.
    ///
    /// @param incarnation drawn at this start
    public static Neighbours open(
            ServerConfig config, NetworkLoops loops, Clock clock, LogDirectory first, TopicId incarnation)
            throws IOException {
        Introduction self = new Introduction(
                config.node().id(),
                first.directoryId(),
                incarnation,
                "",
                config.node().clusterId(),
                config.cluster().nodes(),
                List.of());
        return new Neighbours(
                config,
                loops,
                clock,
                self,
                LivesFile.open(first.path(), config.node().id()));
    }

    private Neighbours(ServerConfig config, NetworkLoops loops, Clock clock, Introduction self, LivesFile lives)
            throws IOException {
        this.config = config;
        this.loops = loops;
        this.clock = clock;
        this.self = self;
        this.lives = lives;
        this.peers = new NettyPeers(loops, names, clock);
        Endpoint wanted = config.clusterListener();
        this.listener = new PeerListener(loops, clock, this);
        this.address = listener.open(ListenAddress.of(wanted.host(), wanted.port()));
    }

    /// Where it listens.
    public InetSocketAddress address() {
        return address;
    }

    /// Links to other nodes.
    public NettyPeers peers() {
        return peers;
    }

    /// Where answers of other nodes' metadata engines arrive.
    public EventLoop loop() {
        return loops.all().getFirst();
    }

    /// A node that belongs to a cluster of several would wait for the others for ever when it was not told of them.
    ///
    /// @throws IOException when it does
    public static void requireNone(LogDirectory first) throws IOException {
        Optional<Membership> membership = new MembershipFile(first.path()).read();
        if (membership.isPresent()) {
            throw new IOException(first.path() + " belongs to a node of cluster "
                    + membership.get().clusterId() + ", which has others: say where they are with --cluster");
        }
    }

    /// Lines to the queues of a node, on `loop`.
    ///
    /// @param to where it is, asked for with every line
    public QueueLine.Dialler queueLines(EventLoop loop, Supplier<Optional<PeerAddress>> to) {
        return peers.queueLines(self.nodeId(), loop, to);
    }

    /// Finds this node's cluster, at its first start by asking; notes it in all `directories`, and lays out the
    /// metadata log's folder.
    ///
    /// @param onWaiting told what for
    public RaftSettings join(List<LogDirectory> directories, Consumer<String> onWaiting)
            throws IOException, InterruptedException {
        LogDirectory first = directories.getFirst();
        MembershipFile file = new MembershipFile(first.path());
        Optional<Membership> known = file.read();
        Membership membership = known.isPresent() ? known.get() : found(first, onWaiting);
        requireWhole(first, membership, settings(membership, directories));
        self = self.in(membership);
        if (!first.clusterId().isEmpty()) {
            comeBack(settings(membership, directories), directories, onWaiting);
        }
        RaftSettings settings = settings(membership, directories);
        if (known.isEmpty()) {
            if (first.clusterId().isEmpty() && membership.isInitialVoter(self.nodeId(), first.directoryId())) {
                requireNoOther();
            }
            file.write(membership);
        }
        settings.layOut();
        directories.forEach(directory -> directory.joinCluster(membership.clusterId()));
        return settings;
    }

    private Membership found(LogDirectory first, Consumer<String> onWaiting) throws IOException, InterruptedException {
        if (!first.clusterId().isEmpty()) {
            // A node that was alone until now, or one that lost the note of its cluster; its metadata tells.
            PeerAddress here = listensAt();
            return new Membership(
                    first.clusterId(), here, List.of(new RaftSettings.Voter(self.nodeId(), first.directoryId(), here)));
        }
        try (Introductions introductions = new Introductions(peers, loop(), self.nodeId(), addresses())) {
            Membership membership = firstFound(introductions, onWaiting);
            boolean votes = membership.isInitialVoter(self.nodeId(), first.directoryId());
            LOG.info(
                    "event=cluster-found cluster={} role={} voters={}",
                    membership.clusterId(),
                    votes ? "voter" : "observer",
                    membership.voters().stream()
                            .map(voter -> voter.nodeId() + "@" + voter.address())
                            .toList());
            return membership;
        }
    }

    private Membership firstFound(Introductions introductions, Consumer<String> onWaiting)
            throws IOException, InterruptedException {
        PeerAddress here = listensAt();
        Inquiry inquiry = new Inquiry(introductions, loop(), clock, onWaiting);
        return switch (inquiry.settle(heard -> Formation.decide(self, here, heard))) {
            case Formation.Step.Member(Membership membership) -> membership;
            case Formation.Step.Refused(String why) -> throw new IOException(why);
            case Formation.Step.Wait waiting -> throw new InvariantViolation("settled while it waits: " + waiting);
        };
    }

    /// A node with a past asks whether that is all of it, before it votes.
    private void comeBack(RaftSettings settings, List<LogDirectory> directories, Consumer<String> onWaiting)
            throws IOException, InterruptedException {
        LogDirectory first = directories.getFirst();
        Optional<Lives> known = lives.wasKept() ? Optional.of(lives.lives()) : Optional.empty();
        AddressBook book = new AddressBook(self, addresses(), lives.lives().voters());
        try (Introductions introductions = new Introductions(peers, loop(), self.nodeId(), book.addresses())) {
            switch (new Inquiry(introductions, loop(), clock, onWaiting).settle(heard -> {
                var sorted = book.sorted(heard);
                introductions.alsoAsk(book.addresses());
                return Comeback.decide(self, first.path(), known, sorted);
            })) {
                case Comeback.Step.Go(List<NodeLife> own) -> lives.confirmed(own);
                case Comeback.Step.Renew older -> renew(older, settings, directories);
                case Comeback.Step.Refused(String why) -> throw new IOException(why);
                case Comeback.Step.Wait waiting -> throw new InvariantViolation("settled while it waits: " + waiting);
            }
        }
    }

    /// From now on the folder is another disk; noted last, so that a crash in between begins it again.
    private void renew(Comeback.Step.Renew older, RaftSettings settings, List<LogDirectory> directories)
            throws IOException {
        LOG.warn(
                "event=older-copy folder={} epoch={} known-epoch={} known-by={} hint=\"the folder was restored, or copied:"
                        + " the node comes back as one with another disk and copies what it lacks\"",
                directories.getFirst().path(),
                lives.lives().epoch(),
                older.epoch(),
                older.knownBy());
        directories.forEach(LogDirectory::renew);
        settings.forgetVote();
        lives.renewed(older.epoch());
        self = self.on(directories.getFirst().directoryId());
    }

    /// What this folder knows of lives.
    public LivesFile lives() {
        return lives;
    }

    private RaftSettings settings(Membership membership, List<LogDirectory> directories) {
        LogDirectory first = directories.getFirst();
        List<TopicId> others =
                directories.stream().skip(1).map(LogDirectory::directoryId).toList();
        NodeIdentity identity = new NodeIdentity(membership.clusterId(), self.nodeId(), first.directoryId(), others);
        boolean votes = membership.isInitialVoter(self.nodeId(), first.directoryId());
        return new RaftSettings(
                identity,
                Path.of(first.path()),
                votes ? membership.voters() : List.of(),
                membership.self(),
                addresses());
    }

    /// A node whose metadata is gone while its identity is not would vote a second time as who it was.
    private static void requireWhole(LogDirectory first, Membership membership, RaftSettings settings)
            throws IOException {
        if (first.clusterId().isEmpty()) {
            return;
        }
        if (!first.clusterId().equals(membership.clusterId())) {
            throw new IOException(first.path() + " belongs to cluster " + first.clusterId() + " and its file "
                    + MembershipFile.NAME + " to cluster " + membership.clusterId());
        }
        if (!settings.isLaidOut()) {
            throw new IOException(first.path() + " belongs to a node of cluster " + first.clusterId()
                    + ", but its metadata log is gone. Move the whole folder away to let this node come back with an"
                    + " empty one.");
        }
    }

    /// Others may have formed a cluster at the same moment with another voter, whose folder was emptied in between.
    /// Each says what it formed before it asks, so that one of two notices, and begins nothing.
    private void requireNoOther() throws IOException, InterruptedException {
        try (Introductions introductions = new Introductions(peers, loop(), self.nodeId(), addresses())) {
            for (var heard : introductions.ask().get().entrySet()) {
                if (heard.getValue() instanceof Formation.Heard.Answered(Introduction who)) {
                    requireSameCluster(heard.getKey(), who);
                }
            }
        } catch (ExecutionException failed) {
            throw new IOException("other nodes can not be asked: " + failed.getCause(), failed.getCause());
        }
    }

    /// Tells the log who of `cluster.nodes` is there, while this node waits for a majority.
    ///
    /// @throws IOException when one of them belongs to another cluster
    public void tellWhoAnswers() throws IOException, InterruptedException {
        try (Introductions introductions = new Introductions(peers, loop(), self.nodeId(), addresses())) {
            for (var heard : introductions.ask().get().entrySet()) {
                switch (heard.getValue()) {
                    case Formation.Heard.Silent(String why) ->
                        LOG.warn("event=node-silent address={} reason=\"{}\"", heard.getKey(), why);
                    case Formation.Heard.Answered(Introduction who) -> requireSameCluster(heard.getKey(), who);
                }
            }
        } catch (ExecutionException failed) {
            throw new IOException("other nodes can not be asked: " + failed.getCause(), failed.getCause());
        }
    }

    private void requireSameCluster(PeerAddress address, Introduction who) throws IOException {
        if (who.isStrangerTo(self)) {
            throw new IOException("this node's data belongs to cluster " + self.clusterId() + ", and node "
                    + who.nodeId() + " at " + address + " to cluster " + who.clusterId()
                    + (who.clusterId().equals(self.clusterId()) ? " that began with other voters" : "")
                    + ": they can not be one cluster. Move the data folder of the one away that is to join the other.");
        }
    }

    private List<PeerAddress> addresses() {
        return config.cluster().endpoints().stream()
                .map(endpoint -> new PeerAddress(endpoint.host(), endpoint.port()))
                .toList();
    }

    /// What others may reach this node by when no address of the list turns out to be its own.
    private PeerAddress listensAt() throws IOException {
        Endpoint wanted = config.clusterListener();
        InetAddress address = InetAddress.getByName(wanted.host());
        String host = address.isAnyLocalAddress() ? InetAddress.getLocalHost().getHostName() : wanted.host();
        return new PeerAddress(host, wanted.port());
    }

    /// From now on there is a metadata engine for others to ask.
    public void serveMetadata(PeerDesk desk) {
        metadata = desk;
    }

    /// From now on calls are answered.
    public void serveCalls(LocalCluster cluster, GoneNodes gone) {
        calls = new Calls(cluster, gone);
    }

    /// From now on other nodes are told what this one has.
    public void serveQuestions(Questions desk) {
        questions = desk;
    }

    /// From now on records are served.
    public void serveRecords(Records sessions) {
        records = sessions;
    }

    @Override
    public Optional<PeerDesk> metadata() {
        return Optional.ofNullable(metadata);
    }

    @Override
    public ControlDesk control() {
        return new ControlDesk(this::introduction, this::answer, this::inform, this::hungUp);
    }

    private ByteBuffer introduction() {
        Calls ready = calls;
        boolean leads = ready != null && ready.cluster().leads();
        return self.knowing(Knowledge.of(leads, lives.lives())).encode();
    }

    private void answer(ByteBuffer call, Consumer<ByteBuffer> reply) {
        Calls ready = calls;
        if (ready == null) {
            reply.accept(ByteBuffer.allocate(0));
        } else {
            ready.cluster().onCall(call, reply);
        }
    }

    private void inform(ByteBuffer question, Consumer<ByteBuffer> reply) {
        Questions ready = questions;
        if (ready == null) {
            reply.accept(ByteBuffer.allocate(0));
        } else {
            ready.answer(question, reply);
        }
    }

    private void hungUp(int nodeId) {
        Calls ready = calls;
        if (ready != null) {
            ready.gone().look(nodeId);
        }
    }

    @Override
    public Optional<FrameSession> records(EventLoop loop, InetSocketAddress remote, Output output) {
        Records ready = records;
        return ready == null ? Optional.empty() : Optional.of(ready.open(loop, remote, output));
    }

    /// From now on other nodes may use this one's queues.
    public void serveQueues(QueueDesks desks) {
        queueDesks = desks;
    }

    @Override
    public Optional<FrameSession> queues(EventLoop loop, Output output) {
        QueueDesks ready = queueDesks;
        return ready == null
                ? Optional.empty()
                : Optional.of(
                        new QueueSession(loop, output, callingLines, (caller, line) -> ready.open(loop, caller, line)));
    }

    /// Stops accepting; the metadata goes on for those who are connected.
    public void stopAccepting() {
        listener.stopAccepting();
    }

    /// Closes all connections of others, after nobody here needs them.
    public void stop() throws InterruptedException {
        calls = null;
        listener.closeConnections(CLOSE_MS);
        names.stop();
        lives.close();
    }
}
