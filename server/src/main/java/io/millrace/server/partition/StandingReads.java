package io.millrace.server.partition;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.partition.FetchQuery;
import io.millrace.broker.partition.FetchReply;
import io.millrace.broker.partition.FetchReply.Part;
import io.millrace.broker.partition.FollowerReads;
import io.millrace.cluster.replica.ReadOutcome;
import io.millrace.cluster.replica.StandingRead;
import io.millrace.log.FileSlice;
import io.millrace.log.ReadResult;
import io.millrace.model.ErrorKind;
import io.millrace.model.Loop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The questions of a follower's session, each left with its partition while there is nothing to tell. A fetch reads
/// those that are due, again and again until something is worth an answer.
///
/// Owned by: the home loop of the session.
/// Invariant: a place is due, or being read, or left with its partition, or was told records or an error and waits to
/// be asked anew.
final class StandingReads<Q extends FollowerReads.Question> implements FollowerReads<Q> {
    private final NodePartitions node;
    private final FetchQuery.Asker asker;
    private final Map<Q, Place> places = new HashMap<>();
    private final Set<Place> due = new LinkedHashSet<>();
    private @Nullable Round round;

    /// A question as it was asked once. Asked anew it gets a new place, so what comes for the old one is not mistaken
    /// for it.
    private final class Place implements StandingRead {
        private final Q question;
        private boolean isNew = true;
        private boolean isNewsAwaited;

        Place(Q question) {
            this.question = question;
        }

        @Override
        public void onChange() {
            node.home().run(() -> wake(true));
        }

        @Override
        public void onNews(boolean isAwaited) {
            node.home().run(() -> {
                isNewsAwaited |= isAwaited;
                wake(isAwaited);
            });
        }

        private void wake(boolean isUrgent) {
            if (!isAsked(this)) {
                return;
            }
            due.add(this);
            Round waiting = round;
            if (isUrgent && waiting != null) {
                waiting.readSoon();
            }
        }
    }

    StandingReads(NodePartitions node, FetchQuery.Asker asker) {
        this.node = node;
        this.asker = asker;
    }

    private boolean isAsked(Place place) {
        return places.get(place.question) == place;
    }

    @Override
    public void ask(Q question) {
        Place place = new Place(question);
        Place before = places.put(question, place);
        if (before != null) {
            due.remove(before);
        }
        due.add(place); // at the end: no partition starves behind a busy one
    }

    @Override
    public void forget(Q question) {
        Place place = places.remove(question);
        if (place != null) {
            due.remove(place);
        }
    }

    @Override
    public void fetch(FetchQuery limits, Consumer<List<Answered<Q>>> reply) {
        if (round != null) {
            reply.accept(List.of()); // by another connection: no follower of ours does that
            return;
        }
        Round next = new Round(limits, reply);
        round = next;
        next.read();
    }

    @Override
    public void hurry() {
        Round waiting = round;
        if (waiting != null) {
            waiting.hurry();
        }
    }

    @Override
    public void close() {
        places.clear();
        due.clear();
        Round waiting = round;
        if (waiting != null) {
            waiting.answer();
        }
    }

    /// One fetch, from question to answer.
    private final class Round {
        private final FetchQuery limits;
        private final Consumer<List<Answered<Q>>> reply;
        private final long deadlineMs;
        /// Read, and to be told.
        private final Map<Place, Part> found = new LinkedHashMap<>();
        private Loop.@Nullable Timer timer;
        private boolean isReading;
        private boolean isToReadAgain;
        private boolean isReadPosted;
        private boolean isWorthIt;
        private boolean isHurried;
        private boolean isOver;

        Round(FetchQuery limits, Consumer<List<Answered<Q>>> reply) {
            this.limits = limits;
            this.reply = reply;
            this.deadlineMs = node.nowMs() + limits.maxWaitMs();
        }

