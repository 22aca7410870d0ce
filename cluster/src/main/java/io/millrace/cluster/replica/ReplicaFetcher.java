package io.millrace.cluster.replica;

import io.millrace.cluster.replica.Followed.State;
import io.millrace.cluster.replica.ReplicaFetch.Wanted;
import io.millrace.model.Clock;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.Loop;
import io.millrace.model.TopicIdPartition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Fetches from one leader for all partitions that one loop follows there: asks, hands out what came, and asks again
/// once all of it is flushed, so that each question acknowledges the answer before it. The leader keeps a question
/// without news for a while, so nothing here spins, and a cycle costs as much as has changed.
///
/// A partition that comes while a question is out does not wait for its answer: a second question follows at once, and
/// the leader answers the first early. A partition whose flush takes too long is left out, and so is one the leader
/// refuses, or that is throttled (KIP-73), until its time has come.
///
/// Owned by: the loop of its partitions.
public final class ReplicaFetcher implements AutoCloseable {
    /// So long everybody waits for the slowest flush of an answer.
    private static final long FLUSH_MS_MAX = 500;

    private static final long RETRY_MS_MIN = 20;
    private static final long RETRY_MS_MAX = 500;
    private static final int QUESTIONS_MAX = 2;
    /// How often those that are held back look whether they still are.
    private static final long HELD_BACK_MS = 100;
    private static final long ASK_AGAIN_MS = 500;

    private final Loop loop;
    private final Clock clock;
    private final LeaderLink link;
    private final FetcherWork work;
    private final FetchSessionState session = new FetchSessionState();
    private final Map<TopicIdPartition, Followed> followed = new HashMap<>();
    private final Set<Followed> toName = new LinkedHashSet<>();
    private final Set<Followed> toForget = new LinkedHashSet<>();
    /// Brought something by the last answer, and not through with it.
    private final Set<Followed> flushing = new LinkedHashSet<>();
    /// Named, and subject to a throttle then.
    private final Set<Followed> throttled = new LinkedHashSet<>();
    private final PriorityQueue<Followed> delayed =
            new PriorityQueue<>(Comparator.comparingLong(one -> one.wantedAtMs));
    private long flushUntilMs;
    private long askAgainAtMs = Long.MIN_VALUE; // monotonic time may be negative
    private long retryMs = RETRY_MS_MIN;
    private int questionsOut;
    private long questionsAsked;
    private long questionsAnswered;
    private boolean turnPosted;
    private boolean closed;
    private Loop.@Nullable Timer timer;
    private long timerAtMs = Long.MAX_VALUE;

    public ReplicaFetcher(Loop loop, Clock clock, LeaderLink link, FetcherWork work) {
        this.loop = loop;
        this.clock = clock;
        this.link = link;
        this.work = work;
    }

    public int size() {
        return followed.size();
    }

    /// Fetches for a partition from now on, or anew under another leader epoch.
    public void add(Partition partition) {
        remove(partition);
        Followed one = new Followed(partition);
        Followed before = followed.put(one.key, one);
        if (before != null) {
            drop(before);
        }
        partition.whenFollower(() -> onReady(one), () -> askAgain(one));
        onReady(one);
    }

    /// Fetches no more for a partition; one that is not here is left alone.
    public void remove(Partition partition) {
        Followed one = followed.get(partition.key());
        if (one != null && one.partition == partition) {
            followed.remove(one.key);
            drop(one);
        }
    }

    private void drop(Followed one) {
        one.state = State.GONE;
        toName.remove(one);
        flushing.remove(one);
        delayed.remove(one);
        throttled.remove(one);
        if (one.inSession) {
            toForget.add(one);
        }
        askSoon();
    }

    private void onReady(Followed one) {
        boolean isToAsk =
                one.state == State.BUSY || one.state == State.NAMED && !one.partition.continuesAt(one.namedOffset);
        if (!isToAsk || one.partition.followPosition() == null) {
            return;
        }
        if (one.partition.isHeldBack()) {
            holdBack(one);
        } else {
            one.state = State.WANTED;
            toName.add(one);
        }
        flushing.remove(one);
        if (flushing.isEmpty()) {
            askSoon();
        }
    }

