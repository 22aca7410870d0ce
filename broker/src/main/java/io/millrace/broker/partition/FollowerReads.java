package io.millrace.broker.partition;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.partition.FetchQuery.Ask;
import io.millrace.broker.partition.FetchReply.Part;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The questions of one follower, which stay asked: a fetch reads what was asked since the last one, or has changed. So
/// it costs as much as there is to tell, however many partitions are followed.
///
/// Called from the loop it was opened on; replies arrive there. One fetch at a time.
///
/// @param <Q> equal only when it is the same question
public interface FollowerReads<Q extends FollowerReads.Question> {
    /// What is asked about one partition.
    interface Question {
        /// The question by the topic's name in that catalog; null when no topic has this id.
        @Nullable
        Ask ask(Catalog catalog);

        /// What the follower is told of a topic that nobody knows.
        Part unknown();
    }

    /// What came of a question. Whoever receives it owns the slice.
    record Answered<Q>(Q question, Part part) {}

    /// The partition is read with the next fetch, and the follower has what it says it has; then with every fetch once
    /// there is more. After an answer with records or an error it has to be asked again.
    void ask(Q question);

    void forget(Q question);

    /// Reads what has changed and waits for records as the query allows. Another high watermark or log start is told
    /// when there are records to be told, or the time is up.
    ///
    /// @param limits a query without partitions
    /// @param reply called exactly once
    void fetch(FetchQuery limits, Consumer<List<Answered<Q>>> reply);

    /// The follower has something newer to ask: a fetch that waits is answered soon, with whatever is there.
    void hurry();

    /// Nobody asks any more. A fetch that waits is answered without anything.
    void close();
}