        private void read() {
            Catalog catalog = node.catalog();
            List<Place> reading = new ArrayList<>(due.size());
            List<FetchQuery.Ask> asks = new ArrayList<>(due.size());
            for (Place place : due) {
                FetchQuery.Ask ask = place.question.ask(catalog);
                if (ask == null) {
                    take(place, place.question.unknown());
                } else {
                    reading.add(place);
                    asks.add(ask);
                }
            }
            due.clear();
            if (asks.isEmpty()) {
                answerOrWait();
                return;
            }
            isReading = true;
            FetchQuery query = new FetchQuery(asker, 0, limits.maxBytes(), 0, limits.readCommitted(), asks);
            boolean[] areCold = new boolean[asks.size()];
            new FetchOperation(
                            node,
                            query,
                            deadlineMs,
                            read -> onRead(reading, read, areCold),
                            reader(query, reading, areCold))
                    .start(node.nowMs());
        }

        /// Whether a place is new is settled here: partitions are read on other loops.
        ///
        /// @param areCold gets which of them are left to a disk thread, and so are not left with their partitions
        private FetchOperation.Reader reader(FetchQuery query, List<Place> reading, boolean[] areCold) {
            boolean[] areNew = new boolean[reading.size()];
            for (int i = 0; i < areNew.length; i++) {
                Place place = reading.get(i);
                areNew[i] = place.isNew;
                place.isNew = false;
            }
            return (partition, index, maxBytes, minOneBatch) -> {
                ReadOutcome outcome = partition.read(
                        query, query.partitions().get(index), maxBytes, minOneBatch, reading.get(index), areNew[index]);
                areCold[index] |= outcome.bytes() instanceof ReadResult.Cold;
                return outcome;
            };
        }

        private void onRead(List<Place> reading, FetchReply read, boolean[] areCold) {
            isReading = false;
            for (int i = 0; i < reading.size(); i++) {
                Place place = reading.get(i);
                Part part = read.parts().get(i);
                if (areCold[i] && isNothing(part) && isAsked(place)) {
                    due.add(place); // there was no room for a whole batch
                }
                take(place, part);
            }
            answerOrWait();
        }

        private void take(Place place, Part part) {
            if (isOver || !isAsked(place)) {
                release(part);
                return;
            }
            Part before = found.put(place, part);
            if (before != null) {
                release(before);
            }
            isWorthIt |= place.isNewsAwaited || !isNothing(part);
            place.isNewsAwaited = false;
        }

        private void answerOrWait() {
            if (isOver) {
                return;
            }
            long nowMs = node.nowMs();
            if (isWorthIt || isHurried || limits.minBytes() == 0 || nowMs >= deadlineMs) {
                answer();
                return;
            }
            if (isToReadAgain) {
                isToReadAgain = false;
                readSoon();
            }
            if (timer == null) {
                timer = node.home().after(deadlineMs - nowMs, this::hurry);
            }
        }

        /// At the end of what happens now: often many change at once.
        private void readSoon() {
            if (!isReadPosted) {
                isReadPosted = true;
                node.home().post(() -> {
                    isReadPosted = false;
                    readNow();
                });
            }
        }

        private void readNow() {
            if (isReading) {
                isToReadAgain = true;
            } else if (!isOver) {
                read();
            }
        }

        private void hurry() {
            isHurried = true;
            readNow();
        }

        private void answer() {
            isOver = true;
            round = null;
            if (timer != null) {
                timer.cancel();
            }
            List<Answered<Q>> answered = new ArrayList<>(found.size());
            found.forEach((place, part) -> {
                if (isAsked(place)) {
                    answered.add(new Answered<>(place.question, part));
                } else {
                    release(part);
                }
            });
            reply.accept(answered);
        }
    }

    private static boolean isNothing(Part part) {
        return part.error() == ErrorKind.NONE && part.divergingEpoch() == null && part.bytes() == 0;
    }

    private static void release(Part part) {
        FileSlice slice = part.slice();
        if (slice != null) {
            slice.release();
        }
    }
}