    private void holdBack(Followed one) {
        one.state = State.DELAYED;
        one.wantedAtMs = clock.monotonicMs() + HELD_BACK_MS;
        delayed.add(one);
        toForget.add(one);
    }

    /// What is named already would bring more with every answer.
    private void holdBackNamed() {
        throttled.removeIf(one -> one.state != State.NAMED);
        for (Followed one : throttled) {
            if (one.partition.isHeldBack()) {
                holdBack(one);
            }
        }
    }

    /// The leader looks at a question once: whether it may count on the replica meanwhile it finds out when it is asked
    /// again.
    private void askAgain(Followed one) {
        if (one.state == State.NAMED && clock.monotonicMs() - one.namedAtMs >= ASK_AGAIN_MS) {
            one.state = State.BUSY;
            onReady(one);
        }
    }

    /// At the end of what happens now: often many come at once.
    private void askSoon() {
        if (!turnPosted && !closed) {
            turnPosted = true;
            loop.post(() -> {
                turnPosted = false;
                turn();
            });
        }
    }

    private void turn() {
        if (closed) {
            return;
        }
        long nowMs = clock.monotonicMs();
        wakeDelayed(nowMs);
        if (nowMs < askAgainAtMs) {
            turnAt(askAgainAtMs);
        } else if (questionsOut == 0) {
            if (flushing.isEmpty() || nowMs >= flushUntilMs) {
                ask();
            } else {
                turnAt(flushUntilMs);
            }
        } else if (!toName.isEmpty() && flushing.isEmpty() && questionsOut < QUESTIONS_MAX && session.isOpen()) {
            ask();
        }
        if (!delayed.isEmpty()) {
            turnAt(delayed.element().wantedAtMs);
        }
    }

    private void wakeDelayed(long nowMs) {
        while (!delayed.isEmpty() && delayed.element().wantedAtMs <= nowMs) {
            Followed one = delayed.remove();
            one.state = State.BUSY;
            onReady(one);
        }
    }

    private void turnAt(long atMs) {
        if (timer != null && timerAtMs <= atMs) {
            return;
        }
        if (timer != null) {
            timer.cancel();
        }
        timerAtMs = atMs;
        timer = loop.after(Math.max(1, atMs - clock.monotonicMs()), () -> {
            timer = null;
            timerAtMs = Long.MAX_VALUE;
            turn();
        });
    }

    private void ask() {
        flushing.clear(); // who is not through with the last answer goes on by itself
        holdBackNamed();
        long number = questionsAsked + 1;
        List<Wanted> wanted = nameAll(number);
        List<TopicIdPartition> forgotten = forgetAll();
        boolean isOfUse = session.isOpen() && (session.members() > 0 || !forgotten.isEmpty());
        if (wanted.isEmpty() && !isOfUse) {
            return;
        }
        questionsAsked = number;
        questionsOut++;
        link.fetch(session.question(wanted, forgotten), answer -> onAnswer(number, answer));
    }

    private List<Wanted> nameAll(long number) {
        List<Wanted> wanted = new ArrayList<>(toName.size());
        for (Followed one : toName) {
            FollowPosition position = one.partition.followPosition();
            if (position == null) {
                one.state = State.BUSY; // at work again
                continue;
            }
            one.state = State.NAMED;
            if (one.partition.isThrottled()) {
                throttled.add(one);
            }
            one.namedBy = number;
            one.namedOffset = position.fetchOffset();
            one.namedAtMs = clock.monotonicMs();
            toForget.remove(one);
            if (!one.inSession) {
                one.inSession = true;
                session.joined();
            }
            wanted.add(new Wanted(one.key, position));
        }
        toName.clear();
        return wanted;
    }

    private List<TopicIdPartition> forgetAll() {
        List<TopicIdPartition> forgotten = new ArrayList<>(toForget.size());
        for (Followed one : toForget) {
            if (one.inSession && one.state != State.NAMED) {
                one.inSession = false;
                session.left();
                Followed successor = followed.get(one.key);
                if (successor == null || !successor.inSession) {
                    forgotten.add(one.key);
                }
            }
        }
        toForget.clear();
        return forgotten;
    }

    private void onAnswer(long number, ReplicaFetched answer) {
        questionsOut--;
        questionsAnswered = number;
        if (closed) {
            return;
        }
        switch (answer) {
            case ReplicaFetched.Answer(int sessionId, List<LeaderPart> parts, Lease lease) -> {
                retryMs = RETRY_MS_MIN;
                session.answered(sessionId);
                flushUntilMs = clock.monotonicMs() + FLUSH_MS_MAX;
                for (LeaderPart part : parts) {
                    take(part, lease);
                }
                if (!session.isOpen()) {
                    nameEverythingAgain();
                    askAgainAtMs = clock.monotonicMs() + RETRY_MS_MIN;
                }
            }
            case ReplicaFetched.SessionLost lost -> startOver();
            case ReplicaFetched.Failed(String why) -> {
                work.failed(why);
                startOver();
            }
        }
        turn();
    }

    private void startOver() {
        session.lose();
        nameEverythingAgain();
        askAgainAtMs = clock.monotonicMs() + retryMs;
        retryMs = Math.min(RETRY_MS_MAX, retryMs * 2);
    }

    private void nameEverythingAgain() {
        toForget.clear();
        for (Followed one : followed.values()) {
            one.inSession = false;
            if (one.state == State.NAMED) {
                one.state = State.BUSY;
                onReady(one);
            }
        }
    }

    private void take(LeaderPart part, Lease lease) {
        Followed one = followed.get(part.key());
        if (one == null || one.state != State.NAMED || one.namedBy > questionsAnswered) {
            return; // an answer to what was asked before
        }
        if (part.error() != ErrorKind.NONE && part.error() != ErrorKind.OFFSET_OUT_OF_RANGE) {
            refuse(one, part.error(), "the leader refused");
            return;
        }
        if (!one.partition.continuesAt(one.namedOffset)) {
            one.state = State.BUSY; // the disk lost what the leader was told is here
            toForget.add(one);
            onReady(one);
            return;
        }
        FollowPosition before = one.partition.followPosition();
        switch (one.partition.follow(part, lease)) {
            case FollowStep.UpToDate same -> {
                one.succeeded();
                boolean isMoved = before != null
                        && before.startOffset() != one.partition.log().startOffset();
                if (isMoved || part.records().hasRemaining()) {
                    one.state = State.WANTED; // the leader hears where the start is, or that it sent nothing new
                    toName.add(one);
                }
            }
            case FollowStep.Appended appended -> {
                one.succeeded();
                one.state = State.BUSY;
                flushing.add(one);
                toForget.add(one); // unless it is through, and named, before the next question
                work.flush(one.partition);
            }
            case FollowStep.CutTo cut -> cut(one, cut);
            case FollowStep.RestartAt restart -> cut(one, restart);
            case FollowStep.Repair repair -> cut(one, repair);
            case FollowStep.Salvage salvage -> cut(one, salvage);
            case FollowStep.Refused(ErrorKind error, String why) -> refuse(one, error, why);
        }
    }

    private void cut(Followed one, FollowStep step) {
        one.state = State.BUSY;
        toForget.add(one);
        work.cut(one.partition, step);
    }

    private void refuse(Followed one, ErrorKind error, String why) {
        one.delay(clock.monotonicMs());
        delayed.add(one);
        toForget.add(one);
        work.refused(one.partition, error, why);
    }

    /// Asks no more; answers under way are dropped.
    @Override
    public void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        followed.values().forEach(one -> one.state = State.GONE);
        followed.clear();
        link.close();
    }
}
